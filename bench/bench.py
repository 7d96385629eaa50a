# SPDX-License-Identifier: Apache-2.0
"""Measures Apus beside nginx and HAProxy in one run; bench/README.md says how and why so."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import measures
from processes import BenchFault, Process
from servers import Bench

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {
    "closed": ("closed loop, 64 connections, 1 KB chat", measures.closed_loop),
    "open": ("open loop, 1,000 requests per second", measures.open_loop),
    "stream": ("streams, 47 begun per second, an event each 19 ms", measures.streaming),
    "memory": ("memory", measures.memory),
    "start": ("start", measures.start),
}


class Scale:
    """How long everything takes: about five minutes, or under one."""

    def __init__(self, quick):
        self.closed_rounds, self.closed_seconds = (1, 2) if quick else (3, 6)
        self.closed_warm_up = 1 if quick else 2
        self.open_rounds, self.open_seconds = (1, 1.5) if quick else (5, 5)
        self.stream_rounds, self.stream_seconds = (1, 1.5) if quick else (3, 5)
        self.held, self.streams = (200, 500) if quick else (1000, 5000)
        self.held_warm_up, self.held_seconds = (1, 1.5) if quick else (4, 4)
        self.starts = 2 if quick else 5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--quick", action="store_true", help="a rough version, under a minute")
    parser.add_argument("--only", help="some of " + ",".join(KINDS))
    parser.add_argument("--provider", help="the command of the provider, without --listen")
    parser.add_argument("--serve", help="how to start Apus: '{apus} serve --config {config}'")
    parser.add_argument("--keep", action="store_true", help="keep logs and configurations")
    return parser.parse_args()


def machine():
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    commit = subprocess.run(
        ["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
        "load": os.getloadavg()[0],
        "commit": commit.stdout.strip(), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


def figure(results, path):
    """The figure at `closed.apus.cpu_us`; nil when it was not measured."""
    found = results
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def judge(results, thresholds):
    """A line for each threshold, and whether all hold; those not measured are left out."""
    lines, holds = [], True
    for threshold in thresholds:
        value = figure(results, threshold["metric"])
        limit, reason = threshold["max"], ""
        if "relative_to" in threshold:
            base = figure(results, threshold["relative_to"])
            if base is None:
                continue
            slack = threshold.get("slack", 0)
            reason = f" = {limit} x {threshold['relative_to']} + {slack}"
            limit = max(base, 0) * limit + slack
        if value is None:
            continue
        is_kept = value <= limit
        holds = holds and is_kept
        verdict = "ok    " if is_kept else "BROKEN"
        lines.append(
            f"  {verdict} {threshold['metric']} {value:,.2f} (at most {limit:,.2f}{reason})")
    return lines, holds


def table(results):
    """The comparison for people."""
    rows = [("", "nginx", "nginx+log", "HAProxy", "Apus", "direct")]
    names = ["nginx", "nginx-log", "haproxy", "apus", "direct"]

    def row(label, path, form):
        kind, key = path
        cells = []
        for name in names:
            value = figure(results, f"{kind}.{name}.{key}")
            cells.append("" if value is None else form(value))
        if any(cells):
            rows.append((label, *cells))

    one, whole, kib = "{:.1f}".format, "{:,.0f}".format, lambda v: f"{v / 1024:.1f}"
    mega = lambda v: f"{v / 1e6:.1f}"
    row("CPU per request, us", ("closed", "cpu_us"), "{:.2f}".format)
    row("requests per second, 1 core", ("closed", "rps"), whole)
    row("p99 at saturation, us", ("closed", "p99_us"), whole)
    row("RSS at 64 busy connections, MB", ("closed", "rss_busy"), mega)
    row("p50 at 1,000/s, us", ("open", "p50"), one)
    row("p99 at 1,000/s, us", ("open", "p99"), one)
    row("added p50, us", ("open", "added_p50"), one)
    row("added p99, us", ("open", "added_p99"), one)
    row("event relay p50, us", ("stream", "relay_p50"), one)
    row("event relay p99, us", ("stream", "relay_p99"), one)
    row("added relay p50, us", ("stream", "added_relay_p50"), one)
    row("added relay p99, us", ("stream", "added_relay_p99"), one)
    row("CPU per event, us", ("stream", "cpu_us_per_event"), "{:.2f}".format)
    row("RSS idle, MB", ("memory", "idle"), mega)
    row("RSS with requests held, MB", ("memory", "held"), mega)
    row("KiB per held request", ("memory", "per_held"), kib)
    row("RSS with streams open, MB", ("memory", "streams"), mega)
    row("KiB per open stream", ("memory", "per_stream"), kib)
    row("start to first 200, ms", ("start", "first_200_ms"), one)
    row("binary, MB", ("start", "binary_bytes"), mega)
    widths = [max(len(line[column]) for line in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in rows)


def main():
    options = arguments()
    chosen = options.only.split(",") if options.only else list(KINDS)
    unknown = set(chosen) - set(KINDS)
    if unknown:
        print(f"bench: unknown: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    directory = tempfile.mkdtemp(prefix="apus-bench-")
    bench = Bench(options.apus, options.load, directory, options.provider, options.serve)
    scale = Scale(options.quick)
    results = {"machine": machine(), "quick": options.quick}
    busy = results["machine"]["load"]
    if busy > 0.5:
        print(f"note: others keep this machine busy (load {busy:.1f}); p99 will show it")
    try:
        for kind in chosen:
            title, measure = KINDS[kind]
            print(f"{kind}: {title}", flush=True)
            results[kind] = measure(bench, scale, lambda line: print(line, flush=True))
            measures.settle()
    except BenchFault as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for process in list(Process.running):
            process.stop()
        if options.keep:
            print(f"kept {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    print("\n" + table(results))
    os.makedirs(f"{HERE}/results", exist_ok=True)
    suffix = "-quick" if options.quick else ""
    path = f"{HERE}/results/{time.strftime('%Y%m%d-%H%M%S')}{suffix}.json"
    with open(path, "w") as file:
        json.dump(results, file, indent=2)
    print(f"\n{os.path.relpath(path)}")
    with open(f"{HERE}/thresholds/{'quick' if options.quick else 'full'}.json") as file:
        lines, holds = judge(results, json.load(file))
    if lines:
        print("\nthresholds\n" + "\n".join(lines))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
