# SPDX-License-Identifier: Apache-2.0
"""Upstreams that lie, break off, stall or flood; and targets that take over for them."""

import socket
import struct
import threading
import time

import pytest

from support.processes import Gateway, Simulator, config, eventually, model, provider
from support.upstreams import EVENTS, RawUpstream, answer, chunk
from support.wire import AUTH, GOOD_BODY, Wire, ask, post

STREAM_BODY = GOOD_BODY[:-1] + b',"stream":true}'
WHOLE = (b'{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":'
         b'"assistant","content":"raw"},"finish_reason":"stop"}],'
         b'"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}')
EVENT = b'data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'


def refusing_port():
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Stage:
    """A gateway before one hand-made upstream, a refusing port and two simulated providers."""

    def __init__(self):
        self.play = lambda connection: None
        self.raw = RawUpstream(lambda connection: self.play(connection))
        self.first, self.second = Simulator(), Simulator()
        self.gateway = Gateway(config(
            [provider("raw", self.raw.base),
             provider("gone", f"http://127.0.0.1:{refusing_port()}/v1"),
             provider("gone-too", f"http://127.0.0.1:{refusing_port()}/v1"),
             provider("nowhere", "http://no-such-host.invalid/v1"),
             provider("first", self.first.base, pool={"max_idle": 4}),
             provider("second", self.second.base, pool={"max_idle": 4})],
            [model("sim", "raw"), model("gone", "gone", "gone-too"),
             model("nowhere", "nowhere"),
             model("gone-then-first", "gone", "first"),
             model("raw-then-first", "raw", "first"),
             model("pair", "first", "second"),
             model("chain", "first", fallback=["second-only"]),
             model("second-only", "second"),
             {"name": "split", "strategy": "weighted", "targets": [
                 {"provider": "first", "weight": 3}, {"provider": "second", "weight": 1}]}],
            timeouts={"drain": "1s", "first_token": "400ms", "between_tokens": "400ms",
                      "connect": "1s"}))
        self.port = self.gateway.port

    def ask(self, name="sim", stream=False, extra=b""):
        body = (STREAM_BODY if stream else GOOD_BODY).replace(b'"sim"', b'"%s"' % name.encode())
        return ask(self.port, post(body, extra))


@pytest.fixture(scope="module")
def built():
    stage = Stage()
    ask(stage.port, post(GOOD_BODY.replace(b"sim", b"pair")))
    before = stage.gateway.descriptors()
    yield stage
    # A few parked connections to upstreams may stay.
    eventually(lambda: stage.gateway.descriptors() <= before + 8, what="few descriptors")
    stage.gateway.close()
    stage.first.kill()
    stage.second.kill()
    stage.raw.close()


@pytest.fixture
def stage(built):
    built.first.reset()
    built.second.reset()
    built.raw.requests.clear()
    yield built
    assert built.gateway.is_alive()
    built.play = lambda connection: connection.request() and connection.send(answer(WHOLE))
    again = built.ask()
    assert again.status == 200 and again.body == WHOLE


def after_request(*pieces, then=None):
    """A play: reads the request, sends the pieces, closes (or does `then` before)."""
    def play(connection):
        connection.request()
        for piece in pieces:
            connection.send(piece)
        if then:
            then(connection)
    return play


