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
import tiktoken.load

ROUNDS = 5


def prose():
    """About 1 MB of English: the texts of Python's help and of the licences that Debian ships."""
    texts = list(pydoc_data.topics.topics.values())
    for path in sorted(glob.glob("/usr/share/common-licenses/*")):
        texts.append(pathlib.Path(path).read_text(errors="replace"))
    return "\n".join(texts)


def reference(folder, name):
    """tiktoken's own encoding with the ranks of a local file: no network is used."""
    patterns = __import__("json").loads((folder / "patterns.json").read_text())
    ranks = tiktoken.load.load_tiktoken_bpe(str(folder / f"{name}_base.tiktoken"))
    pattern = patterns[f"{name}_base"]["pattern"]
    return tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


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
        ours = {}
        out = subprocess.run(
            [binary, str(ROUNDS), file.name], check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        words = line.split()
        if words[0] == "load":
            print(f"load {words[1]}: {float(words[2]):.1f} ms (threshold 20)")
        else:
            ours[words[1]] = (int(words[-2]), float(words[-1]) / 1e3)
    failed = False
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
