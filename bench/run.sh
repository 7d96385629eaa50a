#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures Apus beside nginx and HAProxy on this machine, in one run; see bench/README.md.
# Usage: bench/run.sh [--quick] [--only closed,open,stream,memory,start]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

apus=${APUS:-.build/release/apus}
load=${LOAD:-.build/release/apus-load}
[[ -x ${apus} ]] || { echo "bench: ${apus} is missing; run 'make bench'" >&2; exit 1; }
if [[ -z ${LOAD:-} ]]; then
    swift build -c release --static-swift-stdlib --product apus-load >&2
fi
exec python3 bench/bench.py --apus "${apus}" --load "${load}" "$@"
