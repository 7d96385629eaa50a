# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios on real processes and prints what was measured; exit code 1 if one fails."""

import argparse
import sys
import time

import badinput as b
import scenarios as s
from nodes import Failure
from storm import storm

QUICK = [
    ("crash, 5 nodes", lambda: s.detection(5, 3)),
    ("graceful leave, 5 nodes", lambda: s.leave(5, 2)),
    ("30 % UDP loss, 5 nodes", lambda: s.loss(5, 0.3, 8)),
    ("stopped for 3 s, 5 nodes", lambda: s.stall(5, 3)),
    ("partition and heal, 4 nodes", lambda: s.partition(4, 4)),
    ("all killed and restarted, 5 nodes", lambda: s.restart_all(5)),
    ("bad datagrams and frames, 3 nodes", lambda: b.outside(3)),
    ("impostors as seeds, 3 nodes", lambda: b.impostors(3)),
    ("wrong key and wrong cluster, 3 nodes", lambda: b.strangers(3)),
    ("an older member, and nonsense of a member, 3 nodes", lambda: b.inside(3)),
    ("bad seeds, 3 nodes", lambda: b.bad_join(3)),
    ("clock jumps, 3 nodes", lambda: b.clock_jump(3)),
    ("altered datagrams, 3 nodes", lambda: storm(3, 50_000, 4096)),
    ("key rotation, 3 nodes", lambda: s.rotation(3)),
    ("one name twice, 3 nodes", lambda: s.displaced(3)),
    ("two regions of 3", lambda: s.regions(3, 0)),
]

FULL = [
    ("crash, 3 nodes", lambda: s.detection(3, 20)),
    ("crash, 5 nodes", lambda: s.detection(5, 30)),
    ("crash, 9 nodes", lambda: s.detection(9, 20)),
    ("graceful leave, 5 nodes", lambda: s.leave(5, 25)),
    ("30 % UDP loss, 5 nodes", lambda: s.loss(5, 0.3, 120)),
    ("one way cut, 5 nodes", lambda: s.one_way(5, 20)),
    ("stopped for 1 s, 5 nodes", lambda: s.stall(5, 1)),
    ("stopped for 3 s, 5 nodes", lambda: s.stall(5, 3)),
    ("stopped for 8 s, 5 nodes", lambda: s.stall(5, 8)),
    ("partition and heal, 5 nodes", lambda: s.partition(5, 30)),
    ("all killed and restarted, 9 nodes", lambda: s.restart_all(9)),
    ("rolling restart, 5 nodes", lambda: s.rolling(5)),
    ("one name twice, 3 nodes", lambda: s.displaced(3)),
    ("bad datagrams and frames, 3 nodes", lambda: b.outside(3)),
    ("impostors as seeds, 3 nodes", lambda: b.impostors(3)),
    ("wrong key and wrong cluster, 3 nodes", lambda: b.strangers(3)),
    ("an older member, and nonsense of a member, 3 nodes", lambda: b.inside(3)),
    ("bad seeds, 3 nodes", lambda: b.bad_join(3)),
    ("clock jumps, 3 nodes", lambda: b.clock_jump(3)),
    ("altered datagrams, 3 nodes", lambda: storm(3, 500_000, 1024)),
    ("key rotation, 5 nodes", lambda: s.rotation(5)),
    ("idle, 5 nodes", lambda: s.idle(5, 20)),
    ("two regions of 3", lambda: s.regions(3, 60)),
    ("key rotation, 2 regions of 3", lambda: s.rotation(6, 2)),
    ("two regions of 4", lambda: s.regions(4, 20)),
]

LONG = [
    ("30 % UDP loss, 9 nodes", lambda: s.loss(9, 0.3, 600)),
    ("altered datagrams, 3 nodes", lambda: storm(3, 10_000_000, 1024)),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="the long matrix")
    parser.add_argument("--long", action="store_true", help="the few that take minutes each")
    parser.add_argument("--only", default="", help="scenarios whose names hold this")
    options = parser.parse_args()
    failed = 0
    s.slack = 1.0 if options.long or options.full else 4.0
    for name, scenario in LONG if options.long else FULL if options.full else QUICK:
        if options.only not in name:
            continue
        start = time.monotonic()
        try:
            verdict = f"ok    {name}: {scenario()}"
        except Failure as failure:
            failed += 1
            verdict = f"FAIL  {name}: {failure}"
        print(f"{verdict} [{time.monotonic() - start:.0f} s]", flush=True)
    return 1 if failed else 0


sys.exit(main())
