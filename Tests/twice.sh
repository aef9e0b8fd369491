#!/bin/sh
# Plays every scenario of simulations/ under one seed in two processes and compares the digests of their traces.
#
# usage: Tests/twice.sh PROGRAM [SEED]
#
# The first runs them side by side with Swift's fixed hash seed, the second one after the other with a hash seed of its own: whatever walks
# a dictionary or a set in its own order, or minds what else runs, gives another digest. Ends as `nhipcau simulate` does, or with 1.
set -u
program=$1
seed=${2:-7}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

{
    SWIFT_DETERMINISTIC_HASHING=1 "$program" simulate simulations --seed "$seed" --jobs 2 --lang en
    echo $? >"$work/code"
} | tee "$work/first"
code=$(cat "$work/code")
[ "$code" = 0 ] || exit "$code"
env -u SWIFT_DETERMINISTIC_HASHING "$program" simulate simulations --seed "$seed" --jobs 1 --json >"$work/second" || exit

sed -nE 's/^(.*)  seed [0-9]+  .*  ([0-9a-f]{16})$/\1 \2/p' "$work/first" >"$work/first.digests"
sed -nE 's/.*"scenario":"([^"]*)","seed":[0-9]+,"digest":"([0-9a-f]{16})".*/\1 \2/p' "$work/second" >"$work/second.digests"
played=$(wc -l <"$work/first.digests")
wanted=$(ls simulations/*.yaml | wc -l)
if [ "$played" -ne "$wanted" ]; then
    echo "played twice: $played digests of $wanted scenarios"
    exit 1
fi
if ! cmp -s "$work/first.digests" "$work/second.digests"; then
    echo "played twice, seed $seed: these digests differ from one process to the other:"
    diff "$work/first.digests" "$work/second.digests"
    exit 1
fi
echo "played twice, seed $seed: $((played)) digests, the same in both processes"
