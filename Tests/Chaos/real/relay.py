# SPDX-License-Identifier: Apache-2.0
"""A relay between nodes that loses, delays, repeats, reorders and cuts, one way or both.

Each node advertises an address of the relay. Who sends is told by the source address, since every
node listens on, and sends from, a loopback address of its own.
"""

import asyncio
import random
import threading
from dataclasses import dataclass

from nodes import free_port


@dataclass
class Link:
    """What happens to bytes from one node to another."""

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    repeat: float = 0.0
    corrupt: float = 0.0
    is_cut: bool = False


class Relay:
    """Sockets on 127.0.1.x, one pair of UDP and TCP for each node, on a thread of its own."""

    def __init__(self, count, seed=1):
        self.count = count
        # One number for all, each on a host of its own.
        self.port = free_port(["127.0.1.9"])
        self.random = random.Random(seed)
        self.links = {(i, j): Link() for i in range(count) for j in range(count)}
        self.targets = {}
        self.datagrams = {}
        self.captured = []
        self.streams = []  # What openers sent: source, target, first bytes.
        self.passed = self.lost = 0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.ready.wait(5)

    def host(self, index):
        return f"127.0.1.{10 + index}"

    def address(self, index):
        return f"{self.host(index)}:{self.port}"

    def set_target(self, index, address):
        host, port = address.rsplit(":", 1)
        self.targets[index] = (host, int(port))

    def heal(self):
        for key in self.links:
            self.links[key] = Link()

    def every(self, **faults):
        for key in self.links:
            self.links[key] = Link(**faults)

    def cut(self, sources, targets):
        for i in sources:
            for j in targets:
                self.links[i, j].is_cut = True

    def split(self, *groups):
        for left in groups:
            for right in groups:
                if left is not right:
                    self.cut(left, right)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    # On the relay's own thread

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._open())
        self.ready.set()
        self.loop.run_forever()

    async def _open(self):
        for index in range(self.count):
            place = (self.host(index), self.port)
            transport, _ = await self.loop.create_datagram_endpoint(
                lambda index=index: _Datagrams(self, index), local_addr=place)
            self.datagrams[index] = transport
            await asyncio.start_server(
                lambda r, w, index=index: self._stream(r, w, index), *place)

    @staticmethod
    def _source(address):
        return int(address[0].rsplit(".", 1)[1]) - 10

    def pass_on(self, data, address, target):
        source = self._source(address)
        link = self.links.get((source, target))
        if link is None or link.is_cut or self.random.random() < link.loss:
            self.lost += 1
            return
        self.passed += 1
        if len(self.captured) < 4096:
            self.captured.append((source, target, data))
        if self.random.random() < link.corrupt:
            place = self.random.randrange(len(data))
            data = data[:place] + bytes([data[place] ^ 1 << self.random.randrange(8)]) \
                + data[place + 1:]
        for _ in range(2 if self.random.random() < link.repeat else 1):
            delay = link.delay + self.random.random() * link.jitter
            if delay > 0:
                self.loop.call_later(delay, self.send, source, target, data)
            else:
                self.send(source, target, data)

    def send(self, source, target, data):
        if target in self.targets:
            self.datagrams[source].sendto(data, self.targets[target])

    async def _stream(self, reader, writer, target):
        source = self._source(writer.get_extra_info("peername"))
        try:
            await self._relay(reader, writer, source, target)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _relay(self, reader, writer, source, target):
        if self._is_cut(source, target) or target not in self.targets:
            await reader.read()  # Nothing comes back until the opener gives up.
            return
        onward = await asyncio.open_connection(*self.targets[target])
        try:
            await asyncio.gather(
                self._copy(reader, onward[1], source, target, self.streams),
                self._copy(onward[0], writer, target, source))
        finally:
            onward[1].close()

    def _is_cut(self, source, target):
        return self.links[source, target].is_cut or self.links[target, source].is_cut

    async def _copy(self, reader, writer, source, target, kept=None):
        while data := await reader.read(65536):
            if kept is not None and len(kept) < 256:
                kept.append((source, target, data))
            if self._is_cut(source, target):
                return
            await asyncio.sleep(self.links[source, target].delay)
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, relay, index):
        self.relay = relay
        self.index = index

    def datagram_received(self, data, address):
        self.relay.pass_on(data, address, self.index)
