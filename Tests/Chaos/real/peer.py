# SPDX-License-Identifier: Apache-2.0
"""A member by hand: holds a cluster key, answers probes, and says what no real node would."""

import ctypes
import ctypes.util
import hashlib
import hmac
import os
import random
import select
import socket
import struct
import threading
import time

HEADER = struct.Struct(">BBBQQ")
HELLO = struct.Struct(">4sBBBQQ")
MASK = (1 << 64) - 1
PING, ACK, MEMBER = 1, 2, 7
DIGEST = 3
CALL, ANSWER = 0x40, 0x41

_crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
_crypto.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
_crypto.EVP_aes_256_gcm.restype = ctypes.c_void_p


def _gcm(seals, key, nonce, associated, text, tag=None):
    """AES-256-GCM by OpenSSL: text with its tag behind it, or the plain text; None if forged."""
    context = ctypes.c_void_p(_crypto.EVP_CIPHER_CTX_new())
    try:
        out, length = ctypes.create_string_buffer(len(text) + 16), ctypes.c_int()
        _crypto.EVP_CipherInit_ex(context, ctypes.c_void_p(_crypto.EVP_aes_256_gcm()), None, key,
                                  nonce, int(seals))
        step = _crypto.EVP_CipherUpdate
        step(context, None, ctypes.byref(length), associated, len(associated))
        step(context, out, ctypes.byref(length), text, len(text))
        size = length.value
        if not seals:
            _crypto.EVP_CIPHER_CTX_ctrl(context, 0x11, 16, tag)
        if _crypto.EVP_CipherFinal_ex(context, ctypes.byref(out, size), ctypes.byref(length)) != 1:
            return None
        if seals:
            _crypto.EVP_CIPHER_CTX_ctrl(context, 0x10, 16, ctypes.byref(out, size))
            size += 16
        return out.raw[:size]
    finally:
        _crypto.EVP_CIPHER_CTX_free(context)


