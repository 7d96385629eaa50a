#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets of Tests/Fuzz with libFuzzer and runs each for some seconds.
# Usage: scripts/fuzz.sh [SECONDS [TARGET...]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-20}
shift || true
package=Tests/Fuzz
if [[ ! -f ${package}/Package.swift ]]; then
    echo "fuzz: ${package} is not there yet" >&2
    exit 1
fi

swift build --package-path "${package}" -c release --sanitize fuzzer
targets=("$@")
if ((${#targets[@]} == 0)); then
    for folder in "${package}"/Sources/Fuzz*; do targets+=("$(basename "${folder}")"); done
fi
for target in "${targets[@]}"; do
    corpus=${package}/Corpus/${target}
    # New finds go to a scratch folder first; the kept corpus is only read.
    scratch=${package}/.build/corpus/${target}
    mkdir -p "${scratch}" "${corpus}"
    echo "fuzz: ${target} for ${seconds} s"
    "${package}/.build/release/${target}" -max_total_time="${seconds}" -timeout=5 \
        -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="${package}/.build/${target}-" "${scratch}" "${corpus}" 2>&1 |
        tail -n 12
done
