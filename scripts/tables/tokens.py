#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Packs a .tiktoken file (lines of base64 and rank) into the resource that the binary carries.

Usage: scripts/tables/tokens.py FILE.tiktoken OUT.bpe

Layout, little-endian: "APT1", count of tokens (u32), bits of an id (u32), the 256 single bytes in
the order of their ids, then for each further token two ids of that many bits, lowest bit first:
the tokens that it is put together from, both with lower ids. Eight zero bytes end it, so that the
reader may load whole words.
"""
import base64
import sys


def pack(lines):
    ranks = {}
    for line in lines:
        text, rank = line.split()
        ranks[base64.b64decode(text)] = int(rank)
    tokens = sorted(ranks, key=ranks.get)
    assert [ranks[token] for token in tokens] == list(range(len(tokens)))
    assert sorted(tokens[:256]) == [bytes([value]) for value in range(256)]

    bits = (len(tokens) - 1).bit_length()
    packed, filled = 0, 0
    words = bytearray()
    for token in tokens[256:]:
        left, right = split(token, ranks)
        packed |= (left | right << bits) << filled
        filled += 2 * bits
        whole = filled // 8
        words += (packed & (1 << 8 * whole) - 1).to_bytes(whole, "little")
        packed >>= 8 * whole
        filled -= 8 * whole
    if filled:
        words.append(packed)
    header = b"APT1" + len(tokens).to_bytes(4, "little") + bits.to_bytes(4, "little")
    return header + b"".join(tokens[:256]) + bytes(words) + bytes(8)


def split(token, ranks):
    """Two tokens of lower rank that make up the token."""
    for place in range(1, len(token)):
        left, right = ranks.get(token[:place]), ranks.get(token[place:])
        if left is not None and right is not None and max(left, right) < ranks[token]:
            return left, right
    raise SystemExit(f"{token!r} is not made of two earlier tokens")


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as source:
        resource = pack(source)
    with open(sys.argv[2], "wb") as out:
        out.write(resource)
    print(f"{sys.argv[2]}: {len(resource)} bytes")
