#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures how soon a killed node is known, beside Debian's serf. Usage: run.sh [--nodes 3,5,9]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scripts/install.sh gossip
APUS=$(realpath "${APUS:-.build/release/apus}")
TMPDIR=$(mktemp -d -t apus-gossip-XXXXXX)
export APUS TMPDIR
# A group of its own, so that no node and no agent outlives the run.
set -m
PYTHONDONTWRITEBYTECODE=1 python3 bench/gossip/gossip.py "$@" &
group=$!
trap 'kill -KILL -- -"${group}" 2>/dev/null || true; rm -rf "${TMPDIR}"' EXIT
trap 'exit 130' INT TERM
status=0
wait "${group}" || status=$?
exit "${status}"
