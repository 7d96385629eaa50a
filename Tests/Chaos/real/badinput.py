# SPDX-License-Identifier: Apache-2.0
"""What a cluster of real processes must shrug off: each kind of bad input, by its counter."""

import os
import random
import secrets
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

import scenarios as s
from nodes import APUS, Cluster, Node, eventually
from peer import HELLO, Peer, exactly, noise, tag
from relay import Relay
from scenarios import require

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
COPIES = 20


def place(address):
    host, port = address.rsplit(":", 1)
    return host, int(port)


def gained(node, before, reasons):
    """Waits until each counter has grown by what was sent; the growth of each."""
    def growth():
        now = node.drops()
        return {r: now.get(r, 0) - before.get(r, 0) for r in reasons}
    eventually(lambda: all(growth()[r] >= count for r, count in reasons.items()), 10 * s.slack,
               f"counting {reasons} (so far {growth()})")
    return growth()


def require_few_lines(nodes, since):
    """At most one line in ten seconds, whatever arrives."""
    for node in nodes:
        lines = [e for e in node.events()
                 if e["message"] == "cluster input dropped" and e["at"] >= since]
        require(len(lines) <= 2 + (time.time() - since) / 10, f"{len(lines)} lines about drops")
        require(all(e["reason"] and e["from"] and "suppressed" in e for e in lines), "a bare line")


def alter(data, at, by):
    data = bytearray(data)
    data[at] ^= by
    return bytes(data)


def datagrams(captured, rng):
    """A maker of bad datagrams for each reason that can be told from outside."""
    def pick():
        return rng.choice(captured)

    def fresh(data):
        # Far ahead of the sender's counter, so that it is no replay.
        counter = struct.unpack(">Q", data[11:19])[0] + rng.randrange(1 << 20, 1 << 30)
        return data[:11] + struct.pack(">Q", counter) + data[19:]
    return {
        "truncated": lambda: pick()[:rng.randrange(1, 36)],
        "oversized": lambda: (pick() + os.urandom(1500))[:rng.randrange(1401, 1500)],
        "version": lambda: alter(pick(), 0, rng.randrange(2, 127) & 0x7E),
        "foreign_cluster": lambda: alter(pick(), 2, rng.randrange(1, 256)),
        "unknown_key": lambda: alter(pick(), 1, rng.randrange(1, 256)),
        "unknown_sender": lambda: alter(pick(), rng.randrange(3, 11), rng.randrange(1, 256)),
        "not_authentic": lambda: alter(fresh(pick()), -1, 1 << rng.randrange(8)),
        "replayed": pick,
    }


def frames(captured, streams, rng):
    """A maker of bad first frames for each reason, without their length."""
    def pick():
        data = rng.choice(captured)
        return data[:19] + os.urandom(8) + data[19:]
    return {
        "truncated": lambda: pick()[:rng.randrange(1, 44)],
        "version": lambda: alter(pick(), 0, 2),
        "foreign_cluster": lambda: alter(pick(), 2, 1),
        "unknown_key": lambda: alter(pick(), 1, 1),
        # Words of another stream: its challenge was another one.
        "not_authentic": lambda: rng.choice(streams)[4:],
        "frame_length": None,
    }


