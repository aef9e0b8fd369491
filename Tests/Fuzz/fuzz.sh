#!/usr/bin/env bash
# Coverage-guided fuzzing of everything that reads bytes of the network, and workbooks: docs/fuzzing.md.
#
#   Tests/Fuzz/fuzz.sh [SECONDS [TARGET…]]     so long for each target, 60 s if not said
#   Tests/Fuzz/fuzz.sh smoke [TARGET…]         20,000 inputs for each target, the same at each run
#   Tests/Fuzz/fuzz.sh seeds                    writes the committed corpora anew
#
# One line for each target; exit 1 if one crashed, hung or broke its promise, 77 if the toolchain has no libFuzzer. The input
# is kept in Tests/Fuzz/found/.
# JOBS=2 runs two targets at a time. New inputs that reach new code stay in .build-fuzz/corpus/.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
shift || true
swiftc=${SWIFTC:-swiftc}
out=.build-fuzz
jobs=${JOBS:-1}
# The crash backtracer can hang under the sanitizers.
export SWIFT_BACKTRACE=enable=no

protobuf=.build/checkouts/swift-protobuf/Sources/SwiftProtobuf
if [ ! -d $protobuf ]; then
    echo '==> fetching the protobuf runtime'
    swift package resolve >/dev/null
fi
# libFuzzer comes with the toolchain of swift.org; no package of Debian is needed for it.
tools=$(dirname "$(dirname "$(readlink -f "$(command -v "$swiftc")")")")
if ! compgen -G "$tools/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a" >/dev/null; then
    echo "fuzz.sh: the toolchain of $swiftc has no libFuzzer (libclang_rt.fuzzer); that of swift.org has" >&2
    exit 77
fi

# Compiles one module, in one piece, if its sources are newer than its object or one below it was compiled.
mkdir -p $out/bin $out/corpus
anew=
module() {
    local name=$1 object=$out/$1.o
    shift
    if [ -z "$anew" ] && [ -f "$object" ] && [ -z "$(find "$@" -newer "$object" -print -quit)" ]; then return; fi
    "$swiftc" -O -wmo -swift-version 6 -parse-as-library -enable-testing -sanitize=fuzzer,address -module-name "$name" \
        -package-name "${package:-nhipcau}" -enable-upcoming-feature ExistentialAny -suppress-warnings -I $out -I Sources/System/CZstd \
        -emit-module -emit-module-path "$out/$name.swiftmodule" -emit-object -o "$object.new" "$@"
    mv "$object.new" "$object"
    anew=yes
}

echo '==> building the parsers with the sanitizers'
started=$SECONDS
package=swift-protobuf module SwiftProtobuf $(find $protobuf -name '*.swift' | sort) &
module Basics Sources/Basics/*.swift
module RTP Sources/RTP/*.swift
module SDP Sources/SDP/*.swift
module Peer Sources/Peer/*.swift
module Membership Sources/Membership/*.swift
module Rights Sources/Rights/*.swift
module Conference Sources/Conference/*.swift
# The parsers of modules that need more than this machine may have.
module Native Sources/Native/ZstdCompressor.swift Sources/Native/Security/DTLSRecords.swift
module Bridge Sources/Bridge/InterestMessage.swift
module Sheets Sources/Sheets/Excel/{Inflate,XMLScanner,ZIPArchive,WorkbookCells,WorkbookLimits,WorkbookStrings}.swift
wait $!
if [ $out/SwiftProtobuf.o -nt $out/Wire.o ]; then anew=yes; fi
module Wire Sources/Wire/*.swift
module FuzzTargets Tests/Fuzz/*.swift
if [ ! -f $out/fuzz ] || [ $out/FuzzTargets.o -nt $out/fuzz ]; then
    # The linker names every symbol of the sanitizer that it does not export.
    "$swiftc" -sanitize=fuzzer,address -o $out/fuzz $out/*.o -lzstd 2>&1 | sed '/Cannot export local symbol/d'
fi
echo "    $((SECONDS - started)) s"
if [ "$seconds" = seeds ]; then
    FUZZ_SEEDS=Tests/Fuzz/corpus $out/fuzz
    exit
fi

# One target, for $seconds; its line says what libFuzzer counted.
run() {
    local name=$1 length=1500 log=$out/$1.log
    # Offers come over HTTP.
    [ "$name" = sdp ] && length=8192
    # Files that a planner hands in.
    [ "$name" = workbook ] && length=8192
    ln -sf ../fuzz "$out/bin/$name"
    mkdir -p "$out/corpus/$name"
    local before result=0 limit=-max_total_time=$seconds
    [ "$seconds" = smoke ] && limit='-seed=1 -runs=20000 -max_total_time=60'
    before=$(ls "$out/corpus/$name" | wc -l)
    "$out/bin/$name" $limit -max_len=$length -timeout=10 -rss_limit_mb=2048 -detect_leaks=0 -print_final_stats=1 \
        -artifact_prefix="Tests/Fuzz/found/$name-" "$out/corpus/$name" "Tests/Fuzz/corpus/$name" >"$log" 2>&1 || result=$?
    printf 'fuzz %-12s %10s executions  %7s/s  coverage %5s  new units %4d' "$name" \
        "$(sed -nE 's/stat::number_of_executed_units: *//p' "$log")" "$(sed -nE 's/stat::average_exec_per_sec: *//p' "$log")" \
        "$(grep -oE 'cov: [0-9]+' "$log" | tail -1 | cut -c6-)" $(($(ls "$out/corpus/$name" | wc -l) - before))
    if [ $result = 0 ]; then
        echo
    else
        echo "  FAILED"
        grep -E 'broken promise|Fatal error|ERROR:|SUMMARY|Test unit written' "$log" | head -5 | sed 's/^/    /'
    fi
    return $result
}

mkdir -p Tests/Fuzz/found
names=${*:-$(ls Tests/Fuzz/corpus)}
failed=0
running=()
for name in $names; do
    run "$name" &
    running+=($!)
    if [ ${#running[@]} -ge "$jobs" ]; then
        wait "${running[0]}" || failed=1
        running=("${running[@]:1}")
    fi
done
for job in "${running[@]}"; do wait "$job" || failed=1; done
exit $failed
