#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzzes one parser: Tests/Fuzz/run.sh TARGET SECONDS, TARGET being a file here without ".swift".
# New inputs and crashes go to the build folder; the seeds in corpus/TARGET stay as they are.
set -eu
target=${1:?"usage: run.sh TARGET SECONDS"}
seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build="$root/.build/fuzz/$target"
modules=${FUZZ_MODULES:-"Core HTTP"}
mkdir -p "$build/found"

flags="-swift-version 6 -O -parse-as-library -sanitize=fuzzer,address
    -enable-upcoming-feature NonisolatedNonsendingByDefault
    -enable-upcoming-feature InferIsolatedConformances
    -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature MemberImportVisibility
    -enable-upcoming-feature InternalImportsByDefault
    -enable-experimental-feature Lifetimes"
libraries=""
for module in $modules; do
    # shellcheck disable=SC2086
    swiftc $flags -wmo -emit-module -emit-library -static -module-name "$module" -I "$build" \
        -emit-module-path "$build/$module.swiftmodule" -o "$build/lib$module.a" \
        "$root/Sources/$module"/*.swift
    libraries="-l$module $libraries"
done
# shellcheck disable=SC2086
swiftc $flags -module-name Fuzz -I "$build" -L "$build" -o "$build/fuzz" \
    "$here/$target.swift" "$here/FuzzInput.swift" $libraries
mkdir -p "$here/corpus/$target"
# The backtracer waits for a terminal that is not there.
export SWIFT_BACKTRACE=enable=no
exec "$build/fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=5 -print_final_stats=1 \
    -artifact_prefix="$build/" "$build/found" "$here/corpus/$target"
