# SPDX-License-Identifier: Apache-2.0
"""What the release binary weighs and which libraries it needs of a machine."""

import re
import subprocess

from support.processes import APUS

# Of the system, each for a reason: TLS and digests, YAML, and the language's own runtime.
ALLOWED = {
    "linux-vdso.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6",
    "libgcc_s.so.1", "libstdc++.so.6", "libssl.so.3", "libcrypto.so.3", "libyaml-0.so.2",
}
LIMIT = 20 * 1024 * 1024


def libraries():
    listing = subprocess.run(["ldd", APUS], capture_output=True, text=True, check=True).stdout
    return {line.split()[0].rpartition("/")[2] for line in listing.splitlines() if line.strip()}


def test_needs_few_libraries():
    foreign = libraries() - ALLOWED
    assert not foreign, f"{sorted(foreign)} would have to be installed with it"


def test_is_linked_statically_against_swift():
    names = " ".join(libraries())
    assert not re.search(r"Foundation|icu|swiftCore|dispatch", names, re.IGNORECASE), names


def test_stripped_it_is_small(tmp_path):
    stripped = tmp_path / "apus"
    subprocess.run(["strip", "-o", stripped, APUS], check=True)
    size = stripped.stat().st_size
    assert size <= LIMIT, f"{size / 1024 / 1024:.1f} MiB"