BEFORE_THE_ANSWER = [
    ("garbage", b"\x00\xff\x13garbage\r\n\r\n" * 20, "invalid_response"),
    ("html without head", b"<html><body>hi</body></html>", "invalid_response"),
    ("HTTP/2 settings", b"\0\0\x12\4\0\0\0\0\0" + b"\0" * 18, "invalid_response"),
    ("status no number", b"HTTP/1.1 abc OK\r\n\r\n", "invalid_response"),
    ("status 99", b"HTTP/1.1 099 OK\r\n\r\n", "invalid_response"),
    ("two lengths", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nab",
     "invalid_response"),
    ("length and chunks",
     b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
     "invalid_response"),
    ("unknown coding", b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nx",
     "invalid_response"),
    ("folded field", b"HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n", "invalid_response"),
    ("NUL in a field", b"HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n", "invalid_response"),
    ("endless head", b"HTTP/1.1 200 OK\r\n" + b"x: " + b"a" * 200_000, "invalid_response"),
    ("endless informational", b"HTTP/1.1 102 P\r\n\r\n" * 50, "invalid_response"),
    ("unasked upgrade", b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", "invalid_response"),
    ("nothing", b"", "connection_lost"),
    ("half a head", b"HTTP/1.1 200 OK\r\ncontent-le", "connection_lost"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "piece, label", [row[1:] for row in BEFORE_THE_ANSWER],
    ids=[row[0] for row in BEFORE_THE_ANSWER])
def test_no_usable_head(stage, piece, label, stream):
    stage.play = after_request(piece)
    answer = stage.ask(stream=stream)
    assert answer.status == 502 and answer.code == "upstream_failed"
    assert label in answer.body.decode() and "raw" in answer.message
    assert answer.header("x-should-retry") == "false"
    assert answer.header("x-apus-attempts") == "1"


def test_another_target_takes_over_from_garbage(stage):
    for _, piece, _ in BEFORE_THE_ANSWER:
        stage.play = after_request(piece)
        for stream in (False, True):
            answer = stage.ask("raw-then-first", stream)
            assert answer.status == 200 and answer.complete
            assert answer.header("x-apus-attempts") == "2"
            assert answer.header("x-apus-target") == "first/raw-then-first"


def test_a_head_without_a_first_byte_can_be_taken_over(stage):
    """Nothing of an answer reaches the client before its first body byte."""
    stage.play = after_request(EVENTS)
    answer = stage.ask("raw-then-first", stream=True)
    assert answer.status == 200 and answer.complete and b"[DONE]" in answer.body
    assert answer.header("x-apus-attempts") == "2"


BROKEN_OFF = [
    ("short length", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
     b"content-length: 1000\r\n\r\n" + WHOLE),
    ("no last chunk", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
     b"transfer-encoding: chunked\r\n\r\n" + chunk(WHOLE)),
    ("half a chunk", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
     b"transfer-encoding: chunked\r\n\r\n" + chunk(WHOLE) + b"ff\r\nabc"),
    ("bad chunk size", b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
     b"transfer-encoding: chunked\r\n\r\n" + chunk(WHOLE) + b"zz\r\n"),
]


@pytest.mark.parametrize("piece", [row[1] for row in BROKEN_OFF],
                         ids=[row[0] for row in BROKEN_OFF])
def test_a_broken_whole_answer_looks_broken(stage, piece):
    stage.play = after_request(piece)
    answer = stage.ask()
    assert answer.status == 200 and not answer.complete
    assert answer.body.startswith(WHOLE)


@pytest.mark.parametrize("tail", [
    b"", b"20\r\ndata: {", b"zz\r\n", chunk(b'data: {"choi'), chunk(b"data: [DO"),
], ids=["close", "half a chunk", "bad chunk", "half an event", "half the end"])
def test_a_broken_stream_says_so(stage, tail):
    stage.play = after_request(EVENTS, chunk(EVENT) * 3, tail)
    answer = stage.ask(stream=True)
    assert answer.status == 200 and not answer.complete, "the last chunk must not come"
    assert answer.body.startswith(EVENT * 3)
    error = answer.body.split(b"\n\n")[-2]
    assert error.startswith(b'data: {"error":')
    assert b'"code":"upstream_broke_off"' in error


@pytest.mark.parametrize("half", [
    b"da", b"data: [DO", b'data: {"id":"c","cho', EVENT[:-30], EVENT[:-1], EVENT[:-2]])
@pytest.mark.parametrize("usage", [b"true", b"false"])
def test_the_error_event_stands_alone(stage, half, usage):
    """Half an event before it must not swallow it."""
    stage.play = after_request(EVENTS, chunk(EVENT), chunk(half))
    body = STREAM_BODY[:-1] + b',"stream_options":{"include_usage":%s}}' % usage
    events = ask(stage.port, post(body)).body.split(b"\n\n")
    assert events[0] + b"\n\n" == EVENT
    assert events[-2].strip(b"\n").startswith(b'data: {"error"') and events[-1] == b""


def test_a_stream_until_close_is_whole(stage):
    """HTTP/1.0 upstreams end a body by closing."""
    stage.play = after_request(
        b"HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", EVENT,
        b"data: [DONE]\n\n")
    answer = stage.ask(stream=True)
    assert answer.complete and answer.body == EVENT + b"data: [DONE]\n\n"


def test_more_than_was_announced_is_not_taken(stage):
    """The next exchange must not read what the last one left behind."""
    stage.play = after_request(answer(WHOLE) + answer(b'{"evil":true}'))
    first = stage.ask()
    assert first.complete and first.body == WHOLE
    stage.play = after_request(answer(WHOLE))
    assert stage.ask().body == WHOLE


def test_an_answer_before_the_question(stage):
    """Bytes that nobody asked for on an idle connection make it unusable."""
    def play(connection):
        connection.request()
        connection.send(answer(WHOLE))
        time.sleep(0.05)
        connection.send(answer(b'{"evil":true}'))
        connection.await_close()
    stage.play = play
    assert stage.ask().body == WHOLE
    time.sleep(0.15)
    stage.play = after_request(answer(WHOLE))
    assert stage.ask().body == WHOLE


def test_informational_answers_are_skipped(stage):
    stage.play = after_request(
        b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", answer(WHOLE))
    assert stage.ask().body == WHOLE


@pytest.mark.parametrize("size", [1, 3, 50])
def test_an_answer_in_small_pieces(stage, size):
    whole = answer(WHOLE)
    stage.play = after_request(*[whole[i:i + size] for i in range(0, len(whole), size)])
    got = stage.ask()
    assert got.complete and got.body == WHOLE


@pytest.mark.parametrize("stream", [False, True])
def test_nothing_comes(stage, stream):
    stage.play = after_request(then=lambda connection: connection.await_close())
    started = time.monotonic()
    answer = stage.ask(stream=stream)
    assert answer.status == 504 and answer.code == "upstream_timeout"
    assert "timeout" in answer.message
    assert 0.3 < time.monotonic() - started < 2


def test_another_target_takes_over_from_silence(stage):
    stage.play = after_request(then=lambda connection: connection.await_close())
    answer = stage.ask("raw-then-first")
    assert answer.status == 200 and answer.header("x-apus-attempts") == "2"


def test_a_stream_that_goes_silent(stage):
    stage.play = after_request(
        EVENTS, chunk(EVENT), then=lambda connection: connection.await_close())
    answer = stage.ask(stream=True)
    assert not answer.complete and b'"code":"upstream_timeout"' in answer.body


def test_nobody_listens(stage):
    answer = stage.ask("gone")
    assert answer.status == 502 and answer.code == "upstream_failed"
    assert "gone: unreachable" in answer.message and "gone-too: unreachable" in answer.message
    assert answer.header("x-apus-attempts") == "2"
    assert answer.header("x-should-retry") == "false"


def test_the_attempts_are_in_the_body_for_programs(stage):
    attempts = stage.ask("gone").json["error"].get("attempts")
    if attempts is not None:
        assert [attempt["provider"] for attempt in attempts] == ["gone", "gone-too"]


def test_a_name_that_does_not_resolve(stage):
    answer = stage.ask("nowhere")
    assert answer.status in (502, 504)
    assert "nowhere: " in answer.message


def test_an_unreachable_target_is_stepped_over(stage):
    answer = stage.ask("gone-then-first")
    assert answer.status == 200 and answer.header("x-apus-attempts") == "2"
    assert answer.header("x-apus-target") == "first/gone-then-first"


@pytest.mark.parametrize("name", ["pair", "chain"])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 429, 401, 403, 408])
def test_a_status_that_another_target_may_not_share(stage, status, name):
    stage.first.script(status=status, retry_after_s=1)
    for stream in (False, True):
        answer = stage.ask(name, stream)
        assert answer.status == 200 and answer.complete
        assert answer.header("x-apus-attempts") == "2"
        assert answer.header("x-apus-target").startswith("second/")
    assert stage.first.counters()["requests"] == stage.second.counters()["requests"] == 2


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_a_status_that_is_the_callers_own(stage, status):
    stage.first.script(status=status)
    answer = stage.ask("pair")
    assert answer.status == status and answer.header("x-apus-attempts") == "1"
    assert stage.second.counters()["requests"] == 0


def test_the_last_targets_error_is_the_answer(stage):
    stage.first.script(status=503)
    stage.second.script(status=429, retry_after_s=9)
    answer = stage.ask("pair")
    assert answer.header("x-should-retry") == "false"
    assert answer.status in (429, 502)


def test_the_caller_can_refuse_fallbacks(stage):
    stage.first.script(status=503)
    answer = stage.ask("chain", extra=b"x-apus-no-fallback: true\r\n")
    assert answer.status == 503 and answer.header("x-apus-attempts") == "1"
    assert stage.second.counters()["requests"] == 0


def test_weights_are_kept(stage):
    for _ in range(200):
        assert stage.ask("split").status == 200
    share = stage.first.counters()["requests"] / 200
    assert 0.6 < share < 0.9


def test_a_stale_connection_is_retried_invisibly(stage):
    """The upstream closes a kept connection in the moment that a request is sent on it."""
    def play(connection):
        connection.request()
        connection.send(answer(WHOLE))
        connection.request()
        # Reset, without a byte of an answer.
        connection.socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stage.play = play
    for _ in range(5):
        first, second = stage.ask(), stage.ask()
        assert first.status == second.status == 200
        assert second.header("x-apus-attempts") == "1"


def test_a_connection_closed_while_idle_is_not_used(stage):
    stage.play = after_request(answer(WHOLE))
    for _ in range(20):
        assert stage.ask().status == 200


def test_connections_are_kept(stage):
    def play(connection):
        for _ in range(50):
            connection.request()
            connection.send(answer(WHOLE))
    stage.play = play
    before = stage.raw.connections
    with Wire(stage.port) as wire:
        for _ in range(50):
            assert wire.send(post()).answer().status == 200
    assert stage.raw.connections <= before + 1


# Too much


@pytest.mark.parametrize("stream", [False, True])
def test_an_endless_answer_is_held_back(stage, stream):
    """Memory stays flat while nobody reads, and the upstream stops when the client leaves."""
    stage.first.script(behaviour="endless")
    body = STREAM_BODY if stream else GOOD_BODY
    with Wire(stage.port) as wire:
        wire.send(post(body.replace(b'"sim"', b'"pair"')))
        assert wire.receive()
        resident = stage.gateway.resident_bytes()

        def sent():
            return stage.first.counters()["bytes_out"]
        # Nobody reads: buffers fill, then it stops.
        def stands():
            one = sent()
            time.sleep(0.05)
            return one == sent() and one
        held = eventually(stands, what="the standstill")
        assert held < 16_000_000
        # Some are read: as many move on.
        wire.buffer = b""
        total = 0
        while total < 20_000_000:
            assert wire.receive()
            total += len(wire.buffer)
            wire.buffer = b""
        assert stage.gateway.resident_bytes() - resident < 4_000_000
    stage.first.await_cancelled()


def test_a_client_that_never_reads_is_dropped():
    simulator = Simulator()
    simulator.script(behaviour="endless")
    gateway = Gateway(config(
        [provider("sim", simulator.base)], [model("sim", "sim")],
        timeouts={"client_write": "300ms", "drain": "1s"}))
    with Wire(gateway.port) as wire:
        wire.send(post())
        simulator.await_cancelled(within=3)
    gateway.close()
    simulator.kill()


def test_many_at_once_with_many_leaving(stage):
    stage.first.script(ttft_ms=20, token_ms=5)
    results = []

    def run(index):
        wire = Wire(stage.port)
        wire.send(post(STREAM_BODY.replace(b'"sim"', b'"pair"')))
        if index % 3 == 0:
            time.sleep(0.05)
            wire.socket.close()
        else:
            results.append(wire.answer().complete)
            wire.socket.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 80
    counters = eventually(
        lambda: (c := stage.first.counters())["open_requests"] == 0 and c, what="all over")
    assert counters["cancelled"] == 40


def test_headers_of_the_upstream(stage):
    """What speaks of the upstream's site stays here; what speaks of the answer is passed."""
    stage.play = after_request(answer(
        WHOLE, extra=b"set-cookie: a=b\r\nserver: theirs\r\nx-request-id: up-1\r\n"
        b"openai-processing-ms: 12\r\nx-ratelimit-remaining-tokens: 99\r\nx-apus-node: fake\r\n"
        b"connection: x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\nalt-svc: h3\r\n"))
    got = stage.ask()
    names = [name for name, _ in got.headers]
    for gone in ("set-cookie", "server", "keep-alive", "alt-svc"):
        assert gone not in names
    assert got.header("x-apus-upstream-request-id") == "up-1"
    assert got.header("openai-processing-ms") == "12"
    # The operator's limits there are not the caller's here.
    assert got.header("x-ratelimit-remaining-tokens") is None
    assert [value for name, value in got.headers if name == "x-apus-node"] == ["clients"]
    assert "x-hop" not in names, "a field that Connection names is for one hop only"


def test_unusual_statuses_pass(stage):
    for status in (b"204 No Content", b"304 Not Modified"):
        stage.play = after_request(b"HTTP/1.1 " + status + b"\r\n\r\n")
        got = stage.ask()
        assert got.status == int(status[:3]) and not got.body
    stage.play = after_request(answer(b"moved", status=b"307 Temporary Redirect",
                                      extra=b"location: http://elsewhere/\r\n"))
    got = stage.ask()
    assert got.status == 307 and got.body == b"moved"


def test_the_upstreams_head_is_not_split_by_the_callers(stage):
    """No byte of the caller's request can make a second header line upstream."""
    stage.play = after_request(answer(WHOLE))
    ask(stage.port, post(extra=b"user-agent: a\tb\r\ntraceparent: x\r\ncookie: c=1\r\n"
                               b"x-forwarded-for: 1.2.3.4\r\nopenai-organization: o\r\n"))
    head, body = stage.raw.requests[-1]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
    assert b"cookie" not in names and b"x-forwarded-for" not in names
    assert AUTH.strip() not in head
    assert len(names) == len(set(names))
    assert body == GOOD_BODY


def test_an_unwanted_answer_that_stalls_loses_its_connection(stage):
    """Another target has answered; the rest of the failed answer is not waited for for ever."""
    closed = threading.Event()

    def play(connection):
        connection.request()
        connection.send(b"HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\nhalf of it")
        connection.await_close()
        closed.set()

    stage.play = play
    assert stage.ask("raw-then-first").status == 200
    assert closed.wait(5), "the connection to the stalled upstream stays open"
