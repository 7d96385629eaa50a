# SPDX-License-Identifier: Apache-2.0
"""Plain sockets: what is sent are exactly the bytes given, what comes back is taken apart."""

import json
import socket
from dataclasses import dataclass, field

from .processes import CALLER_KEY

AUTH = f"authorization: Bearer {CALLER_KEY}\r\n".encode()
GOOD_BODY = b'{"model":"sim","messages":[{"role":"user","content":"Hello"}]}'


def post(body=GOOD_BODY, extra=b"", *, path=b"/v1/chat/completions", version=b"HTTP/1.1",
         length=True, auth=AUTH, kind=b"content-type: application/json\r\n"):
    """A POST, well formed unless told otherwise; `extra` are whole header lines."""
    head = b"POST " + path + b" " + version + b"\r\nhost: gateway\r\n" + auth + kind
    if length:
        head += b"content-length: %d\r\n" % len(body)
    return head + extra + b"\r\n" + body


def chunked(*chunks, extra=b"", tail=b"0\r\n\r\n", **more):
    """A POST with a chunked body."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + tail
    head = post(b"", b"transfer-encoding: chunked\r\n" + extra, length=False, **more)
    return head + body


@dataclass
class Answer:
    status: int
    version: str
    headers: list
    body: bytes = b""
    informational: list = field(default_factory=list)
    # Whether the body came to the end that its framing announces.
    complete: bool = True

    def header(self, name):
        values = [value for key, value in self.headers if key == name]
        return values[0] if values else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]

    @property
    def message(self):
        return self.json["error"]["message"]


class Closed(Exception):
    """The other side closed before an answer was whole."""

    def __init__(self, got):
        super().__init__(f"closed after {got!r}")
        self.got = got


class Wire:
    """One connection."""

    def __init__(self, port, timeout=5.0, wrap=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if wrap:
            self.socket = wrap(self.socket)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def try_send(self, data):
        """Sends as much as the other side takes before it closes."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass
        return self

    def receive(self):
        """Some more bytes in the buffer; false at the end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def _until(self, mark):
        while mark not in self.buffer:
            if not self.receive():
                raise Closed(self.buffer)
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    def _exactly(self, count):
        while len(self.buffer) < count:
            if not self.receive():
                raise Closed(self.buffer)
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def head(self):
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, _ = lines[0].split(" ", 2)
        headers = []
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers.append((name.lower(), value.strip()))
        return Answer(int(status), version, headers)

    def answer(self, to_head=False):
        """The next whole answer; `complete` is false where its body breaks off."""
        informational = []
        answer = self.head()
        while answer.status < 200:
            informational.append(answer.status)
            answer = self.head()
        answer.informational = informational
        if to_head or answer.status in (204, 304):
            return answer
        if answer.header("transfer-encoding") == "chunked":
            self._chunks(answer)
        elif answer.header("content-length") is not None:
            length = int(answer.header("content-length"))
            try:
                answer.body = self._exactly(length)
            except Closed as closed:
                answer.body, answer.complete = closed.got, False
        else:
            while self.receive():
                pass
            answer.body, self.buffer = self.buffer, b""
        return answer

    def _chunks(self, answer):
        try:
            while True:
                size = int(self._until(b"\r\n"), 16)
                if size == 0:
                    self._until(b"\r\n")
                    return
                answer.body += self._exactly(size)
                assert self._exactly(2) == b"\r\n", "a chunk without its line end"
        except Closed:
            answer.complete = False

    def is_closed(self, within=2.0):
        """Whether the other side closes, with nothing more to say."""
        self.socket.settimeout(within)
        try:
            return not self.receive() and not self.buffer
        except TimeoutError:
            return False


def ask(port, data, **more):
    """One request on a connection of its own."""
    with Wire(port, **more) as wire:
        return wire.send(data).answer()