def mix(left, right):
    """The hash of two words that labels and regions are told by."""
    mixed = ((left ^ 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9) & MASK
    mixed ^= (right + (mixed >> 29)) & MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
    return mixed ^ (mixed >> 31)


def tag(text):
    value = 0
    for byte in text.encode():
        value = mix(value, byte)
    return value


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def exactly(stream, count):
    data = b""
    while len(data) < count:
        piece = stream.recv(count - len(data))
        if not piece:
            raise ConnectionError("the stream ended")
        data += piece
    return data


def read_frame(stream):
    return exactly(stream, struct.unpack(">I", exactly(stream, 4))[0])


class Peer:
    """Speaks on an address of its own; `protocols` are the versions that it greets with."""

    def __init__(self, key, host, port, name="hand", cluster="apus", region="lo",
                 protocols=(1, 1)):
        self.root = bytes.fromhex(key)
        self.number = hashlib.sha256(b"apus cluster key number" + self.root).digest()[0]
        self.label = tag(f"{cluster} {region}")
        self.region = region
        self.name = name
        self.uid = random.getrandbits(64)
        self.boot = time.time_ns() // 1_000_000 << 16
        self.protocols = protocols
        self.counter = 0
        self.boots = {}
        self.keys = {}
        self.place = (host, port)
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(self.place)
        self.listener = socket.create_server(self.place)
        self.is_open = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self):
        self.is_open = False
        self.thread.join(5)
        self.datagrams.close()
        self.listener.close()

    # Sealing

    def _key(self, uid, boot):
        if (uid, boot) not in self.keys:
            fixed = hmac.digest(b"apus cluster 1", self.root, "sha256")
            info = struct.pack(">QQ", uid, boot)
            self.keys[uid, boot] = hmac.digest(fixed, info + b"\x01", "sha256")
        return self.keys[uid, boot]

    def _seal(self, payload, bound, version, more=b""):
        self.counter += 1
        header = HEADER.pack(version, self.number, self.label & 0xFF, self.uid, self.counter)
        associated = header + struct.pack(">QQ", self.label, bound)
        nonce = struct.pack(">IQ", 0, self.counter)
        sealed = _gcm(True, self._key(self.uid, self.boot), nonce, associated, payload)
        return header + more + sealed

    def seal(self, payload, receiver, version=1):
        """A datagram for the process of this uid."""
        return self._seal(payload, receiver, version)

    def frame(self, payload, challenge, version=1):
        """A frame with its length, for the stream of this challenge."""
        sealed = self._seal(payload, challenge, version, struct.pack(">Q", self.boot))
        return struct.pack(">I", len(sealed)) + sealed

    def _open(self, header, bound, boot, sealed):
        _, _, _, uid, counter = HEADER.unpack(header)
        associated = header + struct.pack(">QQ", self.label, bound)
        return _gcm(False, self._key(uid, boot), struct.pack(">IQ", 0, counter), associated,
                    sealed[:-16], sealed[-16:])

    def open_frame(self, frame, challenge):
        boot = struct.unpack(">Q", frame[19:27])[0]
        return self._open(frame[:19], challenge, boot, frame[27:])

    # Speaking

    def record(self):
        """This member's own record, alive at incarnation 0."""
        host = b"\0" * 10 + b"\xff\xff" + socket.inet_aton(self.place[0])
        texts = b"".join(bytes([len(t)]) + t.encode() for t in (self.name, self.region, "z"))
        return (bytes([MEMBER, 0]) + struct.pack(">Q", self.uid) + b"\x01" + b"\x00"
                + struct.pack(">Q", self.boot) + host + struct.pack(">H", self.place[1])
                + bytes([*self.protocols, 0, 0]) + texts)

    def ask(self, address, payload):
        """Opens a stream to a node's cluster port, asks one thing, gives the answer."""
        with socket.create_connection(address, timeout=5) as stream:
            *_, challenge = HELLO.unpack(exactly(stream, HELLO.size))
            stream.sendall(self.frame(payload, challenge))
            return self.open_frame(read_frame(stream), challenge)

    def join(self, address):
        """Exchanges views with a node, which makes this a member everywhere."""
        answer = self.ask(address, bytes([DIGEST]) + bytes(256) + self.record())
        self._learn(answer[1 + 256:])

    def _learn(self, messages):
        """The boots of all live members, whose datagrams can be opened then."""
        at = 0
        while at < len(messages) and messages[at] == MEMBER and messages[at + 1] == 0:
            uid = struct.unpack(">Q", messages[at + 2:at + 10])[0]
            _, at = varint(messages, at + 10)
            _, at = varint(messages, at)
            self.boots[uid] = struct.unpack(">Q", messages[at:at + 8])[0]
            at += 8 + 18 + 4
            for _ in range(3):
                at += 1 + messages[at]

    def call(self, address, function):
        """Calls a function without arguments; the first bytes of the answer, 0 for a success."""
        name = function.encode()
        request = struct.pack(">BII", CALL, 5000, len(name)) + name + b"\0"
        answer = self.ask(address, request)
        return answer[0] == ANSWER and answer[1]

    # On its own thread

    def _run(self):
        while self.is_open:
            for ready in select.select([self.datagrams, self.listener], [], [], 0.05)[0]:
                if ready is self.listener:
                    self._greet(*self.listener.accept())
                else:
                    self._hear(*self.datagrams.recvfrom(2048))

    def _greet(self, stream, _):
        challenge = random.getrandbits(64)
        with stream:
            stream.sendall(HELLO.pack(b"APUS", *self.protocols, self.number, tag(self.region),
                                      challenge))
            stream.settimeout(0.2)
            try:
                stream.recv(65536)
            except OSError:
                pass

    def _hear(self, data, address):
        if len(data) < 36:
            return
        uid = HEADER.unpack(data[:19])[3]
        if uid not in self.boots:
            return
        payload = self._open(data[:19], self.uid, self.boots[uid], data[19:])
        if payload and payload[0] == PING:
            self.datagrams.sendto(self.seal(bytes([ACK]) + payload[1:5] + b"\0", uid), address)


def noise():
    return os.urandom(random.randrange(1, 1500))
