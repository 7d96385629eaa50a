# SPDX-License-Identifier: Apache-2.0
"""Start, reload, drain and end of the process; what it says, and what it never says."""

import json
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.processes import (
    ADMIN_KEY, APUS, CALLER_KEY, SECRETS, UPSTREAM_KEY, Child, Gateway, Simulator, config, digest,
    eventually, model, provider)
from support.wire import GOOD_BODY, Wire, ask, post

STREAM_BODY = GOOD_BODY[:-1] + b',"stream":true}'


@pytest.fixture
def node(shared_simulator, simulator):
    """A gateway of its own, which the test may end."""
    gateway = Gateway(plan(simulator))
    yield gateway
    gateway.kill()
    for secret in SECRETS:
        assert secret not in gateway.stdout + gateway.stderr


def plan(simulator, *models, **more):
    names = models or ("sim",)
    return config([provider("sim", simulator.base)],
                  [model(name, "sim") for name in names], **more)


def started_stream(port):
    """A connection on which a stream has begun."""
    wire = Wire(port)
    wire.send(post(STREAM_BODY))
    head = wire.head()
    assert head.status == 200
    while b"data: " not in wire.buffer:
        assert wire.receive()
    return wire


def rest_of(wire):
    while wire.receive():
        pass
    return wire.buffer


# Faults in the configuration

GOOD = {"name": "p", "kind": "openai-compatible", "base": "http://127.0.0.1:1/v1"}
MODELS = [{"name": "a", "targets": [{"provider": "p"}]}]
OPEN = {"auth": "none"}

FAULTS = [
    ("unknown key", {"providers": [GOOD], "modles": [], **OPEN}, ["modles", "models"]),
    ("unknown inner key", {"providers": [{**GOOD, "bsae": "x"}], **OPEN}, ["bsae", "base"]),
    ("wrong type", {"providers": "openai", **OPEN}, ["providers"]),
    ("wrong unit", {"providers": [GOOD], "timeouts": {"total": "5 parsecs"}, **OPEN}, ["total"]),
    ("wrong kind", {"providers": [{**GOOD, "kind": "opnai"}], **OPEN}, ["opnai", "openai"]),
    ("missing secret", {"providers": [{**GOOD, "keys": ["${NO_SUCH_SECRET}"]}], **OPEN},
     ["NO_SUCH_SECRET"]),
    ("missing secret file", {"providers": [{**GOOD, "keys": ["file:/no/such/key"]}], **OPEN},
     ["/no/such/key"]),
    ("unknown provider", {"providers": [GOOD], "models": [
        {"name": "a", "targets": [{"provider": "q"}]}], **OPEN}, ["'q'"]),
    ("unknown fallback", {"providers": [GOOD], "models": [{**MODELS[0], "fallback": ["b"]}],
                          **OPEN}, ["'b'"]),
    ("cycle", {"providers": [GOOD], "models": [
        {**MODELS[0], "fallback": ["b"]}, {**MODELS[0], "name": "b", "fallback": ["a"]}], **OPEN},
     ["a", "b"]),
    ("two of a name", {"providers": [GOOD, GOOD], **OPEN}, ["'p'"]),
    ("no provider", {"providers": [], **OPEN}, ["provider"]),
    ("bad hash", {"providers": [GOOD], "keys": [{"name": "k", "hash": "sha256:12"}]}, ["hash"]),
    ("key in place of hash", {"providers": [GOOD], "keys": [
        {"name": "k", "hash": UPSTREAM_KEY}]}, ["hash"]),
    ("bad address", {"providers": [{**GOOD, "base": "127.0.0.1:9"}], **OPEN}, ["https://"]),
    ("bad listen", {"providers": [GOOD], "listen": {"api": "nowhere"}, **OPEN}, ["nowhere"]),
    ("not yaml", "a: [1, 2", []),
    ("not utf-8", None, []),
    ("empty", "", ["provider"]),
    ("a list", "- 1\n- 2\n", []),
]


@pytest.mark.parametrize("content, words", [row[1:] for row in FAULTS],
                         ids=[row[0] for row in FAULTS])
