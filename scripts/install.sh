#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes sure that what a make target needs is there: Swift, and the Debian packages of its groups.
# Usage: scripts/install.sh build|test|bench|cluster ...
set -euo pipefail

need_swift_major=6
need_swift_minor=3

packages_of() {
    case "$1" in
        build) echo "libssl-dev libyaml-dev pkg-config zlib1g-dev ca-certificates" ;;
        test) echo "curl openssl python3 python3-venv libfaketime" ;;
        bench) echo "wrk nginx-light haproxy curl python3" ;;
        gossip) echo "serf python3" ;;
        *)
            echo "install: unknown group '$1'; known are build, test, bench, gossip" >&2
            exit 2
            ;;
    esac
}

fail() {
    echo "apus: $*" >&2
    exit 1
}

check_swift() {
    command -v swift >/dev/null 2>&1 || fail \
        "Swift is missing. Install Swift ${need_swift_major}.${need_swift_minor} or newer for" \
        "Debian 12 from https://www.swift.org/install/linux/ and put its usr/bin into PATH."
    local text
    text=$(swift --version 2>&1) || fail "'swift --version' does not run: ${text}"
    [[ ${text} =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] ||
        fail "cannot read the version out of: ${text}"
    local major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
    if ((major < need_swift_major || (major == need_swift_major && minor < need_swift_minor))); then
        fail "Swift ${major}.${minor} is too old; ${need_swift_major}.${need_swift_minor} or newer" \
            "is needed (https://www.swift.org/install/linux/)."
    fi
}

installed() {
    case "$1" in
        # Any flavour of nginx will do.
        nginx-light) command -v nginx >/dev/null 2>&1 || [[ -x /usr/sbin/nginx ]] ;;
        *) [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]] ;;
    esac
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "neither root nor sudo; please install as root: apt-get install ${missing[*]}"
    fi
}

check_swift
missing=()
if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "apus: not a Debian system; expecting OpenSSL 3 and libyaml with their headers." >&2
    exit 0
fi
for group in "$@"; do
    names=$(packages_of "${group}")
    for name in ${names}; do
        installed "${name}" || missing+=("${name}")
    done
done
((${#missing[@]} > 0)) || exit 0

echo "apus: installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update -qq
as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
