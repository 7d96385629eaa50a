#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the parsers with libFuzzer and runs each target of Tests/Fuzz for some seconds.
# Usage: scripts/fuzz.sh [SECONDS [TARGET...]]; 0 seconds run the kept corpus only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-20}
shift || true
targets=("$@")
if ((${#targets[@]} == 0)); then
    targets=(http-request http-response event-stream json inference-request stream-tap tokenizer
        chat-completions responses messages generate-content ollama-chat cohere-chat)
fi
out=${FUZZ_BUILD:-.build/fuzz}
binary=${out}/fuzz
mkdir -p "${out}"

settings=(-swift-version 6 -O -wmo -parse-as-library -sanitize=fuzzer -I "${out}"
    -enable-experimental-feature Lifetimes)
for feature in NonisolatedNonsendingByDefault InferIsolatedConformances ExistentialAny \
    MemberImportVisibility InternalImportsByDefault; do
    settings+=(-enable-upcoming-feature "${feature}")
done

# Instruments one module; skips it when nothing has changed since.
module() {
    local name=$1 folder=$2
    local object=${out}/${name}.o
    if [[ -f ${object} && -z $(find "${folder}" scripts/fuzz.sh -newer "${object}" -print -quit) &&
        ${rebuilt} == no ]]; then
        return
    fi
    rebuilt=yes
    local sources
    mapfile -t sources < <(find "${folder}" -name '*.swift')
    swiftc "${settings[@]}" -module-name "${name}" -emit-module \
        -emit-module-path "${out}/${name}.swiftmodule" -c -o "${object}" "${sources[@]}"
}

# The tables are C; Swift finds them by a module map, as SwiftPM would make it.
printf 'module CResources { header "%s/Sources/CResources/include/CResources.h" export * }\n' \
    "${PWD}" >"${out}/module.modulemap"
clang -O -c -I Sources/CResources/include -o "${out}/CResources.o" Sources/CResources/CResources.c

rebuilt=no
for name in Core JSON HTTP Dialects Metering; do module "${name}" "Sources/${name}"; done
module Fuzz Tests/Fuzz
if [[ ${rebuilt} == yes || ! -x ${binary} ]]; then
    # The linker has a warning for each symbol of the sanitizer; they matter only when it fails.
    swiftc -sanitize=fuzzer -static-stdlib -o "${binary}" \
        "${out}"/{Core,JSON,HTTP,Dialects,Metering,CResources,Fuzz}.o >"${out}/link.log" 2>&1 || {
        cat "${out}/link.log" >&2
        exit 1
    }
fi

for target in "${targets[@]}"; do
    kept=Tests/Fuzz/Corpus/${target}
    if [[ ! -d ${kept} ]]; then
        echo "fuzz: there is no target ${target}" >&2
        exit 2
    fi
    # New finds go to a scratch folder; the kept corpus is only read.
    scratch=${out}/corpus/${target}
    mkdir -p "${scratch}"
    options=(-timeout=5 -rss_limit_mb=1024 -max_len=16384 -verbosity=0
        -artifact_prefix="${out}/${target}-")
    if ((seconds > 0)); then
        options+=(-max_total_time="${seconds}" -print_final_stats=1 "${scratch}" "${kept}")
    else
        options+=(-runs=0 "${kept}")
    fi
    echo "fuzz: ${target} for ${seconds} s"
    log=${out}/${target}.log
    if ! FUZZ_TARGET=${target} "${binary}" "${options[@]}" >"${log}" 2>&1; then
        tail -n 40 "${log}" >&2
        echo "fuzz: ${target} failed; the input is ${out}/${target}-*" >&2
        exit 1
    fi
    grep -E 'number_of_executed_units|average_exec' "${log}" | sed 's/^stat:: /  /' || true
done
