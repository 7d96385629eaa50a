#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures how soon a killed node is known, beside Debian's serf. Usage: run.sh [--nodes 3,5,9]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scripts/install.sh gossip
APUS=$(realpath "${APUS:-.build/release/apus}")
TMPDIR=$(mktemp -d -t apus-gossip-XXXXXX)
export APUS TMPDIR
trap 'rm -rf "${TMPDIR}"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 bench/gossip/gossip.py "$@"
