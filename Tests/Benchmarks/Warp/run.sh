#!/bin/sh
# usage: run.sh BENCH_WARP [REPEATS]: sets up the pinned peer beside the build and runs warp.py.
set -eu
here=$(dirname "$0")
venv=${VENV:-.build/bench-warp-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/warp.py" "$@"
