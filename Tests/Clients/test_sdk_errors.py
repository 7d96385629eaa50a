# SPDX-License-Identifier: Apache-2.0
"""Errors as the OpenAI SDK raises them, and callers who leave."""

import asyncio
import socket
import struct
import threading
import time

import httpx
import openai
import pytest

from support.processes import (
    CALLER_KEY, LIMITED_KEY, Gateway, config, eventually, model, provider)
from support.wire import AUTH, Wire, post

HELLO = [{"role": "user", "content": "Say hello"}]


def connect(gateway, key=CALLER_KEY, **more):
    return openai.OpenAI(
        api_key=key, base_url=gateway.base, **{"max_retries": 0, "timeout": 10, **more})


def ask(client, model="sim", **more):
    return client.chat.completions.create(model=model, messages=HELLO, **more)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("key, name, error, status, code", [
    (CALLER_KEY, "nobody-knows-this", openai.NotFoundError, 404, "model_not_found"),
    ("gw-wrong", "sim", openai.AuthenticationError, 401, "invalid_api_key"),
    (LIMITED_KEY, "sim", openai.PermissionDeniedError, 403, "model_not_allowed"),
])
def test_refused_by_the_gateway(gateway, simulator, key, name, error, status, code, stream):
    with connect(gateway, key) as client, pytest.raises(error) as raised:
        ask(client, name, stream=stream)
    assert raised.value.status_code == status and raised.value.code == code
    assert simulator.counters()["requests"] == 0
    assert gateway.await_record(raised.value.request_id)["outcome"] == code


def test_a_wrong_type_names_its_path(gateway, simulator):
    with connect(gateway) as client, pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model="sim", messages=HELLO + [{"role": 7}])
    assert raised.value.param == "messages[1].role" and raised.value.code == "invalid_type"
    assert "messages[1].role" in str(raised.value)
    assert raised.value.type == "invalid_request_error"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status, error", [
    (400, openai.BadRequestError), (404, openai.NotFoundError),
    (409, openai.ConflictError), (422, openai.UnprocessableEntityError),
])
def test_the_upstreams_refusal_is_passed_on(gateway, simulator, status, error, stream):
    body = {"error": {"message": "from upstream", "type": "t", "param": "p", "code": "c"}}
    simulator.script(status=status, error=body)
    with connect(gateway) as client, pytest.raises(error) as raised:
        ask(client, stream=stream)
    assert raised.value.response.json() == body
    assert raised.value.code == "c" and raised.value.param == "p"
    assert raised.value.response.headers["x-apus-attempts"] == "1"


@pytest.mark.parametrize("status, error", [
    (401, openai.AuthenticationError), (403, openai.PermissionDeniedError),
    (429, openai.RateLimitError), (500, openai.InternalServerError),
    (502, openai.InternalServerError), (503, openai.InternalServerError),
    (529, openai.InternalServerError),
])
def test_the_upstreams_trouble_keeps_its_status(gateway, simulator, status, error):
    simulator.script(status=status, retry_after_s=7)
    with connect(gateway) as client, pytest.raises(error) as raised:
        ask(client)
    assert raised.value.status_code == status
    assert raised.value.response.headers["retry-after"] == "7"
    assert simulator.counters()["requests"] == 1


def test_the_sdk_retries_what_may_be_retried(gateway, simulator):
    simulator.script(status=503, retry_after_s=0.01, times=2)
    with connect(gateway, max_retries=2) as client:
        assert ask(client).choices
    assert simulator.counters()["requests"] == 3


def test_no_answer_in_the_callers_time(gateway, simulator):
    simulator.script(behaviour="stall")
    with connect(gateway, timeout=0.3) as client, pytest.raises(openai.APITimeoutError):
        ask(client)
    simulator.await_cancelled()


@pytest.mark.parametrize("stream", [False, True])
def test_no_answer_in_the_gateways_time(gateway, simulator, stream):
    simulator.script(behaviour="stall")
    headers = {"x-apus-first-token-timeout-ms": "150"}
    with connect(gateway) as client, pytest.raises(openai.InternalServerError) as raised:
        ask(client, stream=stream, extra_headers=headers)
    assert raised.value.status_code == 504 and raised.value.code == "upstream_timeout"
    assert raised.value.response.headers["x-should-retry"] == "false"
    simulator.await_cancelled()


def test_the_total_time_of_one_request(gateway, simulator):
    simulator.script(ttft_ms=5, token_ms=40, tokens=1000)
    started = time.monotonic()
    with connect(gateway) as client, pytest.raises(openai.APIError) as raised:
        for _ in ask(client, stream=True, extra_headers={"x-apus-timeout-ms": "300"}):
            pass
    assert raised.value.code == "upstream_timeout"
    assert 0.25 < time.monotonic() - started < 3
    simulator.await_cancelled()


