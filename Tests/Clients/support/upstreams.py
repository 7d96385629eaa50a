# SPDX-License-Identifier: Apache-2.0
"""Upstreams made by hand: each connection is given to a function that does what it likes."""

import contextlib
import socket
import threading


class RawUpstream:
    """Accepts connections and runs `handle(connection)` for each in a thread."""

    def __init__(self, handle, wrap=None):
        self.handle = handle
        self.wrap = wrap
        self.connections = 0
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        client.settimeout(10)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.wrap:
                client = self.wrap(client)
            with client:
                self.handle(Connection(client, self))
        except OSError:
            with contextlib.suppress(OSError):
                client.close()

    def close(self):
        self.socket.close()


class Connection:
    """The upstream's side of a connection."""

    def __init__(self, client, upstream):
        self.socket = client
        self.upstream = upstream
        self.buffer = b""

    def request(self):
        """The next request as (head, body); None when the gateway has closed."""
        while b"\r\n\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                return None
            self.buffer += data
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        while len(self.buffer) < length:
            self.buffer += self.socket.recv(65536)
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        self.upstream.requests.append((head, body))
        return head, body

    def send(self, data):
        self.socket.sendall(data)

    def await_close(self):
        """Reads until the gateway closes."""
        while self.socket.recv(65536):
            pass


def answer(body, kind=b"application/json", status=b"200 OK", extra=b""):
    """A whole answer with its right length."""
    return (b"HTTP/1.1 " + status + b"\r\ncontent-type: " + kind + b"\r\ncontent-length: "
            + str(len(body)).encode() + b"\r\n" + extra + b"\r\n" + body)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


EVENTS = (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
          b"transfer-encoding: chunked\r\n\r\n")
