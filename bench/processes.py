# SPDX-License-Identifier: Apache-2.0
"""Processes under measurement: started on one core, watched through /proc, ended by their id."""

import os
import re
import signal
import socket
import subprocess
import time

CORES = sorted(os.sched_getaffinity(0))
# What is measured has a core of its own; who asks and who answers share the other.
SERVER_CORE = {CORES[0]}
OTHER_CORE = {CORES[1]} if len(CORES) > 1 else {CORES[0]}


class BenchFault(Exception):
    """Something without which no figure means anything."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def place(cores):
    """Called in each child: its core, and precedence over what else the machine does."""
    os.sched_setaffinity(0, cores)
    try:
        # The same for all that is measured and all that measures; without the right to it, none.
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    except PermissionError:
        pass


class Process:
    """One command with its children."""

    # Whatever was started and not stopped, for the end of a run that went wrong.
    running = []

    def __init__(self, command, cores, log, env=None):
        self.log = log
        self.command = command
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env,
                preexec_fn=lambda: place(cores))
        Process.running.append(self)

    def pids(self):
        found = [self.child.pid]
        for pid in found:
            try:
                tasks = os.listdir(f"/proc/{pid}/task")
            except FileNotFoundError:
                continue
            for task in tasks:
                try:
                    with open(f"/proc/{pid}/task/{task}/children") as children:
                        found += [int(child) for child in children.read().split()]
                except FileNotFoundError:
                    pass
        return found

    def cpu_seconds(self):
        """Time on a core, user and system, of all threads: exact where the kernel tells."""
        total = 0.0
        for pid in self.pids():
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
                        total += int(stat.read().split()[0]) / 1e9
            except FileNotFoundError:
                with open(f"/proc/{pid}/stat") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
                    total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def rss_bytes(self):
        """Resident memory of all processes; pages that several share count for each."""
        total = 0
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/status") as status:
                    found = re.search(r"VmRSS:\s+(\d+) kB", status.read())
                    total += int(found.group(1)) * 1024 if found else 0
            except FileNotFoundError:
                pass
        return total

    def is_running(self):
        return self.child.poll() is None

    def stop(self):
        if self in Process.running:
            Process.running.remove(self)
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def ask(port, key, path="/v1/chat/completions", timeout=10.0):
    """One small streamed request over a socket of its own; returns the status, 0 without one."""
    body = b'{"model":"bench","stream":true,"messages":[{"role":"user","content":"Hi"}]}'
    request = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\nconnection: close\r\n"
        f"content-length: {len(body)}\r\n\r\n").encode() + body
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(request)
            answer = b""
            while b"\r\n" not in answer:
                more = connection.recv(4096)
                if not more:
                    return 0
                answer += more
            return int(answer.split()[1])
    except OSError:
        return 0


def wait_for_answer(process, port, key, limit=10.0):
    """Seconds until the first 200; faults when the process ends or the limit passes."""
    began = time.perf_counter()
    status = 0
    while time.perf_counter() - began < limit:
        status = ask(port, key)
        if status == 200:
            return time.perf_counter() - began
        if not process.is_running():
            break
        time.sleep(0.0005)
    with open(process.log, "rb") as log:
        tail = log.read()[-2000:].decode(errors="replace")
    raise BenchFault(f"no 200 from {' '.join(process.command)} (last status {status}):\n{tail}")
