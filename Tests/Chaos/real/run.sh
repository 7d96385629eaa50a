#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs real nodes against kills, stops, loss, partitions and hostile bytes; arguments go to run.py.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
APUS=${APUS:-${root}/.build/release/apus}
[[ ${APUS} == /* ]] || APUS=${root}/${APUS}
export APUS
if [[ ! -x ${APUS} ]]; then
    echo "chaos: there is no binary at ${APUS}; run 'make build' first" >&2
    exit 1
fi

# A group of its own, so that no node outlives the run.
set -m
TMPDIR=$(mktemp -d -t apus-chaos-XXXXXX)
export TMPDIR
PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    python3 "${root}/Tests/Chaos/real/run.py" "$@" &
group=$!
trap 'kill -KILL -- -"${group}" 2>/dev/null || true; rm -rf "${TMPDIR}"' EXIT
trap 'exit 130' INT TERM
status=0
wait "${group}" || status=$?
exit "${status}"
