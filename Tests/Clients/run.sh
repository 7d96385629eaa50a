#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs real clients and hostile bytes against the binary named by APUS; arguments go to pytest.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=${root}/Tests/Clients
venv=${root}/.venv
# The environment is made anew when the pins or the interpreter have changed.
stamp=$({ cat "${here}/requirements.txt"; python3 --version; } | sha256sum)
if [[ $(cat "${venv}/stamp" 2>/dev/null || true) != "${stamp}" ]]; then
    rm -rf "${venv}"
    python3 -m venv "${venv}"
    "${venv}/bin/pip" install --quiet --disable-pip-version-check -r "${here}/requirements.txt"
    echo "${stamp}" >"${venv}/stamp"
fi

# `run.sh golden OUTPUT`: what `APUS_GOLDEN_OUTPUT=OUTPUT swift test --filter GoldenMatrix` wrote.
if [[ ${1:-} == golden ]]; then
    shift
    exec "${venv}/bin/python" "${here}/validate_golden.py" "$@"
fi

APUS=${APUS:-${root}/.build/release/apus}
[[ ${APUS} == /* ]] || APUS=${root}/${APUS}
export APUS
if [[ ! -x ${APUS} ]]; then
    echo "clients: there is no binary at ${APUS}; run 'make build' first" >&2
    exit 1
fi

# A group of its own, so that nothing the tests have started outlives them.
set -m
TMPDIR=$(mktemp -d -t apus-clients-XXXXXX)
export TMPDIR
PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    "${venv}/bin/python" -m pytest -c "${here}/pytest.ini" --rootdir "${here}" "$@" &
group=$!
trap 'kill -KILL -- -"${group}" 2>/dev/null || true; rm -rf "${TMPDIR}"' EXIT
trap 'exit 130' INT TERM
status=0
wait "${group}" || status=$?
exit "${status}"