def test_a_faulty_configuration(tmp_path, content, words):
    path = tmp_path / "apus.yaml"
    if content is None:
        path.write_bytes(b"node: { name: \xff\xfe }\n")
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    for command in (["serve", "--config", str(path), "--listen", "127.0.0.1:0",
                     "--admin", "127.0.0.1:0"], ["check", str(path)]):
        if command[0] == "check" and content and "listen" in content:
            continue
        run = subprocess.run(
            [APUS, *command], capture_output=True, text=True, timeout=5, env={}, check=False)
        said = (run.stdout + run.stderr).strip()
        assert run.returncode == 1, said
        lines = said.splitlines()
        faults = [line for line in lines if str(path) in line]
        assert 1 <= len(faults) and len(lines) <= len(faults) + 1, said
        assert all(len(line) < 400 for line in lines)
        for word in words:
            assert word in said
        for noise in ("Fatal", "Stack", "Thread", "0x", ".swift"):
            assert noise not in said
        assert UPSTREAM_KEY not in said


def test_a_missing_file():
    run = subprocess.run([APUS, "serve", "--config", "/no/such/apus.yaml"], capture_output=True,
                         text=True, timeout=5, check=False)
    assert run.returncode == 1 and "/no/such/apus.yaml" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_the_port_is_taken(gateway, tmp_path):
    path = tmp_path / "apus.yaml"
    path.write_text(json.dumps({"providers": [GOOD], **OPEN}))
    run = subprocess.run(
        [APUS, "serve", "--config", str(path), "--listen", f"127.0.0.1:{gateway.port}",
         "--admin", "127.0.0.1:0"], capture_output=True, text=True, timeout=5, check=False)
    assert run.returncode == 1, run.stderr
    assert str(gateway.port) in run.stderr and "in use" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert ask(gateway.port, post()).status == 200


@pytest.mark.parametrize("arguments", [
    [], ["serve", "--no-such"], ["nonsense"], ["serve", "--loops", "0"], ["check"]])
def test_wrong_usage(arguments):
    run = subprocess.run([APUS, *arguments], capture_output=True, text=True, timeout=5,
                         check=False)
    assert run.returncode == 2 and run.stderr.strip()


def test_check_is_content(tmp_path, shared_simulator):
    path = tmp_path / "apus.yaml"
    path.write_text(json.dumps(plan(shared_simulator)))
    run = subprocess.run([APUS, "check", str(path)], capture_output=True, text=True, timeout=5,
                         check=False)
    assert run.returncode == 0, run.stdout + run.stderr


# Without a configuration


