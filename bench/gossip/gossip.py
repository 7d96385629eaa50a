# SPDX-License-Identifier: Apache-2.0
"""Measures how long a cluster takes to know of a killed node: Apus beside serf, in one run.

Both run the same number of nodes on the loopback with their defaults for a local network. In turn,
one node gets SIGKILL, and the time until every other one calls it dead (serf: failed) is read from
what each node itself logs at that moment.
"""

import argparse
import datetime
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests/Chaos/real"))
from nodes import Cluster, eventually, quantile  # noqa: E402


class SerfCluster:
    """Agents of serf, each on a loopback address of its own."""

    def __init__(self, count):
        self.folder = Path(tempfile.mkdtemp(prefix="gossip-serf-"))
        self.lives = 0
        self.agents = [None] * count
        for index in range(count):
            self.start(index)
        self.await_alive()

    def start(self, index):
        self.lives += 1
        host = f"127.0.0.{60 + index}"
        log = self.folder / f"{index}.{self.lives}.log"
        profile = ["-profile=lan", f"-node=n{index}", f"-bind={host}:7950",
                   f"-rpc-addr={host}:7373", "-log-level=info"]
        join = [] if index == 0 and not self.agents[1] else \
            [f"-retry-join=127.0.0.{60 + (0 if index else 1)}:7950", "-retry-interval=1s"]
        with open(log, "wb") as out:
            process = subprocess.Popen(["serf", "agent", *profile, *join], stdout=out, stderr=out)
        self.agents[index] = (process, log, host)

    def alive(self, index):
        host = self.agents[index][2]
        found = subprocess.run(["serf", "members", f"-rpc-addr={host}:7373", "-status=alive"],
                               capture_output=True, text=True)
        return len(found.stdout.splitlines())

    def await_alive(self):
        eventually(lambda: all(self.alive(i) == len(self.agents) for i in range(len(self.agents))),
                   60, "serf's members being alive")

    @staticmethod
    def failed_at(log, victim, since):
        """When an agent wrote that the victim failed."""
        pattern = re.compile(r"^\s*(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)(\.\d+)? "
                             rf".*EventMemberFailed: n{victim} ", re.M)
        for match in pattern.finditer(log.read_text(errors="replace")):
            at = datetime.datetime.strptime(match[1], "%Y/%m/%d %H:%M:%S").timestamp()
            if at >= since - 1:
                return at
        return None

    def kill(self, victim):
        """Seconds until all others know, polled, since serf logs whole seconds only."""
        process = self.agents[victim][0]
        at = time.time()
        process.kill()
        process.wait()
        others = [a for i, a in enumerate(self.agents) if i != victim]
        eventually(lambda: all(self.failed_at(a[1], victim, at) for a in others), 60,
                   f"n{victim} being failed everywhere")
        return time.time() - at

    def close(self):
        for process, _, _ in self.agents:
            process.kill()
            process.wait()


def measure_serf(count, kills):
    cluster = SerfCluster(count)
    times = []
    try:
        for number in range(kills):
            victim = number % count
            time.sleep(random.Random(number).random())
            times.append(cluster.kill(victim))
            cluster.start(victim)
            cluster.await_alive()
    finally:
        cluster.close()
    return times


def measure_apus(count, kills):
    times = []
    with Cluster(count) as cluster:
        for number in range(kills):
            victim = cluster.nodes[number % count]
            time.sleep(random.Random(number).random())
            at = victim.kill()
            times.append(max(cluster.await_all_know(victim, "dead", at)))
            victim.start()
            cluster.await_equal()
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", default="3,5,9")
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    print("SIGKILL until all others know, in seconds; ratio of Apus to serf, to be at most 0.4")
    failed = False
    for count in map(int, options.nodes.split(",")):
        apus = measure_apus(count, options.kills)
        serf = measure_serf(count, options.kills)
        ratios = [quantile(apus, q) / quantile(serf, q) for q in (0.5, 0.99)]
        failed |= max(ratios) > 0.4
        print(f"N = {count}: apus p50 {quantile(apus, 0.5):.2f} p99 {quantile(apus, 0.99):.2f}, "
              f"serf p50 {quantile(serf, 0.5):.2f} p99 {quantile(serf, 0.99):.2f}, "
              f"ratio p50 {ratios[0]:.2f} p99 {ratios[1]:.2f} ({options.kills} kills each)",
              flush=True)
    return 1 if failed else 0


os.environ.setdefault("APUS", ".build/release/apus")
sys.exit(main())
