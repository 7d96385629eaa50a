# SPDX-License-Identifier: Apache-2.0
"""Hostile and clumsy bytes: each row gets its error, and the next request its answer."""

import json
import re
import time
from dataclasses import dataclass

import pytest

from support.processes import CALLER_KEY, eventually
from support.wire import AUTH, GOOD_BODY, Closed, Wire, ask, chunked, post


@dataclass
class Row:
    name: str
    data: bytes
    status: int
    code: str
    # Whether the connection is closed behind the answer.
    closed: bool
    # What the message has to contain.
    says: str = ""
    param: str = None


def chat(**fields):
    body = {"model": "sim", "messages": [{"role": "user", "content": "a"}], **fields}
    return post(json.dumps(body).encode())


def nested(depth):
    return b'{"model":"sim","messages":' + b"[" * depth + b"]" * depth + b"}"


def line(text):
    """A good POST with one more header line."""
    return post(extra=text + b"\r\n")


GET = b"GET /v1/models HTTP/1.1\r\nhost: gateway\r\n" + AUTH

JSON_ROWS = [
    Row("not json", post(b"hello"), 400, "malformed_json", False, "byte 0"),
    Row("truncated", post(GOOD_BODY[:-1]), 400, "malformed_json", False,
        f"byte {len(GOOD_BODY) - 1}"),
    Row("truncated in a string", post(b'{"model":"si'), 400, "malformed_json", False, "byte 12"),
    Row("trailing comma", post(GOOD_BODY[:-1] + b",}"), 400, "malformed_json", False, "byte"),
    Row("two documents", post(GOOD_BODY + b"{}"), 400, "malformed_json", False, "byte"),
    Row("single quotes", post(GOOD_BODY.replace(b'"', b"'")), 400, "malformed_json", False),
    Row("byte order mark", post(b"\xef\xbb\xbf" + GOOD_BODY), 400, "malformed_json", False),
    Row("NaN", chat(temperature=float("nan")), 400, "malformed_json", False),
    Row("leading zero", post(GOOD_BODY[:-1] + b',"n":01}'), 400, "malformed_json", False),
    Row("control character", post(GOOD_BODY.replace(b"Hello", b"He\x01lo")), 400,
        "malformed_json", False),
    Row("10,000 levels", post(nested(10_000)), 400, "malformed_json", False, "byte"),
    Row("100,000 levels", post(nested(100_000)), 400, "malformed_json", False, "byte"),
    Row("10,000 objects", post(b'{"a":' * 10_000), 400, "malformed_json", False, "byte"),
    Row("duplicate key", post(GOOD_BODY[:-1] + b',"model":"other"}'), 400, "malformed_json",
        False, f"byte {len(GOOD_BODY)}"),
    Row("duplicate key by escape", post(GOOD_BODY[:-1] + rb',"mode\u006c":"other"}'), 400,
        "malformed_json", False),
    Row("duplicate key deep inside",
        post(b'{"model":"sim","messages":[{"role":"user","content":"a","role":"system"}]}'), 400,
        "malformed_json", False, "byte 56 (in messages[0])"),
    Row("invalid UTF-8", post(GOOD_BODY.replace(b"Hello", b"\xff\xfe")), 400, "malformed_json",
        False, "UTF-8"),
    Row("overlong UTF-8", post(GOOD_BODY.replace(b"Hello", b"\xc0\xaf")), 400, "malformed_json",
        False),
    Row("UTF-8 surrogate", post(GOOD_BODY.replace(b"Hello", b"\xed\xa0\x80")), 400,
        "malformed_json", False),
    Row("bad escape", post(GOOD_BODY.replace(b"Hello", rb"\q")), 400, "malformed_json", False),
    Row("UTF-16", post(GOOD_BODY.decode().encode("utf-16")), 400, "malformed_json", False),
    Row("empty body", post(b""), 400, "malformed_json", False),
    Row("blanks", post(b" \n "), 400, "malformed_json", False),
    Row("array", post(b"[]"), 400, "invalid_type", False, "object"),
    Row("string", post(b'"a"'), 400, "invalid_type", False, "object"),
    Row("null", post(b"null"), 400, "invalid_type", False, "object"),
    Row("empty object", post(b"{}"), 400, "missing_required_parameter", False, param="model"),
    Row("model a number", chat(model=7), 400, "invalid_type", False, "string", "model"),
    Row("model null", chat(model=None), 400, "invalid_type", False, param="model"),
    Row("model empty", chat(model=""), 400, "invalid_value", False, param="model"),
    Row("messages missing", post(b'{"model":"sim"}'), 400, "missing_required_parameter", False,
        param="messages"),
    Row("messages a string", chat(messages="hi"), 400, "invalid_type", False, "array",
        "messages"),
    Row("messages empty", chat(messages=[]), 400, "invalid_value", False, param="messages"),
    Row("message a number", chat(messages=[{"role": "user"}, 3]), 400, "invalid_type", False,
        "messages[1]", "messages[1]"),
    Row("message without role", chat(messages=[{"content": "a"}]), 400,
        "missing_required_parameter", False, param="messages[0].role"),
    Row("role a number", chat(messages=[{"role": 1}]), 400, "invalid_type", False, "string",
        "messages[0].role"),
    Row("stream a string", chat(stream="yes"), 400, "invalid_type", False, "boolean", "stream"),
    Row("stream_options a number", chat(stream=True, stream_options=1), 400, "invalid_type",
        False, "object", "stream_options"),
    Row("include_usage a number", chat(stream=True, stream_options={"include_usage": 1}), 400,
        "invalid_type", False, "boolean", "stream_options.include_usage"),
    Row("max_tokens a string", chat(max_tokens="9"), 400, "invalid_type", False, "integer",
        "max_tokens"),
    Row("max_tokens negative", chat(max_tokens=-1), 400, "invalid_value", False,
        param="max_tokens"),
    Row("max_tokens a fraction", chat(max_tokens=1.5), 400, "invalid_value", False,
        param="max_tokens"),
    Row("max_tokens huge", chat(max_tokens=10**40), 400, "invalid_value", False,
        param="max_tokens"),
    Row("n zero", chat(n=0), 400, "invalid_value", False, param="n"),
    Row("user a list", chat(user=[]), 400, "invalid_type", False, param="user"),
    Row("a model with a line end", chat(model="a\r\nx-evil: 1"), 404, "model_not_found", False),
    Row("a model of 100 KB", chat(model="m" * 100_000), 404, "model_not_found", False),
]

