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
from nodes import Cluster, Failure, eventually
from relay import Relay
from scenarios import require

BATCH = 32
# Bytes, with the kernel's own, that may wait in the receiver's socket before a batch; it drops
# from about 200 kB on.
ROOM = 16 * 1024


def waiting(host, port):
    """Bytes that wait in a UDP socket."""
    word = struct.unpack("<I", socket.inet_aton(host))[0]
    name = f" {word:08X}:{port:04X} "
    for _ in range(100):
        for line in Path("/proc/net/udp").read_text().splitlines():
            if name in line:
                return int(line.split()[4].split(":")[1], 16)
        # A line may be missed while others come and go.
    raise Failure(f"the socket {host}:{port} is not listed")


def lost_by_kernel():
    """Datagrams for which no socket of this machine had room."""
    names, counts = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()
                     if line.startswith("Udp:")]
    return int(counts[names.index("RcvbufErrors")])


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
        before, lost = node.drops(), lost_by_kernel()
        memory = node.resident_kilobytes()
        at = time.time()
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.connect(target)
        sent, goal = 0, packets
        while sent < goal:
            for data in mutator.batch():
                sender.send(data)
            sent += BATCH
            while waiting(*target) > ROOM:
                time.sleep(0.0002)
            if sent >= goal:
                # What the kernel had no room for did not reach the node: others take its place.
                goal = packets + lost_by_kernel() - lost
        took = time.time() - at
        drops = {}

        def are_counted():
            nonlocal drops
            drops = {r: n - before.get(r, 0) for r, n in node.drops().items()}
            return sum(drops.values()) >= sent - (lost_by_kernel() - lost)
        eventually(are_counted, 10 * s.slack, f"all of {sent} being counted")
        lost = lost_by_kernel() - lost
        drops = {r: n for r, n in drops.items() if n}
        counted = sum(drops.values())
        grown = node.resident_kilobytes() - memory
        lines = [e for e in node.events()
                 if e["message"] == "cluster input dropped" and e["at"] >= at]
        require(len(lines) <= 2 + (time.time() - at) / 10, f"{len(lines)} lines about drops")
        require(grown < limit_kilobytes, f"memory grew by {grown} KiB")
        require(not cluster.deaths(at), "an altered datagram killed somebody")
        cluster.await_equal(within=15 * s.slack)
    relay.close()
    told = ", ".join(f"{reason} {n:,}" for reason, n in sorted(drops.items()))
    return (f"{sent:,} datagrams in {took:.0f} s ({sent / took:,.0f} a second), {lost:,} for "
            f"which this machine had no room, {counted:,} counted as dropped ({told}), {len(lines)} log lines, "
            f"{grown} KiB grown")
