# SPDX-License-Identifier: Apache-2.0
"""The measurements: each takes running servers and returns plain figures."""

import json
import os
import statistics
import subprocess
import threading
import time

from processes import OTHER_CORE, BenchFault, place
from servers import KEY, Provider, Server

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = "/v1/chat/completions"


def on_other_core():
    place(OTHER_CORE)


def wrk(port, seconds, connections=64):
    """Closed loop: as many requests as 64 connections get through."""
    run = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", f"{HERE}/post.lua",
         f"http://127.0.0.1:{port}{PATH}"],
        capture_output=True, text=True, timeout=seconds + 30, preexec_fn=on_other_core,
        env={**os.environ, "BENCH_KEY": KEY})
    for line in run.stdout.splitlines():
        if line.startswith("BENCH "):
            requests, micros, refused, failed, p99 = map(int, line.split()[1:])
            if refused or failed or not requests:
                raise BenchFault(f"wrk: {requests} requests, {refused} refused, {failed} failed")
            return {"requests": requests, "rps": requests / (micros / 1e6), "p99_us": p99}
    raise BenchFault(f"wrk says:\n{run.stdout}{run.stderr}")


def apus_load(bench, port, options):
    """One run of the generator; its figures."""
    run = subprocess.run(
        [bench.load, "--url", f"http://127.0.0.1:{port}{PATH}", "--json",
         "--header", f"Authorization: Bearer {KEY}"] + [str(option) for option in options],
        capture_output=True, text=True, timeout=700, preexec_fn=on_other_core)
    if run.returncode != 0:
        raise BenchFault(f"apus-load: {run.stdout}{run.stderr}")
    result = json.loads(run.stdout)
    if result["failed"] or set(result["statuses"]) - {"200"}:
        raise BenchFault(f"apus-load: {result['errors']} {result['statuses']}")
    return result


def chat_body(bench, is_stream=False):
    """A file with a chat request of about a kilobyte."""
    path = bench.path("stream-body.json" if is_stream else "body.json")
    words = "Please tell the bench something about swifts. " * 19
    with open(path, "w") as file:
        json.dump({
            "model": "bench", "stream": is_stream, "temperature": 0.7,
            "messages": [{"role": "system", "content": "You are brief."},
                         {"role": "user", "content": words}]}, file)
    return path


def alternating(names, rounds):
    """The names in turn, every other round backwards, so that drift hits all alike."""
    for number in range(rounds):
        yield from ((number, name) for name in (names if number % 2 == 0 else names[::-1]))


def medians(samples):
    return {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}


class Sampler(threading.Thread):
    """Watches the resident memory of a process while something runs against it."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process = process
        self.largest = 0
        self.is_over = threading.Event()
        self.start()

    def run(self):
        while not self.is_over.wait(0.05):
            self.largest = max(self.largest, self.process.rss_bytes())

    def stop(self):
        self.is_over.set()
        self.join()
        return self.largest


def closed_loop(bench, scale, say):
    """CPU time per request, requests per second, memory while busy."""
    provider = Provider(bench, ["--static"])
    servers = {}
    try:
        for name in ["nginx", "nginx-log", "haproxy", "apus"]:
            servers[name] = Server(bench, name, provider.port)
        names = ["direct"] + list(servers)
        found = {name: [] for name in names}
        for process in [provider, *servers.values()]:
            wrk(process.port, scale.closed_warm_up)
        for number, name in alternating(names, scale.closed_rounds):
            process = servers.get(name, provider)
            sampler = Sampler(process)
            before = process.cpu_seconds()
            result = wrk(process.port, scale.closed_seconds)
            cpu = (process.cpu_seconds() - before) * 1e6 / result["requests"]
            found[name].append({
                "cpu_us": cpu, "rps": result["rps"], "p99_us": result["p99_us"],
                "rss_busy": sampler.stop()})
            say(f"  round {number + 1} {name:10} {cpu:6.2f} us CPU {result['rps']:8.0f} req/s")
        return {name: medians(samples) for name, samples in found.items()}
    finally:
        for process in [*servers.values(), provider]:
            process.stop()


def open_loop(bench, scale, say):
    """Latency at a fixed rate, and what each server adds to asking directly."""
    provider = Provider(bench, ["--static"])
    servers = {}
    try:
        for name in ["nginx", "haproxy", "apus"]:
            servers[name] = Server(bench, name, provider.port)
        names = ["direct"] + list(servers)
        found = {name: [] for name in names}
        options = ["--rate", 1000, "--duration", scale.open_seconds, "--warm-up", 1,
                   "--body", chat_body(bench)]
        for number, name in alternating(names, scale.open_rounds):
            process = servers.get(name, provider)
            latency = apus_load(bench, process.port, options)["latency_us"]
            found[name].append({key: latency[key] for key in ["p50", "p99", "p999"]})
            say(f"  round {number + 1} {name:10} p50 {latency['p50']:7.1f} "
                f"p99 {latency['p99']:7.1f} us")
        result = {name: medians(samples) for name, samples in found.items()}
        for name in servers:
            for key in ["p50", "p99"]:
                # Round by round, since the machine differs from one to the next.
                result[name]["added_" + key] = statistics.median(
                    proxied[key] - direct[key]
                    for proxied, direct in zip(found[name], found["direct"]))
        return result
    finally:
        for process in [*servers.values(), provider]:
            process.stop()


def streaming(bench, scale, say):
    """How long a stream's event is on its way, and the time to the first one."""
    script = bench.path("stream.json")
    with open(script, "w") as file:
        json.dump({"timestamps": True, "ttft_ms": 20, "token_ms": 19, "tokens": 50}, file)
    provider = Provider(bench, ["--script", script])
    servers = {}
    try:
        for name in ["nginx", "haproxy", "apus"]:
            servers[name] = Server(bench, name, provider.port, buffering="off")
        names = ["direct"] + list(servers)
        found = {name: [] for name in names}
        # 47 does not divide by 19: streams are out of step, as they are in life.
        options = ["--rate", 47, "--duration", scale.stream_seconds, "--warm-up", 1, "--stream",
                   "--body", chat_body(bench, is_stream=True)]
        for number, name in alternating(names, scale.stream_rounds):
            process = servers.get(name, provider)
            before = process.cpu_seconds()
            result = apus_load(bench, process.port, options)
            cpu = (process.cpu_seconds() - before) * 1e6 / max(result["relay_us"]["count"], 1)
            found[name].append({
                "relay_p50": result["relay_us"]["p50"], "relay_p99": result["relay_us"]["p99"],
                "first_p50": result["first_token_us"]["p50"], "cpu_us_per_event": cpu})
            say(f"  round {number + 1} {name:10} relay p50 {result['relay_us']['p50']:6.1f} "
                f"p99 {result['relay_us']['p99']:7.1f} us, {cpu:5.2f} us CPU per event")
        result = {name: medians(samples) for name, samples in found.items()}
        for name in servers:
            for key in ["relay_p50", "relay_p99"]:
                result[name]["added_" + key] = statistics.median(
                    proxied[key] - direct[key]
                    for proxied, direct in zip(found[name], found["direct"]))
        return result
    finally:
        for process in [*servers.values(), provider]:
            process.stop()


