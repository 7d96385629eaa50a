#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the tokenizer beside tiktoken on English prose, in one run, and checks that both count
# the same: at least 15 MB/s, twice tiktoken's speed, vocabularies unpacked within 20 ms.
# Usage: bench/tokens/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

swift build -c release --product apus-tokens >&2
venv=.venv/tokens
if [[ ! -x ${venv}/bin/python ]]; then
    python3 -m venv "${venv}"
    "${venv}/bin/pip" install --quiet tiktoken==0.14.0
fi
exec "${venv}/bin/python" bench/tokens/compare.py .build/release/apus-tokens Sources/CResources
