# SPDX-License-Identifier: Apache-2.0
"""Recorded traffic passes unchanged, both ways, however the upstream cuts it."""

import json
import random
from pathlib import Path

import pytest

from support.processes import Gateway, config, model, provider
from support.upstreams import RawUpstream
from support.wire import Wire, post

PROVIDERS = ("openai", "azure-openai", "groq", "mistral", "deepseek", "xai", "openrouter",
             "cerebras", "perplexity", "ollama", "gemini", "huggingface")
PATHS = {"chat.completions": b"/chat/completions", "embeddings": b"/embeddings",
         "completions": b"/completions"}


def recordings():
    """The folder of recorded traffic, beside the repository or further up."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared/data/wire").is_dir():
            return parent / "shared/data/wire"
    return None


def exchanges(name):
    folder = recordings()
    assert folder, "shared/data/wire is nowhere above this file: the recorded traffic is missing"
    lines = (folder / f"{name}.jsonl").read_text().splitlines()
    found = [exchange for exchange in map(json.loads, lines) if exchange["api"] in PATHS]
    return [exchange for exchange in found if is_relayed(exchange)]


def is_relayed(exchange):
    """Not of a recording that lost its request, nor of one without what its path works on."""
    body = exchange["request"].get("body")
    wanted = {"chat.completions": "messages", "embeddings": "input", "completions": "prompt"}
    return isinstance(body, dict) and wanted[exchange["api"]] in body


class Replay:
    """An upstream that gives the answer it was told to, cut at random places."""

    def __init__(self):
        self.response = None
        self.random = random.Random(20261121)
        self.upstream = RawUpstream(self.serve)

    def serve(self, connection):
        while connection.request():
            response, body = self.response, self.response["body"].encode()
            head = f"HTTP/1.1 {response['status']} Recorded\r\n"
            kind = response["headers"].get("content-type")
            if kind is None:
                kind = "text/event-stream" if response["stream"] else "application/json"
            head += f"content-type: {kind}\r\n"
            if response["stream"] or self.random.random() < 0.5:
                connection.send(head.encode() + b"transfer-encoding: chunked\r\n\r\n")
                for part in self.cut(body):
                    connection.send(b"%x\r\n%s\r\n" % (len(part), part))
                connection.send(b"0\r\n\r\n")
            else:
                connection.send(head.encode() + b"content-length: %d\r\n\r\n" % len(body))
                for part in self.cut(body):
                    connection.send(part)

    def cut(self, body):
        start = 0
        longest = max(1, len(body) // 12)
        while start < len(body):
            end = start + self.random.randint(1, longest)
            yield body[start:end]
            start = end


@pytest.fixture(scope="module")
def replay():
    replay = Replay()
    yield replay
    replay.upstream.close()


@pytest.fixture(scope="module")
def relay(replay):
    gateway = Gateway(config([provider("recorded", replay.upstream.base)],
                             [model("*", "recorded")]))
    yield gateway
    gateway.close()


def request_of(exchange):
    """The caller's body; azure and the like name the model in the path alone."""
    body = dict(exchange["request"]["body"])
    body.setdefault("model", "from-the-path")
    return body


def without_usage_chunk(body):
    """A stream's bytes without the events that have usage and no choices."""
    kept, rest = b"", body
    while rest:
        ends = [(rest.find(mark), len(mark)) for mark in (b"\n\n", b"\r\n\r\n")]
        ends = [at + length for at, length in ends if at >= 0]
        end = min(ends) if ends else len(rest)
        event, rest = rest[:end], rest[end:]
        data = b"".join(
            line[5:].strip() for line in event.splitlines() if line.startswith(b"data:"))
        try:
            chunk = json.loads(data)
        except ValueError:
            chunk = {}
        if not (isinstance(chunk, dict) and chunk.get("choices") == [] and chunk.get("usage")):
            kept += event
    return kept


def difference(got, wanted):
    """Where two texts part, with their surroundings; None when they do not."""
    if got == wanted:
        return None
    at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b),
              min(len(got), len(wanted)))
    return at, got[max(0, at - 150):at + 60], wanted[max(0, at - 150):at + 60]


def expected_request(sent, body):
    """The documented edit: a stream's usage is asked for when the caller did not."""
    options = body.get("stream_options") or {}
    if not body.get("stream") or options.get("include_usage"):
        return sent
    if "stream_options" in body:
        return None
    at = sent.rindex(b"}")
    return sent[:at] + b',"stream_options":{"include_usage":true}' + sent[at:]


@pytest.mark.parametrize("name", PROVIDERS)
def test_recorded_exchanges(name, relay, replay):
    found = exchanges(name)
    if name != "xai":  # Its recordings are all of another API.
        assert found, f"no exchange of {name}"
    with Wire(relay.port) as wire:
        for exchange in found:
            # Odd spacing, so that a body written anew would show.
            body = request_of(exchange)
            sent = json.dumps(body, indent=1, ensure_ascii=False).encode()
            replay.response = response = exchange["response"]
            wire.send(post(sent, path=b"/v1" + PATHS[exchange["api"]]))
            answer = wire.answer()
            got, recorded = answer.body, response["body"].encode()
            usage_asked = (body.get("stream_options") or {}).get("include_usage")
            if body.get("stream") and not usage_asked:
                recorded = without_usage_chunk(recorded)
            where = f"{exchange['id']} of {name}"
            assert answer.status == response["status"], where
            assert answer.complete, where
            assert difference(got, recorded) is None, where
            _, arrived = replay.upstream.requests[-1]
            wanted = expected_request(sent, body)
            if wanted is None:
                assert json.loads(arrived)["stream_options"]["include_usage"] is True, where
            else:
                assert arrived == wanted, where


def test_usage_of_recorded_exchanges_is_read(relay, replay):
    """Whoever says how many tokens an answer had is believed."""
    for name in ("openai", "groq", "mistral", "deepseek", "openrouter", "cerebras"):
        for exchange in exchanges(name):
            usage = recorded_usage(exchange)
            if not usage or exchange["response"]["status"] != 200:
                continue
            replay.response = exchange["response"]
            sent = json.dumps(request_of(exchange)).encode()
            ident = f"usage-{exchange['id']}"
            with Wire(relay.port) as wire:
                wire.send(post(sent, f"x-request-id: {ident}\r\n".encode(),
                               path=b"/v1" + PATHS[exchange["api"]]))
                assert wire.answer().status == 200
            RECORDED[ident] = usage
    for ident, usage in RECORDED.items():
        record = relay.await_record(ident)
        assert record.get("tokens_in") == usage["prompt_tokens"], ident
        if "completion_tokens" in usage:
            assert record.get("tokens_out") == usage["completion_tokens"], ident


RECORDED = {}


def recorded_usage(exchange):
    response = exchange["response"]
    if not response["stream"]:
        try:
            return json.loads(response["body"]).get("usage")
        except ValueError:
            return None
    usage = None
    for line in response["body"].splitlines():
        if line.startswith("data:") and line[5:].strip().startswith("{"):
            usage = json.loads(line[5:]).get("usage") or usage
    return usage