def test_no_configuration_simulates():
    child = Child(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--loops", "1"])
    port = int(child.await_line(r"listens on http://127\.0\.0\.1:(\d+)")[1])
    answer = ask(port, post(GOOD_BODY.replace(b'"sim"', b'"gpt-4o-mini"'), auth=b""))
    assert answer.status == 200 and b"Simulated" in answer.body
    child.signal(signal.SIGINT)
    assert child.wait(3) == 0


def test_providers_come_from_the_environment(simulator):
    child = Child(
        ["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--loops", "1"],
        env={"OPENAI_API_KEY": UPSTREAM_KEY, "OPENAI_BASE_URL": simulator.base})
    port = int(child.await_line(r"listens on http://127\.0\.0\.1:(\d+)")[1])
    answer = ask(port, post(GOOD_BODY.replace(b'"sim"', b'"gpt-4o-mini"'), auth=b""))
    assert answer.status == 200
    fields = {name.lower(): value for name, value in simulator.last()["headers"]}
    assert fields["authorization"] == f"Bearer {UPSTREAM_KEY}"
    child.signal(signal.SIGTERM)
    assert child.wait(3) == 0
    assert UPSTREAM_KEY not in child.stdout + child.stderr


def test_start_to_first_answer(simulator):
    started = time.monotonic()
    gateway = Gateway(plan(simulator))
    assert ask(gateway.port, post()).status == 200
    assert time.monotonic() - started < 2, "200 ms on a quiet machine"
    gateway.close()


# Reload


def models_of(gateway):
    status, text = gateway.get("/v1/models", CALLER_KEY)
    assert status == 200
    return {card["id"] for card in json.loads(text)["data"]}


@pytest.mark.parametrize("how", ["signal", "file"])
def test_reload_without_a_dropped_request(node, simulator, how):
    failures, done = [], threading.Event()

    def load():
        with Wire(node.port) as wire:
            while not done.is_set():
                answer = wire.send(post()).answer()
                if answer.status != 200 or not answer.complete:
                    failures.append(answer)

    simulator.script(token_ms=5, tokens=100)
    stream = started_stream(node.port)
    simulator.script(token_ms=None, tokens=None)
    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(3):
        name = f"fresh-{turn}"
        if how == "signal":
            node.config_path.write_text(json.dumps(plan(simulator, "sim", name)))
            node.signal(signal.SIGHUP)
        else:
            node.write_config(plan(simulator, "sim", name))
        eventually(lambda: models_of(node) == {"sim", name}, what=f"the model {name}")
    done.set()
    for thread in threads:
        thread.join()
    assert not failures
    stream.send(b"")
    while b"[DONE]" not in stream.buffer:
        assert stream.receive(), "the stream was dropped"
    stream.socket.close()


@pytest.mark.parametrize("how", ["signal", "file"])
@pytest.mark.parametrize("bad", ["{", {"providers": []}, {"providers": [GOOD], "x": 1}])
def test_a_bad_reload_keeps_the_last_good(node, simulator, bad, how):
    node.write_config(bad)
    if how == "signal":
        node.signal(signal.SIGHUP)
    node.await_line("stays as it was|refused|kept")
    assert ask(node.port, post()).status == 200
    assert str(node.config_path) in node.stderr
    node.write_config(plan(simulator, "sim", "mended"))
    eventually(lambda: "mended" in models_of(node), what="the mended configuration")


def test_a_reload_changes_keys(node, simulator):
    changed = plan(simulator)
    changed["keys"] = [{"name": "next", "hash": digest("gw-next-1"), "models": ["*"]}]
    node.write_config(changed)
    eventually(lambda: ask(node.port, post()).status == 401, what="the old key's end")
    assert ask(node.port, post(auth=b"x-api-key: gw-next-1\r\n")).status == 200


def test_a_reload_changes_upstreams(node, simulator):
    other = Simulator()
    assert ask(node.port, post()).status == 200
    node.write_config(plan(other))
    eventually(lambda: ask(node.port, post()) and other.counters()["requests"] > 0)
    simulator.script(status=500)
    assert ask(node.port, post()).status == 200
    other.kill()


# The end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_drain_lets_streams_finish(shared_simulator, simulator, number):
    gateway = Gateway(plan(simulator, timeouts={"drain": "10s"}))
    simulator.script(token_ms=15, tokens=40)
    stream = started_stream(gateway.port)
    with Wire(gateway.port) as waiting, Wire(gateway.port) as busy:
        busy.send(post())
        eventually(lambda: simulator.counters()["open_requests"] == 2)
        probe = Wire(gateway.port)
        probe.send(b"GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n")
        assert probe.answer().status == 200
        gateway.signal(number)
        assert waiting.is_closed(), "idle connections close at once"
        assert busy.answer().status == 200
        assert busy.is_closed()
    assert b"[DONE]" in rest_of(stream) and stream.buffer.endswith(b"0\r\n\r\n")
    assert gateway.wait(3) == 0
    assert simulator.counters()["cancelled"] == 0
    assert len([r for r in gateway.records() if r["outcome"] == "success"]) == 2


def test_readiness_while_draining(shared_simulator, simulator):
    gateway = Gateway(plan(simulator, timeouts={"drain": "10s"}))
    simulator.script(token_ms=15, tokens=250)
    stream = started_stream(gateway.port)
    # Balancers keep asking on connections of their own, which must be let in for that.
    gateway.signal(signal.SIGTERM)

    def readiness():
        # A connection that is idle in the moment when a worker hears of the drain is closed.
        try:
            return gateway.get("/readyz")
        except OSError:
            return None

    eventually(lambda: readiness() == (503, "draining\n"), what="the drain")
    assert gateway.get("/livez")[0] == 200
    refused = ask(gateway.port, post())
    assert refused.status == 503 and refused.code == "draining"
    assert refused.header("retry-after") == "1" and refused.header("retry-after-ms") == "1000"
    assert b"[DONE]" in rest_of(stream)
    assert gateway.wait(10) == 0


def test_a_drain_ends_with_an_error_event(shared_simulator, simulator):
    gateway = Gateway(plan(simulator, timeouts={"drain": "300ms"}))
    simulator.script(token_ms=20, tokens=10_000)
    stream = started_stream(gateway.port)
    waiting = Wire(gateway.port)
    simulator.script(behaviour="stall")
    waiting.send(post())
    eventually(lambda: simulator.counters()["open_requests"] == 2)
    gateway.signal(signal.SIGTERM)
    body = rest_of(stream)
    assert b'"code":"draining"' in body and not body.endswith(b"0\r\n\r\n")
    answer = waiting.answer()
    assert answer.status == 503 and answer.code == "draining"
    assert gateway.wait(5) == 0
    simulator.await_cancelled(2)


def test_a_second_signal_stops_at_once(shared_simulator, simulator):
    gateway = Gateway(plan(simulator, timeouts={"drain": "60s"}))
    simulator.script(token_ms=20, tokens=10_000)
    stream = started_stream(gateway.port)
    gateway.signal(signal.SIGTERM)
    eventually(lambda: "draining" in gateway.stderr, what="the drain")
    assert gateway.is_alive()
    gateway.signal(signal.SIGTERM)
    gateway.wait(2)
    assert not rest_of(stream).endswith(b"0\r\n\r\n")
    simulator.await_cancelled()


def test_records_are_written_before_the_end(node, simulator):
    for index in range(20):
        ask(node.port, post(extra=b"x-request-id: last-words-%d\r\n" % index))
    node.signal(signal.SIGTERM)
    assert node.wait(3) == 0
    assert len([r for r in node.records()
                if r.get("request_id", "").startswith("last-words")]) == 20


def test_a_rotated_log_is_opened_anew(simulator, tmp_path):
    log, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    gateway = Gateway(plan(simulator, access_log=str(log)))
    ask(gateway.port, post(extra=b"x-request-id: before\r\n"))
    eventually(lambda: b"before" in log.read_bytes(), what="the first record")
    log.rename(moved)
    gateway.signal(signal.SIGHUP)
    eventually(log.exists, what="the new file")
    ask(gateway.port, post(extra=b"x-request-id: behind\r\n"))
    eventually(lambda: b"behind" in log.read_bytes(), what="a record in the new file")
    assert b"behind" not in moved.read_bytes()
    gateway.close()


# What it says


def test_metrics_parse_and_count(node, simulator):
    ask(node.port, post())
    ask(node.port, post(STREAM_BODY))
    ask(node.port, post(b"{}"))
    simulator.script(status=503)
    ask(node.port, post())
    families = {family.name: family for family in text_string_to_metric_families(node.metrics())}
    for name in ("apus_requests", "apus_overhead_seconds", "apus_attempts", "apus_inflight",
                 "apus_loop_lag_seconds", "gen_ai_client_token_usage",
                 "gen_ai_client_operation_duration_seconds",
                 "gen_ai_server_time_to_first_token_seconds"):
        assert name in families, sorted(families)
        assert families[name].documentation
    requests = {
        (sample.labels["route"], sample.labels["code"]): sample.value
        for sample in families["apus_requests"].samples if sample.name == "apus_requests_total"}
    assert requests[("/v1/chat/completions", "success")] == 2
    assert requests[("/v1/chat/completions", "missing_required_parameter")] == 1
    assert requests[("/v1/chat/completions", "server_error")] == 1
    attempts = {(sample.labels["target"], sample.labels["outcome"]): sample.value
                for sample in families["apus_attempts"].samples
                if sample.name == "apus_attempts_total"}
    assert attempts[("sim/sim", "success")] == 2 and attempts[("sim/sim", "server_error")] == 1


def test_openmetrics_when_asked_for(node):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
    ask(node.port, post())
    with Wire(node.port) as wire:
        wire.send(b"GET /metrics HTTP/1.1\r\nhost: a\r\nauthorization: Bearer "
                  + ADMIN_KEY.encode()
                  + b"\r\naccept: application/openmetrics-text; version=1.0.0\r\n\r\n")
        answer = wire.answer()
    assert answer.header("content-type").startswith("application/openmetrics-text")
    assert list(parse(answer.body.decode()))


def test_metrics_are_for_the_admin_key(node):
    for key in (None, CALLER_KEY, "nonsense"):
        assert node.get("/metrics", key)[0] == 401


def test_one_record_a_request(node, simulator):
    for index in range(30):
        body = STREAM_BODY if index % 2 else GOOD_BODY
        ask(node.port, post(body, b"x-request-id: one-each-%d\r\n" % index))
    node.await_record("one-each-29")
    lines = node.stdout.splitlines()
    records = [json.loads(line) for line in lines]
    named = [record for record in records if record["request_id"].startswith("one-each")]
    assert [record["request_id"] for record in named] == [f"one-each-{i}" for i in range(30)]
    for index, record in enumerate(named):
        assert record["status"] == 200 and record["stream"] is bool(index % 2)
        assert record["tokens_in"] > 0 and record["tokens_out"] == 32
        assert record["bytes_in"] == len(STREAM_BODY if index % 2 else GOOD_BODY)
        assert 0 <= record["overhead_us"] <= record["total_us"]


def test_nothing_secret_is_said_anywhere(node, simulator):
    """Prompts, answers and keys show up in no log, record, metric or error."""
    prompt = "the-prompt-is-nobodys-business"
    body = GOOD_BODY.replace(b"Hello", prompt.encode())
    simulator.script(text="neither-is-the-answer")
    answers = [ask(node.port, post(body)), ask(node.port, post(body[:-1])),
               ask(node.port, post(body, path=b"/v1/" + CALLER_KEY.encode()))]
    simulator.script(behaviour="garbage")
    answers.append(ask(node.port, post(body)))
    simulator.script(behaviour="close_mid_stream")
    answers.append(ask(node.port, post(STREAM_BODY)))
    # A key that belongs elsewhere, in each place where it might be repeated.
    for auth in (b"x-api-key: ", b"authorization: Bearer ", b"authorization: "):
        wrong = auth + UPSTREAM_KEY.encode() + b"\r\n"
        answers.append(ask(node.port, post(auth=wrong)))
    metrics = node.metrics()
    node.signal(signal.SIGTERM)
    assert node.wait(3) == 0
    written = node.stdout + node.stderr + metrics
    for secret in (*SECRETS, prompt, "neither-is-the-answer"):
        assert secret not in written
    for answer in answers[1:]:
        for secret in (ADMIN_KEY, UPSTREAM_KEY, prompt):
            assert secret.encode() not in answer.body
            assert all(secret not in value for _, value in answer.headers)


def test_health(node):
    assert node.get("/livez") == (200, "ok\n")
    assert node.get("/readyz")[0] == 200
    status, text = node.get("/healthz")
    assert status == 200 and json.loads(text)["status"] == "ok"


# Descriptors

def busy_seconds(pid):
    """Time that the busiest thread ran or wanted to: a crowded machine does not hide a spin."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return max(sum(map(int, (thread / "schedstat").read_text().split()[:2]))
               for thread in threads) / 1e9


def test_without_descriptors_it_waits_and_recovers(node):
    """Connections that cannot be accepted stay readable; asking again and again would spin."""
    for _ in range(4):  # What is opened lazily is open after this.
        assert ask(node.port, b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").status == 200
    limit = node.descriptors() + 6
    resource.prlimit(node.pid, resource.RLIMIT_NOFILE, (limit, limit))
    held = [Wire(node.port) for _ in range(24)]
    eventually(lambda: node.descriptors() >= limit, what="running out of descriptors")
    before, begun = busy_seconds(node.pid), time.monotonic()
    time.sleep(0.6)
    share = (busy_seconds(node.pid) - before) / (time.monotonic() - begun)
    assert share < 0.5, f"busy for {share:.0%} of the time while nothing can be done"
    for wire in held:
        wire.socket.close()
    wire = Wire(node.port)
    wire.send(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
    assert wire.head().status == 200