HTTP_ROWS = [
    # Fields
    Row("NUL in a value", line(b"x-a: a\0b"), 400, "malformed_request", True, "control"),
    Row("CR in a value", line(b"x-a: a\rb"), 400, "malformed_request", True),
    Row("LF alone", line(b"x-a: a\nx-b: c"), 400, "malformed_request", True),
    Row("DEL in a value", line(b"x-a: \x7f"), 400, "malformed_request", True),
    Row("obs-fold", line(b"x-a: a\r\n b"), 400, "malformed_request", True, "fold"),
    Row("obs-fold by tab", line(b"x-a: a\r\n\tb"), 400, "malformed_request", True, "fold"),
    Row("space before colon", line(b"x-a : a"), 400, "malformed_request", True),
    Row("no colon", line(b"x-a"), 400, "malformed_request", True),
    Row("empty name", line(b": a"), 400, "malformed_request", True),
    Row("name with brackets", line(b"x(a): a"), 400, "malformed_request", True),
    Row("non-ASCII name", line(b"x\xc3\xa4: a"), 400, "malformed_request", True),
    Row("no host", GET.replace(b"host: gateway\r\n", b"") + b"\r\n", 400, "malformed_request",
        True, "Host"),
    Row("two hosts", GET + b"host: other\r\n\r\n", 400, "malformed_request", True, "Host"),
    Row("bad host", GET.replace(b"host: gateway", b"host: a/b@c") + b"\r\n", 400,
        "malformed_request", True, "Host"),
    Row("101 fields", post(extra=b"x-a: b\r\n" * 101), 431, "headers_too_large", True),
    Row("100 KB of fields", post(extra=b"x-a: " + b"b" * 100_000 + b"\r\n"), 431,
        "headers_too_large", True),
    Row("an endless field", b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"a" * 300_000, 431,
        "headers_too_large", True),
    Row("a long field name", line(b"x" * 300 + b": a"), 431, "headers_too_large", True),
    Row("a long target", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nhost: a\r\n\r\n", 414,
        "headers_too_large", True),
    Row("an endless target", b"GET /" + b"a" * 200_000, 414, "headers_too_large", True),
    # Framing
    Row("two lengths", post(extra=b"content-length: 5\r\n"), 400, "malformed_request", True,
        "Content-Length"),
    Row("the same length twice", post(extra=b"content-length: %d\r\n" % len(GOOD_BODY)), 400,
        "malformed_request", True, "Content-Length"),
    Row("a list of lengths", post(b"", b"content-length: 0, 0\r\n", length=False), 400,
        "malformed_request", True),
    Row("negative length", post(b"", b"content-length: -1\r\n", length=False), 400,
        "malformed_request", True),
    Row("signed length", post(b"", b"content-length: +0\r\n", length=False), 400,
        "malformed_request", True),
    Row("hexadecimal length", post(b"", b"content-length: 0x10\r\n", length=False), 400,
        "malformed_request", True),
    Row("empty length", post(b"", b"content-length:\r\n", length=False), 400,
        "malformed_request", True),
    Row("uncountable length", post(b"", b"content-length: 99999999999999999999\r\n",
        length=False), 413, "request_too_large", True),
    Row("CL.TE", post(b"0\r\n\r\nGET /evil HTTP/1.1\r\nx: y",
        b"transfer-encoding: chunked\r\n"), 400, "malformed_request", True),
    Row("TE.CL", post(b"", b"transfer-encoding: chunked\r\ncontent-length: 4\r\n", length=False)
        + b"5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n", 400, "malformed_request", True),
    Row("TE: xchunked", post(b"", b"transfer-encoding: xchunked\r\n", length=False), 501,
        "malformed_request", True),
    Row("TE: chunked with a vertical tab", post(b"", b"transfer-encoding: \x0bchunked\r\n",
        length=False), 400, "malformed_request", True),
    Row("TE twice", post(b"", b"transfer-encoding: chunked\r\n" * 2, length=False), 400,
        "malformed_request", True),
    Row("TE: chunked, identity", post(b"", b"transfer-encoding: chunked, identity\r\n",
        length=False), None, "malformed_request", True),
    Row("TE: gzip, chunked", post(b"", b"transfer-encoding: gzip, chunked\r\n", length=False),
        501, "malformed_request", True),
    Row("TE: identity", post(b"", b"transfer-encoding: identity\r\n", length=False), 501,
        "malformed_request", True),
    Row("TE with space before colon", post(extra=b"transfer-encoding : chunked\r\n"), 400,
        "malformed_request", True),
    Row("TE folded", post(b"", b"transfer-encoding:\r\n chunked\r\n", length=False), 400,
        "malformed_request", True),
    Row("TE in HTTP/1.0", post(b"", b"transfer-encoding: chunked\r\n", length=False,
        version=b"HTTP/1.0"), 400, "malformed_request", True),
    # Chunks
    Row("chunk size no number", chunked(tail=b"zz\r\n"), 400, "malformed_request", True),
    Row("chunk size negative", chunked(tail=b"-1\r\n"), 400, "malformed_request", True),
    Row("chunk size with 0x", chunked(tail=b"0x1\r\na\r\n"), 400, "malformed_request", True),
    Row("chunk size too large", chunked(tail=b"ffffffffffffffffff\r\n"), 400,
        "malformed_request", True),
    Row("chunk size with blanks", chunked(tail=b" 1\r\na\r\n"), 400, "malformed_request", True),
    Row("chunk size empty", chunked(tail=b"\r\na\r\n"), 400, "malformed_request", True),
    Row("chunk longer than said", chunked(tail=b"1\r\nab\r\n0\r\n\r\n"), 400,
        "malformed_request", True),
    Row("chunk line by LF", chunked(tail=b"1\na\n0\n\n"), 400, "malformed_request", True),
    Row("chunk line of 2 KB", chunked(tail=b"1;" + b"a" * 2000 + b"\r\n"), 400,
        "malformed_request", True),
    Row("chunk extensions without end", chunked(
        tail=(b"1;" + b"a" * 900 + b"\r\nx\r\n") * 100), 400, "malformed_request", True),
    Row("one-byte chunks without end", chunked(
        tail=b"1\r\n \r\n" * 1_100_000), 413, "request_too_large", True),
    Row("large trailers", chunked(GOOD_BODY, tail=b"0\r\nx: " + b"a" * 20_000 + b"\r\n\r\n"),
        431, "headers_too_large", True),
    Row("bad trailer", chunked(GOOD_BODY, tail=b"0\r\nx : a\r\n\r\n"), 400, "malformed_request",
        True),
    Row("chunked body too large", chunked(b" " * 600_000, b" " * 600_000), 413,
        "request_too_large", True, "1000000"),
    Row("body too large", post(b" " * 1_100_000), 413, "request_too_large", True),
    Row("body said to be too large", post(b"", b"content-length: 1073741824\r\n",
        length=False), 413, "request_too_large", True),
    # Start line
    Row("HTTP/0.9", b"GET /v1/models\r\n\r\n", 400, "malformed_request", True),
    Row("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 505,
        "malformed_request", True),
    Row("HTTP/3.0", GET.replace(b"1.1", b"3.0") + b"\r\n", 505, "malformed_request", True),
    Row("http/1.1 in lower case", GET.replace(b"HTTP", b"http") + b"\r\n", 400,
        "malformed_request", True),
    Row("two blanks", GET.replace(b"GET ", b"GET  ") + b"\r\n", 400, "malformed_request", True),
    Row("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 500, 400,
        "malformed_request", True),
    Row("zeros", b"\0" * 1000, 400, "malformed_request", True),
    Row("SSH", b"SSH-2.0-OpenSSH_9.2\r\n", 400, "malformed_request", True),
    Row("many empty lines", b"\r\n" * 100 + GET + b"\r\n", 400, "malformed_request", True),
    Row("method with a brace", b"G{T / HTTP/1.1\r\nhost: a\r\n\r\n", 400, "malformed_request",
        True),
    Row("a long method", b"A" * 1000 + b" / HTTP/1.1\r\nhost: a\r\n\r\n", 501,
        "malformed_request", True),
    Row("target with a control byte", b"GET /\x01 HTTP/1.1\r\nhost: a\r\n\r\n", 400,
        "malformed_request", True),
    Row("target without slash", b"GET v1/models HTTP/1.1\r\nhost: a\r\n\r\n", 400,
        "malformed_request", True),
    Row("target with a fragment", b"GET /v1/models#x HTTP/1.1\r\nhost: a\r\n\r\n", 400,
        "malformed_request", True),
    Row("another expectation", line(b"expect: 200-maybe"), 417, "malformed_request", True),
    # What is well formed, but not for here
    Row("wrong content type", post(kind=b"content-type: text/plain\r\n"), 415,
        "unsupported_media_type", False),
    Row("form", post(kind=b"content-type: application/x-www-form-urlencoded\r\n"), 415,
        "unsupported_media_type", False),
    Row("almost json", post(kind=b"content-type: application/jsonp\r\n"), 415,
        "unsupported_media_type", False),
    Row("gzip", line(b"content-encoding: gzip"), 415, "unsupported_media_type", False),
    Row("unknown path", post(path=b"/v1/chat/complete"), 404, "unknown_path", False),
    Row("root", b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", 404, "unknown_path", False),
    Row("double slash", post(path=b"//v1/chat/completions"), 404, "unknown_path", False),
    Row("dots", post(path=b"/v1/../v1/chat/completions"), 404, "unknown_path", False),
    Row("encoded slash", post(path=b"/v1%2fchat/completions"), 404, "unknown_path", False),
    Row("bad percent", b"GET /v1/models/%zz HTTP/1.1\r\nhost: a\r\n" + AUTH + b"\r\n", None,
        None, False),
    Row("wrong method", GET.replace(b"/v1/models", b"/v1/embeddings") + b"\r\n", 405,
        "method_not_allowed", False),
    Row("DELETE", GET.replace(b"GET", b"DELETE") + b"\r\n", 405, "method_not_allowed", False),
    Row("POST to models", post(path=b"/v1/models"), 405, "method_not_allowed", False),
    Row("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", 404, "unknown_path", False),
    Row("CONNECT", b"CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n", None, None, None),
    Row("no key", post(auth=b""), 401, "missing_api_key", False),
    Row("wrong key", post(auth=b"authorization: Bearer nope\r\n"), 401, "invalid_api_key", False),
    Row("a key of 8 KB", post(auth=b"x-api-key: " + b"k" * 8000 + b"\r\n"), 401,
        "invalid_api_key", False),
    Row("wrong key and a large body", post(b" " * 600_000, auth=b"x-api-key: no\r\n"), 401,
        "invalid_api_key", True),
    Row("timeout no number", line(b"x-apus-timeout-ms: soon"), 400, "invalid_request", False,
        "x-apus-timeout-ms"),
    Row("timeout negative", line(b"x-apus-timeout-ms: -5"), 400, "invalid_request", False),
    Row("no-fallback unclear", line(b"x-apus-no-fallback: maybe"), 400, "invalid_request",
        False),
]

ROWS = JSON_ROWS + HTTP_ROWS


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_behind(gateway, shared_simulator):
    ask(gateway.port, post())
    before = gateway.descriptors()
    yield
    eventually(lambda: gateway.descriptors() <= before, what=f"{before} descriptors again")


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_row(gateway, simulator, row):
    with Wire(gateway.port) as wire:
        wire.try_send(row.data)
        answer = wire.answer()
        if row.status:
            assert answer.status == row.status, answer.body
        else:
            assert 400 <= answer.status < 600, answer.body
        assert answer.complete and answer.header("content-type") == "application/json"
        assert answer.header("x-apus-node") == "clients"
        error = answer.json["error"]
        assert set(error) == {"message", "type", "param", "code"}
        if row.code:
            assert error["code"] == row.code
        assert row.says in error["message"]
        assert error["message"].endswith((".", "…")), error["message"]
        assert CALLER_KEY not in error["message"]
        assert not any(ord(letter) < 32 for letter in error["message"])
        if row.param:
            assert error["param"] == row.param
        if row.closed is True:
            assert answer.header("connection") == "close"
            assert wire.is_closed()
        elif row.closed is False:
            assert answer.header("connection") is None
            wire.send(post())
            assert wire.answer().status == 200, "the connection was not kept"
    assert gateway.is_alive()
    assert ask(gateway.port, post()).status == 200
    assert simulator.counters()["requests"] <= 2, "the bad request went upstream"


def test_405_names_the_method(gateway):
    assert ask(gateway.port, GET.replace(b"/v1/models", b"/v1/embeddings") + b"\r\n").header(
        "allow") == "POST"
    assert ask(gateway.port, post(path=b"/v1/models")).header("allow") == "GET"
    assert ask(gateway.port, post(path=b"/livez")).header("allow") == "GET"


# Clumsy, but right


def test_one_byte_at_a_time(gateway, simulator):
    for data in (post(), chunked(GOOD_BODY[:20], GOOD_BODY[20:])):
        with Wire(gateway.port) as wire:
            for index in range(len(data)):
                wire.send(data[index:index + 1])
            assert wire.answer().status == 200


def test_every_cut_in_two(gateway, simulator):
    data = post()
    with Wire(gateway.port) as wire:
        for cut in range(1, len(data)):
            wire.send(data[:cut])
            wire.send(data[cut:])
            assert wire.answer().status == 200, cut


GOOD = [
    ("charset", post(kind=b"content-type: application/json; charset=utf-8\r\n")),
    ("capitals", post(kind=b"Content-Type: Application/JSON\r\n")),
    ("no content type", post(kind=b"")),
    ("padded field", line(b"x-a: \t  a \t ")),
    ("empty field", line(b"x-a:")),
    ("latin-1 value", line(b"x-a: \xe4\xf6\xfc")),
    ("lower-case scheme", post(auth=AUTH.replace(b"Bearer", b"bearer"))),
    ("absolute target", post(path=b"http://gateway/v1/chat/completions")),
    ("query", post(path=b"/v1/chat/completions?api-version=2024-06-01")),
    ("chunks", chunked(GOOD_BODY[:1], GOOD_BODY[1:30], GOOD_BODY[30:])),
    ("chunk extensions", chunked(tail=b'%x;a=b;c="d;e"\r\n%s\r\n0\r\n\r\n'
                                 % (len(GOOD_BODY), GOOD_BODY))),
    ("upper-case chunk size", chunked(tail=b"%X\r\n%s\r\n000\r\n\r\n"
                                      % (len(GOOD_BODY), GOOD_BODY))),
    ("trailers", chunked(GOOD_BODY, tail=b"0\r\nx-checksum: 1\r\ncontent-length: 9\r\n\r\n")),
    ("coding in capitals", post(b"", b"Transfer-Encoding: Chunked\r\n", length=False)
     + b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD_BODY), GOOD_BODY)),
    ("one empty line before", b"\r\n" + post()),
    ("whitespace around", post(b" \r\n\t" + GOOD_BODY + b"\n\n")),
    ("99 fields", post(extra=b"x-a: b\r\n" * 90)),
    ("deep but bearable", post(GOOD_BODY[:-1] + b',"metadata":' + b"[" * 90 + b"]" * 90 + b"}")),
    ("unknown members", post(GOOD_BODY[:-1] + b',"unheard_of":{"a":[1e400,-0]}}')),
    ("null for absent", post(GOOD_BODY[:-1] + b',"stream":null,"max_tokens":null,"n":null}')),
    ("escaped member name", post(GOOD_BODY.replace(b'"model"', rb'"\u006dodel"'))),
    # RFC 8259 section 8.2 lets it stand; what it means is the provider's business.
    ("lone surrogate escape", post(GOOD_BODY.replace(b"Hello", rb"\ud800"))),
    ("escaped model", post(GOOD_BODY.replace(b'"sim"', rb'"s\u0069m"'))),
]


