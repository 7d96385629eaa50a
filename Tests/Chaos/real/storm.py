# SPDX-License-Identifier: Apache-2.0
"""Altered datagrams in great numbers at a real process, as fast as it takes them."""

import os
import random
import socket
import struct
import time
from pathlib import Path

import scenarios as s
from badinput import place
from nodes import Cluster
from relay import Relay
from scenarios import require

BATCH = 128
# Bytes that may wait in the receiver's socket; the kernel drops from about 200 kB on.
ROOM = 48 * 1024


def socket_state(host, port):
    """Bytes that wait in a UDP socket, and how many datagrams the kernel dropped at it."""
    word = struct.unpack("<I", socket.inet_aton(host))[0]
    name = f" {word:08X}:{port:04X} "
    for line in Path("/proc/net/udp").read_text().splitlines():
        if name in line:
            fields = line.split()
            return int(fields[4].split(":")[1], 16), int(fields[12])
    return 0, 0


class Mutator:
    """Makes batches: noise, cut ones, replays, flipped bits behind an old and a new counter."""

    def __init__(self, captured, seed):
        self.captured = captured
        self.random = random.Random(seed)
        self.noise = os.urandom(1 << 20)

    def batch(self):
        draw = self.random.getrandbits
        captured, many = self.captured, len(self.captured)
        made = []
        for number in range(BATCH):
            word = draw(64)
            kind = number & 7
            if kind == 0:
                start = word % 1_000_000
                made.append(self.noise[start:start + 1 + (word >> 32) % 1450])
                continue
            data = captured[word % many]
            if kind == 1:
                made.append(data[:1 + (word >> 32) % len(data)])
            elif kind == 2:
                made.append(data)
            else:
                data = bytearray(data)
                if kind > 4:
                    # A counter that was not seen yet: only the seal can tell.
                    data[11:19] = (word >> 16).to_bytes(8, "big")
                place_of = (word >> 24) % len(data)
                data[place_of] ^= 1 << (word & 7)
                made.append(data)
        return made


def storm(count, packets, limit_kilobytes):
    """Nothing is accepted, all of it is counted, nobody dies, and no memory grows."""
    relay = Relay(count)
    with Cluster(count, relay) as cluster:
        time.sleep(2)
        node = cluster.nodes[0]
        target = place(node.cluster_address)
        mutator = Mutator([c[2] for c in relay.captured if c[1] == 0], 7)
        before, (_, lost) = node.drops(), socket_state(*target)
        memory = node.resident_kilobytes()
        at = time.time()
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.connect(target)
        sent = 0
        while sent < packets:
            for data in mutator.batch():
                sender.send(data)
            sent += BATCH
            while socket_state(*target)[0] > ROOM:
                time.sleep(0.0005)
        took = time.time() - at
        time.sleep(1)
        lost = socket_state(*target)[1] - lost
        drops = {r: n - before.get(r, 0) for r, n in node.drops().items()}
        drops = {r: n for r, n in drops.items() if n}
        counted = sum(drops.values())
        grown = node.resident_kilobytes() - memory
        lines = [e for e in node.events()
                 if e["message"] == "cluster input dropped" and e["at"] >= at]
        require(counted >= sent - lost, f"{counted} of {sent - lost} counted: {drops}")
        require(lost < sent / 100, f"the kernel lost {lost} of {sent}")
        require(len(lines) <= 2 + (time.time() - at) / 10, f"{len(lines)} lines about drops")
        require(grown < limit_kilobytes, f"memory grew by {grown} KiB")
        require(not cluster.deaths(at), "an altered datagram killed somebody")
        cluster.await_equal(within=15 * s.slack)
    relay.close()
    told = ", ".join(f"{reason} {n:,}" for reason, n in sorted(drops.items()))
    return (f"{sent:,} datagrams in {took:.0f} s ({sent / took:,.0f} a second), {lost} lost by the "
            f"kernel, {counted:,} counted as dropped ({told}), {len(lines)} log lines, "
            f"{grown} KiB grown")
