# SPDX-License-Identifier: Apache-2.0
"""Starts gateways and simulated providers on free ports of the loopback, and ends them."""

import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

APUS = os.environ.get("APUS", "")
ADMIN_KEY = "adm-clients-0f9e2d7c61b84a35"
CALLER_KEY = "gw-clients-5d41402abc4b2a76"
LIMITED_KEY = "gw-limited-7d793037a0760186"
UPSTREAM_KEY = "sk-upstream-c4ca4238a0b92382"
# None of these may ever show up in anything that a gateway writes.
SECRETS = (ADMIN_KEY, CALLER_KEY, LIMITED_KEY, UPSTREAM_KEY)


def eventually(check, within=5.0, what="the condition"):
    """Polls until `check` gives something true, and returns that."""
    deadline = time.monotonic() + within
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        time.sleep(0.005)


def digest(key):
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


class Child:
    """A process with its output in files, because nobody reads pipes while a test waits."""

    def __init__(self, arguments, env=None, cwd=None):
        assert os.access(APUS, os.X_OK), f"APUS must name the binary, but is {APUS!r}"
        self.directory = Path(tempfile.mkdtemp(prefix="apus-clients-"))
        self.cwd = cwd or self.directory
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory), **(env or {})}
        with open(self.directory / "stdout", "wb") as out, \
                open(self.directory / "stderr", "wb") as err:
            self.process = subprocess.Popen(
                [APUS, *arguments], stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                cwd=self.cwd, env=environment)

    @property
    def pid(self):
        return self.process.pid

    @property
    def stdout(self):
        return (self.directory / "stdout").read_text(errors="replace")

    @property
    def stderr(self):
        return (self.directory / "stderr").read_text(errors="replace")

    def is_alive(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=10):
        return self.process.wait(timeout)

    def kill(self):
        if self.is_alive():
            self.process.kill()
        self.process.wait()

    def await_line(self, pattern, stream="stderr", within=5.0):
        """The first match of a pattern in what the process has written."""
        def look():
            found = re.search(pattern, getattr(self, stream))
            if not found and not self.is_alive():
                raise AssertionError(f"exited with {self.process.returncode}: {self.stderr}")
            return found
        return eventually(look, within, f"{pattern!r} in {stream}")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident_bytes(self):
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024


class Simulator(Child):
    """`apus simulate-provider`, steered through its control path."""

    def __init__(self, *arguments):
        super().__init__(["simulate-provider", "--listen", "127.0.0.1:0", *arguments])
        self.port = int(self.await_line(r"listening on http://127\.0\.0\.1:(\d+)", "stdout")[1])
        self.base = f"http://127.0.0.1:{self.port}/v1"

    def _control(self, method, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/_control", method=method,
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=5) as answer:
            text = answer.read()
            return json.loads(text) if text.strip() else {}

    def script(self, **fields):
        self._control("PUT", fields)

    def counters(self):
        return self._control("GET")

    def reset(self):
        """Everything as at the start, counters included."""
        names = ("ttft_ms", "token_ms", "tokens", "chunk_bytes", "chunk_seed", "fail_rate", "seed",
                 "status", "retry_after_s", "error", "behaviour", "after", "times", "timestamps",
                 "replay", "headers", "models", "api_key", "text")
        self._control("PUT", dict.fromkeys(names))
        self._control("DELETE")

    def last(self):
        return self.counters()["last"]

    def await_cancelled(self, count=1, within=0.2):
        eventually(lambda: self.counters()["cancelled"] >= count, within, "the cancellation")


class Gateway(Child):
    """`apus serve` with a configuration given as a dictionary (JSON is YAML)."""

    def __init__(self, config, *arguments, env=None, loops=1):
        self.config_path = Path(tempfile.mkdtemp(prefix="apus-config-")) / "apus.yaml"
        self.write_config(config)
        super().__init__(
            ["serve", "--config", str(self.config_path), "--listen", "127.0.0.1:0",
             "--admin", "127.0.0.1:0", "--loops", str(loops), *arguments], env=env)
        started = self.await_line(
            r'"message":"started".*"api":"127\.0\.0\.1:(\d+)","admin":"127\.0\.0\.1:(\d+)"')
        self.port, self.admin_port = int(started[1]), int(started[2])
        self.origin = f"http://127.0.0.1:{self.port}"
        self.base = f"{self.origin}/v1"

    def write_config(self, config):
        """Replaces the file the way careful editors do: by a rename."""
        text = config if isinstance(config, str) else json.dumps(config, indent=1)
        fresh = self.config_path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.config_path)

    def get(self, path, key=None, timeout=5):
        """Status and text of a GET."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        request = urllib.request.Request(self.origin + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def metrics(self):
        status, text = self.get("/metrics", ADMIN_KEY)
        assert status == 200, text
        return text

    def records(self):
        """The access records written so far."""
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]

    def await_record(self, request_id, within=3.0):
        def look():
            return [r for r in self.records() if r.get("request_id") == request_id]
        return eventually(look, within, f"the record of {request_id}")[0]

    def close(self):
        """Ends it in good order; anything but exit code 0 is a failure."""
        if not self.is_alive():
            raise AssertionError(f"the gateway died ({self.process.returncode}): {self.stderr}")
        self.signal(signal.SIGTERM)
        try:
            code = self.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the gateway did not end: {self.stderr}") from None
        assert code == 0, f"exit code {code}: {self.stderr}"
        for secret in SECRETS:
            assert secret not in self.stdout + self.stderr, "a secret was written"


def provider(name, base, **more):
    return {"name": name, "kind": "openai-compatible", "base": base, "keys": [UPSTREAM_KEY],
            **more}


def config(providers, models=None, **more):
    """A configuration with the tests' keys and, unless told otherwise, no drain time."""
    whole = {
        "node": {"name": "clients"},
        "admin": {"hash": digest(ADMIN_KEY)},
        "providers": providers,
        "keys": [
            {"name": "caller", "hash": digest(CALLER_KEY), "models": ["*"]},
            {"name": "limited", "hash": digest(LIMITED_KEY), "models": ["only-this"]},
        ],
        "timeouts": {"drain": "1s"},
        **more,
    }
    if models is not None:
        whole["models"] = models
    return whole


def model(name, *providers, **more):
    """A model with one target a provider, tried in order."""
    targets = [{"provider": provider, "priority": index}
               for index, provider in enumerate(providers)]
    strategy = {"strategy": "priority"} if len(targets) > 1 else {}
    return {"name": name, "targets": targets, **strategy, **more}
