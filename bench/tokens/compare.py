# SPDX-License-Identifier: Apache-2.0
"""Counts tokens of English prose with tiktoken and with Apus, in turns, and compares; see run.sh."""
import glob
import pathlib
import pydoc_data.topics
import subprocess
import sys
import tempfile
import time

import tiktoken

ROUNDS = 5
# As tiktoken 0.14.0 has them.
PATTERNS = {
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


def prose():
    """About 1 MB of English: the texts of Python's help and of the licences that Debian ships."""
    texts = list(pydoc_data.topics.topics.values())
    for path in sorted(glob.glob("/usr/share/common-licenses/*")):
        texts.append(pathlib.Path(path).read_text(errors="replace"))
    return "\n".join(texts)


def reference(folder, name):
    """tiktoken's own encoding with the ranks of our resource: no network is used."""
    packed = (folder / f"{name}_base.bpe").read_bytes()
    count = int.from_bytes(packed[4:8], "little")
    bits = int.from_bytes(packed[8:12], "little")
    tokens = [packed[index:index + 1] for index in range(12, 268)]
    for index in range(count - 256):
        start = 2 * bits * index
        word = int.from_bytes(packed[268 + start // 8:276 + start // 8], "little") >> start % 8
        left, right = word & (1 << bits) - 1, word >> bits & (1 << bits) - 1
        tokens.append(tokens[left] + tokens[right])
    ranks = {token: rank for rank, token in enumerate(tokens)}
    assert len(ranks) == count
    return tiktoken.Encoding(
        name, pat_str=PATTERNS[name], mergeable_ranks=ranks, special_tokens={})


def best_of(work):
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def main():
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    text = prose()
    size = len(text.encode())
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(text.encode())
        file.flush()
        # A process loads once; the best of three, as for everything else here.
        ours, loads = {}, {}
        for _ in range(3):
            out = subprocess.run(
                [binary, str(ROUNDS), file.name], check=True, capture_output=True, text=True)
            for line in out.stdout.splitlines():
                words = line.split()
                if words[0] == "load":
                    loads[words[1]] = min(float(words[2]), loads.get(words[1], 1e9))
                else:
                    seconds = float(words[-1]) / 1e3
                    best = min(seconds, ours.get(words[1], (0, 1e9))[1])
                    ours[words[1]] = (int(words[-2]), best)
    failed = any(milliseconds > 20 for milliseconds in loads.values())
    for name, milliseconds in loads.items():
        print(f"load {name}: {milliseconds:.1f} ms (threshold 20)")
    for name, (count, seconds) in ours.items():
        encoding = reference(folder, name)
        theirs, tokens = best_of(lambda: encoding.encode_ordinary(text))
        speed, their_speed = size / seconds / 1e6, size / theirs / 1e6
        holds = count == len(tokens) and speed >= 15 and speed >= 2 * their_speed
        failed |= not holds
        print(
            f"{name}: {size} bytes, {count} tokens ({'equal' if count == len(tokens) else 'WRONG'}); "
            f"apus {speed:.1f} MB/s, tiktoken {their_speed:.1f} MB/s, "
            f"ratio {speed / their_speed:.1f}: {'holds' if holds else 'FAILS'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