@pytest.mark.parametrize("data", [data for _, data in GOOD], ids=[name for name, _ in GOOD])
def test_unusual_but_right(gateway, simulator, data):
    with Wire(gateway.port) as wire:
        for _ in range(2):
            assert wire.send(data).answer().status == 200


def test_no_trailer_reaches_the_upstream(gateway, simulator):
    ask(gateway.port, chunked(GOOD_BODY, tail=b"0\r\nx-evil: 1\r\n\r\n"))
    last = simulator.last()
    assert "x-evil" not in json.dumps(last["headers"])
    assert last["body"].encode() == GOOD_BODY


# Pipelining


def test_three_at_once_are_answered_in_order(gateway, simulator):
    simulator.script(ttft_ms=30)
    with Wire(gateway.port) as wire:
        for name in (b"one", b"two", b"three"):
            wire.socket.sendall(post(GOOD_BODY.replace(b"Hello", name)))
        for name in (b"one", b"two", b"three"):
            answer = wire.answer()
            assert answer.status == 200 and b"answer to: " + name in answer.body


def test_mixed_requests_at_once(gateway, simulator):
    stream = GOOD_BODY[:-1] + b',"stream":true}'
    with Wire(gateway.port) as wire:
        wire.send(post(stream) + GET + b"\r\n" + chunked(GOOD_BODY) + post(b"{}") + post()
                  + b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
        assert [wire.answer().status for _ in range(6)] == [200, 200, 200, 400, 200, 200]


def test_a_thousand_at_once(gateway):
    with Wire(gateway.port) as wire:
        wire.send((GET + b"\r\n") * 1000)
        assert all(wire.answer().status == 200 for _ in range(1000))


def test_nothing_is_served_behind_an_error(gateway, simulator):
    with Wire(gateway.port) as wire:
        wire.send(post() + post(extra=b"x : y\r\n") + post())
        assert wire.answer().status == 200
        assert wire.answer().status == 400
        assert wire.is_closed()
    assert simulator.counters()["requests"] == 1


def test_nothing_is_served_behind_connection_close(gateway, simulator):
    with Wire(gateway.port) as wire:
        wire.send(post(extra=b"connection: close\r\n") + post())
        answer = wire.answer()
        assert answer.status == 200 and answer.header("connection") == "close"
        assert wire.is_closed()
    assert simulator.counters()["requests"] == 1


def test_smuggled_requests_are_never_seen(gateway, simulator):
    """Whatever a front end might have taken for a body is not served as a request."""
    evil = b"POST /v1/embeddings HTTP/1.1\r\nhost: a\r\n" + AUTH + b"\r\n"
    for data in (
            post(b"0\r\n\r\n" + evil, b"transfer-encoding: chunked\r\n"),
            post(evil, b"content-length: 0\r\n"),
            post(b"0\r\n\r\n" + evil, b"transfer-encoding:\x0bchunked\r\n"),
            post(b"0\r\n\r\n" + evil, b"transfer-encoding: xchunked\r\n"),
            chunked(tail=b"0\r\n" + evil)):
        with Wire(gateway.port) as wire:
            wire.try_send(data)
            assert wire.answer().status in (400, 501)
            assert wire.is_closed()
    assert simulator.counters()["requests"] == 0


# HEAD, Expect, HTTP/1.0


def test_head(gateway):
    with Wire(gateway.port) as wire:
        get = wire.send(GET + b"\r\n").answer()
        head = wire.send(GET.replace(b"GET", b"HEAD") + b"\r\n").answer(to_head=True)
        assert head.status == 200
        assert head.header("content-length") == get.header("content-length")
        # Nothing of a body came: the next answer begins with its status line.
        missing = wire.send(b"HEAD /none HTTP/1.1\r\nhost: a\r\n\r\n").answer(to_head=True)
        assert missing.status == 404
        assert wire.send(GET + b"\r\n").answer().status == 200


def test_expect_100_continue(gateway, simulator):
    data = post(extra=b"expect: 100-continue\r\n")
    head, body = data[:-len(GOOD_BODY)], GOOD_BODY
    with Wire(gateway.port) as wire:
        for _ in range(2):
            assert wire.send(head).head().status == 100
            assert wire.send(body).answer().status == 200
        # Impatient clients send at once.
        answer = wire.send(data).answer()
        assert answer.status == 200


@pytest.mark.parametrize("data, status", [
    (post(auth=b"x-api-key: no\r\n", extra=b"expect: 100-continue\r\n"), 401),
    (post(path=b"/nowhere", extra=b"expect: 100-continue\r\n"), 404),
    (post(b"", b"content-length: 99000000\r\nexpect: 100-continue\r\n", length=False), 413),
    (post(kind=b"content-type: text/xml\r\n", extra=b"expect: 100-continue\r\n"), 415),
], ids=["key", "path", "size", "type"])
def test_no_100_for_what_is_refused(gateway, data, status):
    with Wire(gateway.port) as wire:
        answer = wire.send(data[:data.index(b"\r\n\r\n") + 4]).answer()
        assert answer.status == status and not answer.informational
        assert wire.is_closed()


def test_http_10(gateway, simulator):
    old = {"version": b"HTTP/1.0"}
    with Wire(gateway.port) as wire:
        answer = wire.send(post(**old)).answer()
        assert answer.status == 200 and wire.is_closed()
    with Wire(gateway.port) as wire:
        for _ in range(2):
            answer = wire.send(post(extra=b"connection: keep-alive\r\n", **old)).answer()
            assert answer.status == 200 and answer.header("connection") == "keep-alive"
            assert answer.header("transfer-encoding") is None
        # A stream has no length, so its end is the connection's.
        wire.send(post(GOOD_BODY[:-1] + b',"stream":true}', b"connection: keep-alive\r\n", **old))
        answer = wire.answer()
        assert answer.header("transfer-encoding") is None
        assert answer.body.endswith(b"data: [DONE]\n\n")
    with Wire(gateway.port) as wire:
        assert wire.send(b"GET /livez HTTP/1.0\r\n\r\n").answer().body == b"ok\n"


# Slow clients


@pytest.mark.parametrize("part", [
    b"P", b"POST /v1/chat", post()[:60], post()[:-1], post()[:-len(GOOD_BODY)],
    chunked(GOOD_BODY)[:-5], post(auth=b"")[:-1],
], ids=["method", "target", "head", "body", "no body", "chunked", "refused"])
def test_a_stalled_client_is_told_so(gateway, simulator, part):
    started = time.monotonic()
    with Wire(gateway.port) as wire:
        answer = wire.send(part).answer()
        assert 0.6 < time.monotonic() - started < 3
        assert answer.status == 408 and answer.code == "request_timeout"
        assert wire.is_closed()
    assert simulator.counters()["requests"] == 0


def test_dripping_does_not_buy_time(gateway):
    started = time.monotonic()
    with Wire(gateway.port) as wire:
        for byte in post():
            wire.try_send(bytes([byte]))
            time.sleep(0.02)
            wire.socket.settimeout(0.001)
            try:
                if not wire.receive() or wire.buffer:
                    break
            except TimeoutError:
                pass
        wire.socket.settimeout(5)
        assert wire.answer().status == 408
    assert time.monotonic() - started < 3


def test_clients_who_leave_midway(gateway, simulator):
    """Every place to leave at; nothing of it shows."""
    data = post()
    for cut in range(0, len(data), 3):
        with Wire(gateway.port) as wire:
            wire.send(data[:cut])
    for _ in range(20):
        with Wire(gateway.port) as wire:
            wire.send(data)
    assert ask(gateway.port, post()).status == 200
    eventually(lambda: simulator.counters()["open_requests"] == 0)


def test_half_a_thousand_idle_connections(gateway):
    wires = [Wire(gateway.port) for _ in range(500)]
    assert ask(gateway.port, post()).status == 200
    for wire in wires[::50]:
        assert wire.send(GET + b"\r\n").answer().status == 200
    for wire in wires:
        wire.socket.close()


def test_each_refusal_leaves_one_record(gateway):
    # Records leave in batches, in order.
    ask(gateway.port, post(b"{}", b"x-request-id: before-the-count\r\n"))
    gateway.await_record("before-the-count")
    before = len(gateway.records())
    for index in range(5):
        ask(gateway.port, post(b"{}", b"x-request-id: counted-%d\r\n" % index))
    ask(gateway.port, post(extra=b"x : y\r\n"))
    ask(gateway.port, b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
    gateway.await_record("counted-4")
    eventually(lambda: len(gateway.records()) == before + 6, what="six records")
    assert all(re.fullmatch(r"\{.*\}", line) for line in gateway.stdout.splitlines())


def test_an_unfit_request_id_is_replaced(gateway):
    for ident in (b"a b", b"x" * 500, b'"', b"\xff"):
        answer = ask(gateway.port, post(extra=b"x-request-id: " + ident + b"\r\n"))
        assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", answer.header("x-request-id")), ident


def test_closed_is_raised_for_nothing(gateway):
    """The tests' own tool tells an empty close from an answer."""
    with Wire(gateway.port) as wire:
        wire.socket.shutdown(1)
        with pytest.raises(Closed):
            wire.answer()
