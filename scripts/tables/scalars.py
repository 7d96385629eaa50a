#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the classes of Unicode scalars that the tokenizer's splitter tells apart.

Usage: scripts/tables/scalars.py OUT.classes   (needs the PyPI package `tiktoken` 0.14.0)

tiktoken itself is asked, so that both follow the same version of Unicode (16.0).

Layout: 8,704 bytes, the number of the block for each run of 128 scalars, then the blocks, one
byte a scalar, with the bit of its class set. The first block is ASCII. Classes: bit 0 other,
1 white space, 2 CR or LF, 3 number, 4 upper or title case, 5 lower case, 6 letter without case,
7 mark.
"""
import sys

import tiktoken

PATTERNS = [
    (2, r"[\r\n]"),
    (1, r"\s"),
    (3, r"\p{N}"),
    (4, r"[\p{Lu}\p{Lt}]"),
    (5, r"\p{Ll}"),
    (6, r"\p{L}"),
    (7, r"\p{M}"),
]
BYTES = {bytes([value]): value for value in range(256)}
# An encoding whose pattern is one class has tokens for scalars of that class only.
ASKED = [
    (number, tiktoken.Encoding("class", pat_str=pattern, mergeable_ranks=BYTES, special_tokens={}))
    for number, pattern in PATTERNS
]


def class_of(scalar):
    if 0xD800 <= scalar < 0xE000:
        return 0
    text = chr(scalar)
    return next((number for number, asked in ASKED if asked.encode_ordinary(text)), 0)


def main():
    blocks, index = {}, bytearray()
    for start in range(0, 0x110000, 128):
        block = bytes(1 << class_of(scalar) for scalar in range(start, start + 128))
        index.append(blocks.setdefault(block, len(blocks)))
    table = bytes(index) + b"".join(blocks)
    with open(sys.argv[1], "wb") as out:
        out.write(table)
    print(f"{sys.argv[1]}: {len(table)} bytes, {len(blocks)} blocks")


if __name__ == "__main__":
    main()
