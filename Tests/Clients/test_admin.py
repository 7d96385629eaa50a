# SPDX-License-Identifier: Apache-2.0
"""The operator's port: open for probes, closed for everybody else, and as sturdy as the other."""

import signal

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.processes import (
    ADMIN_KEY, CALLER_KEY, SECRETS, Gateway, config, digest, eventually, model, provider)
from support.wire import GOOD_BODY, Wire, ask, post


def get(path, key=None, extra=b""):
    auth = b"authorization: Bearer " + key.encode() + b"\r\n" if key else b""
    return b"GET " + path.encode() + b" HTTP/1.1\r\nhost: a\r\n" + auth + extra + b"\r\n"


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz"])
def test_probes_need_no_key(gateway, path):
    assert ask(gateway.admin_port, get(path)).status == 200


def test_metrics_need_no_key_here(gateway):
    answer = ask(gateway.admin_port, get("/metrics"))
    assert answer.status == 200
    assert list(text_string_to_metric_families(answer.body.decode()))


@pytest.mark.parametrize("key", [None, CALLER_KEY, "nonsense", ""])
def test_everything_else_needs_the_admin_key(gateway, key):
    for path in ("/admin/v1/openapi.json", "/admin/v1/members", "/admin/v1/none"):
        assert ask(gateway.admin_port, get(path, key)).status in (401, 403)


def test_the_description_is_served(gateway):
    answer = ask(gateway.admin_port, get("/admin/v1/openapi.json", ADMIN_KEY))
    assert answer.status == 200 and answer.json["openapi"].startswith("3.")


def test_callers_requests_are_not_served_here(gateway, simulator):
    assert ask(gateway.admin_port, post()).status in (401, 404)
    assert simulator.counters()["requests"] == 0


@pytest.mark.parametrize("data, status", [
    (b"\0" * 100, 400), (b"GET / HTTP/1.1\r\nx : y\r\n\r\n", 400),
    (b"GET /" + b"a" * 200_000, 414), (get("/livez", extra=b"x: " + b"a" * 200_000 + b"\r\n"), 431),
    (post(b"", b"content-length: 0\r\n"), 400),
    (get("/livez").replace(b"GET", b"DELETE"), 405), (get("/none", ADMIN_KEY), 404),
    (b"PRI * HTTP/2.0\r\n\r\n", 505),
])
def test_bad_input(gateway, data, status):
    before = gateway.descriptors()
    with Wire(gateway.admin_port) as wire:
        wire.try_send(data)
        assert wire.answer().status == status
    assert ask(gateway.admin_port, get("/livez")).status == 200
    eventually(lambda: gateway.descriptors() <= before, what="descriptors as before")


def test_readiness_while_draining(shared_simulator, simulator):
    gateway = Gateway(config([provider("sim", simulator.base)], [model("sim", "sim")],
                             timeouts={"drain": "10s"}))
    simulator.script(token_ms=15, tokens=60)
    with Wire(gateway.port) as stream:
        stream.send(post(GOOD_BODY[:-1] + b',"stream":true}'))
        assert stream.head().status == 200
        gateway.signal(signal.SIGTERM)
        eventually(lambda: "draining" in gateway.stderr, what="the drain")
        assert ask(gateway.admin_port, get("/readyz")).status == 503
        assert ask(gateway.admin_port, get("/livez")).status == 200
        while stream.receive():
            pass
        assert b"[DONE]" in stream.buffer
    assert gateway.wait(5) == 0


def test_the_configuration_is_shown_without_its_secrets(gateway):
    answer = ask(gateway.admin_port, get("/admin/v1/config", ADMIN_KEY))
    assert answer.status == 200 and b"sim" in answer.body
    for secret in SECRETS:
        assert secret.encode() not in answer.body
        assert digest(secret).encode() not in answer.body
    assert ask(gateway.admin_port, get("/admin/v1/status", ADMIN_KEY)).status == 200


def test_reload_and_drain_by_the_operator(simulator):
    gateway = Gateway(config([provider("sim", simulator.base)], [model("sim", "sim")]))
    for path in ("/admin/v1/reload", "/admin/v1/drain"):
        request = get(path, CALLER_KEY).replace(b"GET", b"POST")
        assert ask(gateway.admin_port, request).status in (401, 403)
    reload = get("/admin/v1/reload", ADMIN_KEY).replace(b"GET", b"POST")
    gateway.config_path.write_text("{")
    assert 400 <= ask(gateway.admin_port, reload).status < 500
    gateway.write_config(config([provider("sim", simulator.base)],
                                [model("sim", "sim"), model("more", "sim")]))
    assert ask(gateway.admin_port, reload).status == 200
    more = post(GOOD_BODY.replace(b'"sim"', b'"more"'))
    eventually(lambda: ask(gateway.port, more).status == 200, what="the new model")
    drain = get("/admin/v1/drain", ADMIN_KEY).replace(b"GET", b"POST")
    assert ask(gateway.admin_port, drain).status in (200, 202)
    assert gateway.wait(5) == 0