def held(bench, server, options):
    """Memory before and the most of it during a run with requests held."""
    before = server.rss_bytes()
    sampler = Sampler(server)
    result = apus_load(bench, server.port, options)
    return before, sampler.stop(), result


def memory(bench, scale, say):
    """Resident memory: idle, with requests held, with streams open."""
    script = bench.path("slow.json")
    with open(script, "w") as file:
        json.dump({"ttft_ms": 500, "token_ms": 0}, file)
    slow = Provider(bench, ["--script", script])
    with open(script, "w") as file:
        json.dump({"ttft_ms": 200, "token_ms": 1000, "tokens": 60}, file)
    dripping = Provider(bench, ["--script", script])
    result = {}
    try:
        for name in ["nginx", "haproxy", "apus"]:
            server = Server(bench, name, slow.port)
            figures = {"idle": server.rss_bytes()}
            options = ["--held", scale.held, "--duration", scale.held_seconds, "--warm-up", 1,
                       "--body", chat_body(bench)]
            before, most, load = held(bench, server, options)
            figures["held"] = most
            figures["per_held"] = (most - before) / load["open_max"]
            server.stop()
            server = Server(bench, name, dripping.port, buffering="off")
            options = ["--held", scale.streams, "--duration", scale.held_seconds, "--warm-up",
                       scale.held_warm_up, "--stream", "--body", chat_body(bench, is_stream=True)]
            before, most, load = held(bench, server, options)
            figures["streams"] = most
            figures["per_stream"] = (most - before) / load["open_max"]
            server.stop()
            result[name] = figures
            say(f"  {name:10} idle {figures['idle'] / 1e6:6.1f} MB, {scale.held} held "
                f"{figures['held'] / 1e6:.1f} MB ({figures['per_held'] / 1024:.1f} KiB each), "
                f"{load['open_max']} streams {figures['streams'] / 1e6:.1f} MB "
                f"({figures['per_stream'] / 1024:.1f} KiB each)")
        return result
    finally:
        slow.stop()
        dripping.stop()


def start(bench, scale, say):
    """Milliseconds from exec to the first 200, and the size of the binary."""
    provider = Provider(bench, ["--static"])
    result = {}
    try:
        for name in ["nginx", "haproxy", "apus"]:
            found = []
            for _ in range(scale.starts):
                server = Server(bench, name, provider.port)
                found.append(server.start_seconds * 1000)
                server.stop()
            result[name] = {"first_200_ms": statistics.median(found)}
            say(f"  {name:10} first 200 after {result[name]['first_200_ms']:.1f} ms")
        result["apus"]["binary_bytes"] = os.path.getsize(bench.apus)
        return result
    finally:
        provider.stop()


def settle():
    """Lets the machine come to rest between two measurements."""
    time.sleep(0.3)
