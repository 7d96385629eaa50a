#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures what translating costs for each pair of formats, beside handing the same bytes through.
# Usage: bench/translate.sh [--count]; --count adds instructions per item, by valgrind, which a busy
# machine does not change. A piece of a stream that costs more than 3 us makes it end with 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift build -c release --product apus-translate >&2
binary=.build/release/apus-translate
table=$("${binary}")
printf '%s\n' "${table}"
awk '$2 == ">" && $4 > 3 { print "BROKEN " $1 " > " $3 ": a piece costs " $4 " us (at most 3)"; bad = 1 }
     END { exit bad }' <<<"${table}"
[[ ${1:-} == --count ]] || exit 0

# Instructions of one item: those of 300 less those of 100, divided, so that starting up is out.
count() {
    local rounds=$1
    shift
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="*8measured*" \
        "${binary}" "$@" "${rounds}" 2>&1 | awk '/Collected/ { print $NF }'
}

formats=(chat_completions responses messages generate_content ollama_chat cohere_chat)
printf '\n%-36s %8s %8s %8s\n' "instructions" chunk request answer
for source in "${formats[@]}"; do
    for target in "${formats[@]}"; do
        printf '%-36s' "${source} > ${target}"
        for kind in chunk request answer; do
            few=$(count 100 "${source}" "${target}" "${kind}")
            many=$(count 300 "${source}" "${target}" "${kind}")
            printf ' %8d' $(((many - few) / 200))
        done
        printf '\n'
    done
done
