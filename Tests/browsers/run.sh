#!/bin/sh
# The meeting across three levels with real browsers: Tests/browsers/run.sh NHIPCAU [--shots DIR] [--only WORDS] [--plain] [--keep]
# One line for each row; exit 0 if all are ok, 1 if one failed, 2 if something is missing. See docs/browsers.md.
set -eu
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
	echo "usage: $0 NHIPCAU [--shots DIR] [--only WORDS] [--plain] [--keep]" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
missing=""
command -v "${CHROMIUM:-chromium}" >/dev/null || missing="$missing chromium"
command -v "${FIREFOX:-firefox-esr}" >/dev/null || missing="$missing firefox-esr"
command -v certutil >/dev/null || missing="$missing libnss3-tools"
python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
	echo "missing; install with: apt install$missing" >&2
	exit 2
fi
venv=${NHIPCAU_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nhipcau/browsers}
wanted=$(cat "$here/requirements.txt")
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
	echo "==> Python packages into $venv" >&2
	python3 -m venv --clear "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
	echo "$wanted" > "$venv/installed"
fi
exec timeout --signal=INT --kill-after=20 ${NHIPCAU_BROWSERS_SECONDS:-700} "$venv/bin/python" -B "$here/run.py" "$@"