def send_frame(address, frame):
    """Opens a stream, says a frame, and waits for the end of the stream."""
    with socket.create_connection(address, timeout=10) as stream:
        exactly(stream, HELLO.size)
        if frame is None:
            stream.sendall(random.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\1\0\0"]))
        else:
            stream.sendall(struct.pack(">I", len(frame)) + frame)
        try:
            return stream.recv(1 << 16)
        except ConnectionError:
            return b""


class Impostor:
    """Listens where a seed should be, and greets with something else each time."""

    def __init__(self, host, port, hellos):
        self.hellos = hellos
        self.seen = 0
        self.server = socket.create_server((host, port))
        self.address = f"{host}:{port}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                stream, _ = self.server.accept()
            except OSError:
                return
            with stream:
                try:
                    stream.sendall(self.hellos[self.seen % len(self.hellos)])
                    stream.settimeout(0.3)
                    stream.recv(1 << 16)
                except OSError:
                    pass
            self.seen += 1

    def close(self):
        self.server.close()


def outside(count):
    """Datagrams and first frames of strangers: each reason is counted, nobody is harmed."""
    relay = Relay(count)
    rng = random.Random(11)
    with Cluster(count, relay) as cluster:
        time.sleep(1)
        at = time.time()
        node = cluster.nodes[0]
        target = place(node.cluster_address)
        captured = [c[2] for c in relay.captured if c[1] == 0]
        streams = [c[2] for c in relay.streams if c[1] == 0]
        before = node.drops()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
            kinds = datagrams(captured, rng)
            for make in kinds.values():
                for _ in range(COPIES):
                    attacker.sendto(make(), target)
            # The one bit of a foreign label in the clear may match; then the key does not.
            told = gained(node, before, {reason: COPIES for reason in kinds})
        before = node.drops()
        kinds = frames(captured, streams, rng)
        for make in kinds.values():
            for _ in range(COPIES):
                require(not send_frame(target, make and make()), "a stranger got an answer")
        told_frames = gained(node, before, {reason: COPIES for reason in kinds})
        held = [socket.create_connection(target, timeout=5) for _ in range(80)]
        crowd = gained(node, before, {"crowded": 80 - 64})
        for stream in held:
            stream.close()
        require_few_lines(cluster.nodes, at)
        require(not cluster.deaths(at), "bad input killed somebody")
        cluster.await_equal()
    relay.close()
    return (f"{COPIES} of each counted; datagrams: {', '.join(told)}; "
            f"frames: {', '.join(told_frames)}; {crowd['crowded']} of 80 streams crowded out")


def impostors(count):
    """Seeds that are no nodes of ours, or not of our version or key: each is counted and told."""
    cluster = Cluster(count)
    key = cluster.keys[0]
    model = Peer(key, "127.0.0.40", cluster.base_port + count + 1)
    right = (b"APUS", 1, 1, model.number)
    region = struct.pack(">Q", tag("lo"))
    model.close()

    def hello(words, more=b""):
        return struct.pack(">4sBBB", *words) + region + os.urandom(8) + more
    fakes = {
        "not_apus": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
        "stream_version": [hello((b"APUS", 2, 9, model.number)),
                           hello((b"APUS", 0, 0, model.number))],
        "stream_key": [hello((b"APUS", 1, 1, model.number ^ 1))],
        "frame_length": [hello(right, b"\xff\xff\xff\xff")],
    }
    seeds = [Impostor(f"127.0.0.{41 + i}", cluster.base_port + i, hellos)
             for i, hellos in enumerate(fakes.values())]
    for node in cluster.nodes:
        node.join = cluster.seeds + [seed.address for seed in seeds]
    try:
        with cluster:
            at = time.time()
            for node in cluster.nodes:
                eventually(lambda: all(node.drops().get(r, 0) > 0 for r in fakes), 40 * s.slack,
                           f"every impostor being counted at {node.name}")
            require_few_lines(cluster.nodes, at)
            require(not cluster.deaths(at), "an impostor killed somebody")
            cluster.await_equal()
            drops = cluster.nodes[0].drops()
    finally:
        for seed in seeds:
            seed.close()
    return ", ".join(f"{reason} {drops[reason]}" for reason in fakes)


def strangers(count):
    """Whole processes with the wrong key or the wrong cluster name: they stay alone and say why."""
    with Cluster(count) as cluster:
        at = time.time()
        others = []
        for index, reason in enumerate(("stream_key", "foreign_cluster")):
            node = Node(cluster, count + index)
            node.name = f"stranger{index}"
            if reason == "stream_key":
                node.keys = [secrets.token_hex(32)]
            else:
                node.cluster_name = "another"
            others.append(node)
        try:
            before = [n.drops() for n in cluster.nodes]
            for node in others:
                node.start()
            eventually(lambda: others[0].drops().get("stream_key", 0) > 0, 20 * s.slack,
                       "the wrong key being told where it is")
            # One byte of the label is in the clear; should it match, the seal does not.
            eventually(
                lambda: any(n.drops()[r] > b.get(r, 0) for n, b in zip(cluster.nodes, before)
                            for r in ("foreign_cluster", "not_authentic")), 20 * s.slack,
                "the wrong cluster being counted")
            for node in others:
                require(len(node.view()) == 1, f"{node.name} got in")
                eventually(lambda: any(e["message"] == "no seed answers; trying on"
                                       for e in node.events()), 15 * s.slack,
                           "a lonely node saying so")
                require(node.ask("/readyz")[0] == 200, "a lonely node does not serve")
            require_few_lines(cluster.nodes + others, at)
            require(not cluster.deaths(at), "a stranger killed somebody")
            cluster.await_equal()
        finally:
            for node in others:
                if node.is_alive():
                    node.kill()
    return "both stayed alone, said so, and served; nobody else noticed"


def inside(count):
    """Whoever holds the key and talks nonsense is counted; an older member is told apart."""
    with Cluster(count) as cluster:
        at = time.time()
        node = cluster.nodes[0]
        target = place(node.cluster_address)
        peer = Peer(cluster.keys[0], "127.0.0.40", cluster.base_port + count, name="older",
                    protocols=(0, 0))
        try:
            peer.join(target)
            eventually(lambda: all(any(m["name"] == "older" and m["state"] == "alive"
                                       for m in n.members()["members"])
                                   for n in cluster.nodes), 10 * s.slack, "the older member")
            for asked in cluster.nodes:
                code, body = asked.ask("/admin/v1/cluster")
                require(code == 200 and '{"name":"older","region":"lo","error":"member_too_old"}'
                        in body, f"the older member is not told: {body}")
                code, body = asked.ask("/admin/v1/drain?node=older", "POST")
                require(code == 502 and "member_too_old" in body and "older version" in body,
                        f"the call to an older member: {code} {body}")
            # The other way round: this node is the older one, without the function.
            require(peer.call(target, "noSuchFunction") == 3, "an unknown function is not too old")
            before = node.drops()
            uid = int(node.uid, 16)
            for _ in range(COPIES):
                peer.datagrams.sendto(peer.seal(b"\xee" + noise()[:900], uid), target)
                peer.datagrams.sendto(peer.seal(b"\1\0\0\0\1", uid, version=2), target)
            gained(node, before, {"malformed": COPIES, "version": COPIES})
            require_few_lines(cluster.nodes, at)
            real = [d for d in cluster.deaths(at) if d[1] != "older"]
            require(not real, f"nonsense killed somebody: {real}")
        finally:
            peer.close()
        eventually(lambda: all(n.changes("dead", at, "older") for n in cluster.nodes),
                   15 * s.slack, "the older member being dead")
        cluster.await_equal()
    return (f"older member: member_too_old from {count} of {count} nodes, and from a node without "
            f"the function; {COPIES} malformed and {COPIES} of a newer version counted")


def bad_join(count):
    """Seeds that are no addresses, that no name server knows, that nobody listens at."""
    with Cluster(count) as cluster:
        at = time.time()
        node = Node(cluster, count)
        node.join = ["127.0.0.1:no-port"]
        node.write_config()
        ended = subprocess.run([APUS, "serve", "--config", str(node.config_path)],
                               capture_output=True, text=True, timeout=20)
        require(ended.returncode == 1, f"exit code {ended.returncode} for a bad seed")
        require("no-port" in ended.stderr and "HOST:PORT" in ended.stderr,
                f"the message about a bad seed: {ended.stderr}")
        node.join = ["nowhere.invalid:7946", "127.0.0.99:9", cluster.seeds[0]]
        try:
            node.start()
            cluster.nodes.append(node)
            took = cluster.await_equal()
            told = [e for e in node.events() if e["message"] == "seed cannot be looked up"]
            require(len(told) == 1 and "nowhere.invalid" in told[0]["seed"] and told[0]["reason"],
                    f"the message about an unknown name: {told}")
            require(not cluster.deaths(at), "a bad seed killed somebody")
        finally:
            if node.is_alive():
                node.kill()
    return f"refused with exit code 1; told once; in the cluster {took * 1000:.0f} ms later"


def clock_jump(count):
    """A wall clock that jumps, and a restart with a clock behind the former life's."""
    require(Path(FAKETIME).exists(), "libfaketime is missing; see scripts/install.sh test")
    with Cluster(count) as cluster:
        node = cluster.nodes[0]
        clock = cluster.folder / "clock"
        node.surroundings = {
            "LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        # The library adds to the environment at its first start, where Swift looks for arguments:
        # something else has to be that first start, and then become the node.
        node.wrapper = ["nice", "-n", "0"]
        worst = 0.0
        others = cluster.nodes[1:]
        for hours, restarts in ((1, True), (-1, False), (-1, True), (0, False), (0, True)):
            # The file is read at every look, so it is replaced as a whole.
            fresh = cluster.folder / "clock.new"
            fresh.write_text(f"{hours * 3600:+d}\n")
            fresh.replace(clock)
            at = time.time()
            if restarts:
                node.kill()
                node.start()
            else:
                time.sleep(3)
            start = time.monotonic()

            def look():
                # A process whose clock is behind its former life's begins anew as a later one.
                node.uid = [e for e in node.events() if e["message"] == "cluster port open"][-1]["uid"]
                expected = {(n.name, n.uid) for n in cluster.nodes}
                return all(n.view() == expected for n in cluster.nodes)
            eventually(look, 10 * s.slack, "an equal view")
            worst = max(worst, time.monotonic() - start)
            # Former lives of the node are learnt as tombstones without names.
            lives = {n.uid for n in others}
            wrong = [e for n in others for e in n.changes("dead", at) if e["uid"] in lives]
            require(not wrong, f"a clock's jump killed others: {wrong}")
            if not restarts:
                noticed = [e for n in others for e in n.changes("suspect", at)]
                require(not noticed, f"a clock's jump was noticed: {noticed}")
        stamp = node.events()[-1]["at"]
        require(abs(stamp - time.time()) < 60, "the last clock was not right again")
    return f"an hour ahead, an hour behind, back: equal views at most {worst:.1f} s after each"
