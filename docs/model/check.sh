#!/usr/bin/env bash
# Checks the model of the floor with SPIN: docs/model.md. One line a run; exit 1 if the design errs, a search is cut short,
# or a mutant passes.
#
#   docs/model/check.sh [WORD]     only the runs whose name holds WORD
set -uo pipefail
cd "$(dirname "$0")"
only=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in spin gcc; do
    command -v $tool >/dev/null || { echo "check.sh: no $tool; \`make model\` installs it" >&2; exit 1; }
done

failed=0
number() { sed -nE "s/$1/\1/p" "$work/out" | head -1; }

# search NAME OPTIMISATION FLAGS…: SPIN's answer is in $work/out, the CPU seconds in $seconds.
search() {
    local optimise=$1
    shift
    rm -rf "$work/pan" && mkdir "$work/pan" && cp floor.pml trees.pml "$work/pan"
    (cd "$work/pan" && spin -a "$@" floor.pml >"$work/out" 2>&1 &&
        gcc "$optimise" -w -DSAFETY -DNOREDUCE -DMEMLIM=3000 -o pan pan.c >>"$work/out" 2>&1) || return 1
    local TIMEFORMAT=%U
    seconds=$({ time (cd "$work/pan" && ./pan -m1000000 >"$work/out" 2>&1); } 2>&1)
    # An error has its way printed, which a reader can follow.
    if [ -f "$work/pan/floor.pml.trail" ]; then cp "$work/pan/floor.pml.trail" "$work/trail"; fi
}

design() {
    local name=$1
    shift
    case $name in *"$only"*) ;; *) return ;; esac
    if ! search -O1 "$@"; then
        echo "design $name: does not compile"
        tail -5 "$work/out"
        failed=1
    elif ! grep -q 'errors: 0' "$work/out"; then
        echo "design $name: ERRS ($(grep -oE 'assertion violated.*|pan:1:.*' "$work/out" | head -1))"
        echo "    cd docs/model && spin -a $* floor.pml && gcc -DSAFETY -DNOREDUCE -o pan pan.c && ./pan && spin -t -p -g $* floor.pml"
        failed=1
    elif grep -qE 'max search depth too small|MEMLIM bound|out of memory|Search not completed' "$work/out"; then
        echo "design $name: CUT SHORT ($(grep -oE 'max search depth too small|MEMLIM bound|out of memory|Search not completed' "$work/out" | head -1))"
        failed=1
    else
        echo "design $name: clean, $(number ' *([0-9]+) states, stored.*') states, depth $(number '.*depth reached ([0-9]+).*')," \
            "$(number ' *([0-9.]+).*total actual memory usage.*') MB, $seconds s"
    fi
}

# A mutant must break S1: two open gates in one component.
mutant() {
    local name=$1
    shift
    case "mutant $name" in *"$only"*) ;; *) return ;; esac
    if ! search -O0 "$@"; then
        echo "mutant $name: does not compile"
        tail -5 "$work/out"
        failed=1
    elif grep -q 'assertion violated (top0!=top1)' "$work/out"; then
        echo "mutant $name: fails as it must (S1, two open gates in one component, after $(number '.*\(at depth ([0-9]+)\).*') moves)"
    else
        echo "mutant $name: DOES NOT FAIL as it must ($(grep -oE 'assertion violated.*|errors: [0-9]+' "$work/out" | head -1))"
        failed=1
    fi
}

begun=$SECONDS
design static-chain -DCHAIN -DFAULTS=3 -DRESTART
design static-side -DSIDE -DFAULTS=2
design static-fork -DFORK -DFAULTS=1 -DRESTART
design withdrawn-request -DCHAIN -DFAULTS=2 -DRESTART -DWITHDRAW
design chair-revokes -DCHAIN -DFAULTS=2 -DRESTART -DCHAIR
design break-away -DCHAIN -DFAULTS=2 -DBREAKAWAY
design break-away-side -DSIDE -DFAULTS=1 -DBREAKAWAY
design offered-holder -DCHAIN -DFAULTS=2 -DRESTART -DOFFERED
design offered-holder-side -DSIDE -DFAULTS=1 -DRESTART -DOFFERED
design rehome-parent-alive -DTRIANGLE -DFAULTS=1 -DRESTART
design rehome-parent-dead -DTRIANGLE -DFAULTS=2 -DDEATH -DOTHER=0
design rehome-below -DBELOW -DFAULTS=1
mutant no-fence -DCHAIN -DFAULTS=2 -DRESTART -DNO_FENCE
mutant no-wait -DCHAIN -DFAULTS=2 -DRESTART -DNO_WAIT
mutant no-freeze -DCHAIN -DFAULTS=2 -DRESTART -DNO_FREEZE
mutant no-clean -DCHAIN -DFAULTS=2 -DRESTART -DNO_CLEAN
mutant no-release-name -DCHAIN -DFAULTS=2 -DNO_RELEASE_NAME
mutant no-offer-number -DCHAIN -DFAULTS=2 -DNO_OFFER_NUMBER
mutant outwaited-named -DTRIANGLE -DFAULTS=1 -DOUTWAITED_NAMED
mutant no-via -DTRIANGLE -DFAULTS=1 -DRESTART -DNO_VIA
mutant no-way -DTRIANGLE -DFAULTS=2 -DOTHER=0 -DNO_WAY
mutant claims-kept -DCHAIN -DFAULTS=3 -DRESTART -DCLAIMS_KEPT
echo "model: $((SECONDS - begun)) s"
exit $failed
