# SPDX-License-Identifier: Apache-2.0
"""Starts real nodes on the loopback, each on an address of its own, and reads what they log."""

import datetime
import hashlib
import json
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

APUS = os.environ.get("APUS", "")
ADMIN_KEY = "adm-chaos-0f9e2d7c61b84a35"
DIGEST = "sha256:" + hashlib.sha256(ADMIN_KEY.encode()).hexdigest()


class Failure(Exception):
    """What was promised did not hold."""


def eventually(check, within, what):
    """Polls until `check` gives something true; the time it took, in seconds."""
    start = time.monotonic()
    while not check():
        if time.monotonic() - start > within:
            raise Failure(f"{what} did not come true within {within} s")
        time.sleep(0.005)
    return time.monotonic() - start


def free_port(hosts):
    """A number below those that the system hands out, free on each host with its index added."""
    for _ in range(100):
        base = random.randrange(20000, 32000)
        taken = []
        try:
            for index, host in enumerate(hosts):
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    taken.append(socket.socket(socket.AF_INET, kind))
                    taken[-1].bind((host, base + index))
            return base
        except OSError:
            continue
        finally:
            for one in taken:
                one.close()
    raise Failure("no free port")


def quantile(values, share):
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Node:
    """One name, and the processes that bear it one after the other."""

    def __init__(self, cluster, index):
        self.cluster = cluster
        self.index = index
        self.name = f"n{index}"
        self.host = f"127.0.0.{10 + index}"
        self.lives = 0
        self.process = None
        self.log_path = None
        self.keys = list(cluster.keys)
        self.region = cluster.region_of(index)
        self.join = None  # Seeds of its own, in place of those of all.
        self.cluster_name = None
        self.surroundings = {}
        self.wrapper = []

    def write_config(self):
        relay = self.cluster.relay
        config = {
            "listen": {"api": "127.0.0.1:0", "admin": f"{self.host}:0",
                       "cluster": f"{self.host}:{self.port if not relay else 0}"},
            "node": {"name": self.name, "region": self.region, "zone": f"z{self.index % 3}"},
            "admin": {"hash": DIGEST},
            "timeouts": {"drain": "1s"},
            "access_log": "off",
            "cluster": {"join": self.cluster.seeds if self.join is None else self.join,
                        "keys": self.keys,
                        **({"name": self.cluster_name} if self.cluster_name else {}),
                        **({"advertise": relay.address(self.index)} if relay else {})},
            "providers": [{"name": "none", "kind": "openai", "keys": ["x"]}],
        }
        fresh = self.cluster.folder / f"{self.name}.new"
        fresh.write_text(json.dumps(config))
        fresh.replace(self.config_path)

    @property
    def config_path(self):
        return self.cluster.folder / f"{self.name}.yaml"

    @property
    def port(self):
        return self.cluster.base_port + self.index

    def launch(self):
        """Starts a process and does not wait for it."""
        self.write_config()
        self.lives += 1
        self.log_path = self.cluster.folder / f"{self.name}.{self.lives}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, APUS, "serve", "--config", str(self.config_path), "--loops", "1"],
                stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.surroundings})

    def await_ready(self):
        def look():
            if self.process.poll() is not None:
                raise Failure(f"{self.name} ended: {self.log_path.read_text()}")
            found = {e["message"]: e for e in self.events()}
            if "started" not in found or "cluster port open" not in found:
                return False
            self.admin = found["started"]["admin"]
            self.uid = found["cluster port open"]["uid"]
            self.cluster_address = found["cluster port open"]["cluster"]
            return True
        eventually(look, 10, f"the start of {self.name}")
        if self.cluster.relay:
            self.cluster.relay.set_target(self.index, self.cluster_address)

    def start(self):
        self.launch()
        self.await_ready()

    def events(self):
        """What the present process has logged, with times in seconds since 1970."""
        result = []
        for line in self.log_path.read_text(errors="replace").splitlines():
            if not line.startswith("{") or not line.endswith("}"):
                continue
            event = json.loads(line)
            stamp = event["time"].replace("Z", "+00:00")
            event["at"] = datetime.datetime.fromisoformat(stamp).timestamp()
            result.append(event)
        return result

    def changes(self, state, since=0.0, name=None):
        return [e for e in self.events() if e["message"] == "member" and e["state"] == state
                and e["at"] >= since and (name is None or e["name"] == name)]

    def ask(self, path, method="GET"):
        request = urllib.request.Request(
            f"http://{self.admin}{path}", method=method,
            headers={"authorization": f"Bearer {ADMIN_KEY}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def members(self):
        return json.loads(self.ask("/admin/v1/members")[1])

    def view(self):
        """Names seen alive in the node's own region, with the uid of each."""
        return {(m["name"], m["uid"]) for m in self.members()["members"]
                if m["state"] == "alive" and m["region"] == self.region}

    def metric(self, name):
        """The sum of all series of a metric."""
        total = 0.0
        for line in self.ask("/metrics")[1].splitlines():
            if line.startswith(name) and line[len(name)] in " {":
                total += float(line.rsplit(" ", 1)[1])
        return total

    def drops(self):
        """What was dropped so far, by reason."""
        pattern = re.compile(r'^apus_gossip_dropped_total\{reason="(\w+)"\} (\S+)$', re.M)
        return {m[1]: int(float(m[2])) for m in pattern.finditer(self.ask("/metrics")[1])}

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """Ends the process without a word; the moment it was done."""
        at = time.time()
        self.process.kill()
        self.process.wait()
        return at

    def resident_kilobytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0


class Cluster:
    """Some nodes with one key, with or without a relay between them."""

    def __init__(self, count, relay=None, regions=1):
        self.regions = regions
        self.count = count
        self.folder = Path(tempfile.mkdtemp(prefix="apus-chaos-"))
        self.relay = relay
        self.base_port = free_port([f"127.0.0.{10 + i}" for i in range(count + 10)])
        self.keys = [secrets.token_hex(32)]
        self.nodes = []
        addresses = [relay.address(i) if relay else f"127.0.0.{10 + i}:{self.base_port + i}"
                     for i in range(count)]
        self.seeds = addresses
        self.nodes = [Node(self, i) for i in range(count)]

    def __enter__(self):
        try:
            for node in self.nodes:
                node.launch()
            for node in self.nodes:
                node.await_ready()
            for region in self.by_region():
                self.await_equal(region)
        except BaseException:
            self.close()
            raise
        return self

    def region_of(self, index):
        """Nodes of one region are neighbours; whoever comes late belongs to the last one."""
        number = min(self.regions - 1, index * self.regions // self.count)
        return f"r{number}" if self.regions > 1 else "lo"

    def by_region(self):
        """The running nodes, region by region."""
        names = sorted({n.region for n in self.nodes})
        return [[n for n in self.nodes if n.region == name and n.is_alive()] for name in names]

    def __exit__(self, *_):
        self.close()

    def close(self):
        for node in self.nodes:
            if node.is_alive():
                node.process.send_signal(signal.SIGCONT)
                node.process.kill()
                node.process.wait()

    def await_equal(self, nodes=None, within=15):
        """Waits until the given nodes, all by default, see exactly each other alive."""
        nodes = nodes or [n for n in self.nodes if n.is_alive()]
        expected = {(n.name, n.uid) for n in nodes}
        return eventually(
            lambda: all(n.view() == expected for n in nodes), within, "an equal view")

    def deaths(self, since, of=None):
        """(observer, name, time) of every death told since then."""
        return [(n.name, e["name"], e["at"]) for n in self.nodes if n.log_path
                for e in n.changes("dead", since) if of is None or e["name"] == of]

    def await_all_know(self, victim, state, since, within=10):
        """Times after `since` at which each other node logged the state of the victim."""
        return self.await_all_know_in(self.nodes, victim, state, since, within)

    def await_all_know_in(self, nodes, victim, state, since, within=10):
        """The same for some of the nodes."""
        others = [n for n in nodes if n is not victim and n.is_alive()]

        def look():
            found = [n.changes(state, since, victim.name) for n in others]
            return all(found) and found
        eventually(look, within, f"{victim.name} being {state} everywhere")
        return [n.changes(state, since, victim.name)[0]["at"] - since for n in others]