@pytest.mark.parametrize("behaviour, code", [
    ("close_mid_stream", "upstream_broke_off"), ("half_chunk", "upstream_broke_off"),
])
def test_a_stream_that_breaks_off_raises(gateway, simulator, behaviour, code):
    simulator.script(behaviour=behaviour)
    chunks = []
    with connect(gateway) as client, pytest.raises(openai.APIError) as raised:
        for chunk in ask(client, stream=True):
            chunks.append(chunk)
    assert chunks, "what came before the break was lost"
    assert raised.value.code == code


def test_a_stream_that_stalls_raises(shared_simulator, simulator):
    simulator.script(behaviour="stall_mid_stream")
    patient = Gateway(config(
        [provider("sim", simulator.base)], timeouts={"between_tokens": "200ms", "drain": "1s"},
        models=[model("sim", "sim")]))
    with connect(patient) as client, pytest.raises(openai.APIError) as raised:
        for _ in ask(client, stream=True):
            pass
    assert raised.value.code == "upstream_timeout"
    simulator.await_cancelled()
    patient.close()


def test_the_providers_own_error_event_passes(gateway, simulator):
    simulator.script(behaviour="error_event_mid_stream")
    with connect(gateway) as client, pytest.raises(openai.APIError):
        for _ in ask(client, stream=True):
            pass


def test_a_broken_whole_answer_raises(gateway, simulator):
    simulator.script(behaviour="close_mid_body")
    with connect(gateway) as client, pytest.raises(openai.APIConnectionError):
        ask(client)


def test_nobody_listens(gateway):
    with connect(gateway) as client:
        client.base_url = "http://127.0.0.1:1/v1"
        with pytest.raises(openai.APIConnectionError):
            ask(client)


# Callers who leave


def test_leaving_a_stream_cancels_at_once(gateway, simulator):
    simulator.script(token_ms=20, tokens=1000)
    with connect(gateway) as client:
        stream = ask(client, stream=True)
        next(iter(stream))
        stream.close()
        simulator.await_cancelled()
    record = eventually(
        lambda: [r for r in gateway.records() if r["outcome"] == "client_closed_request"],
        what="the record")[-1]
    assert record["status"] == 499


@pytest.mark.parametrize("stream", [b"false", b"true"])
@pytest.mark.parametrize("reset", [False, True])
def test_leaving_before_the_answer_cancels_at_once(gateway, simulator, stream, reset):
    simulator.script(behaviour="stall")
    wire = Wire(gateway.port)
    if reset:
        wire.socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.send(post(b'{"model":"sim","messages":[{"role":"user","content":"a"}],"stream":%s}'
                   % stream))
    eventually(lambda: simulator.counters()["open_requests"] == 1)
    wire.socket.close()
    simulator.await_cancelled()


def test_leaving_a_slow_whole_answer_cancels_at_once(gateway, simulator):
    simulator.script(ttft_ms=10_000)
    failure = []

    def run():
        try:
            ask(client)
        except openai.OpenAIError as error:
            failure.append(error)

    with connect(gateway, timeout=httpx.Timeout(0.3)) as client:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert isinstance(failure[0], openai.APITimeoutError)
    simulator.await_cancelled()


def test_a_cancelled_task_cancels_at_once(gateway, simulator):
    simulator.script(behaviour="stall")

    async def run():
        async with openai.AsyncOpenAI(
                api_key=CALLER_KEY, base_url=gateway.base, max_retries=0) as client:
            tasks = [asyncio.create_task(client.chat.completions.create(
                model="sim", messages=HELLO)) for _ in range(20)]
            while simulator.counters()["open_requests"] < 20:
                await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            simulator.await_cancelled(20)

    asyncio.run(run())


def test_leaving_while_a_connection_is_awaited(shared_simulator, simulator):
    """One connection upstream: who waits for it and leaves is never sent there."""
    narrow = Gateway(config(
        [provider("sim", simulator.base, pool={"max_connections": 1})],
        [model("sim", "sim")]))
    simulator.script(behaviour="stall")
    with Wire(narrow.port) as first, Wire(narrow.port) as second:
        first.send(post())
        eventually(lambda: simulator.counters()["open_requests"] == 1)
        second.send(post())
        eventually(lambda: 'apus_inflight 2' in narrow.metrics(), what="two exchanges")
    simulator.await_cancelled()
    eventually(lambda: 'apus_inflight 0' in narrow.metrics(), what="no exchange")
    simulator.script(behaviour=None)
    with Wire(narrow.port) as wire:
        assert wire.send(post()).answer().status == 200
    assert simulator.counters()["requests"] == 2
    narrow.close()


def test_missing_key_is_told_apart(gateway):
    with Wire(gateway.port) as wire:
        answer = wire.send(post(auth=b"")).answer()
    assert answer.status == 401 and answer.code == "missing_api_key"
    assert answer.header("www-authenticate") == "Bearer"
    with Wire(gateway.port) as wire:
        answer = wire.send(post(auth=AUTH.replace(b"Bearer", b"Basic"))).answer()
    assert answer.status == 401
