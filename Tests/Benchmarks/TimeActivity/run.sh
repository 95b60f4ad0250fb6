#!/bin/sh
# usage: run.sh BENCH_TIMEACTIVITY [VOXELS]: sets up the pinned peer beside the build and runs compare.py.
set -eu
here=$(dirname "$0")
venv=${VENV:-.build/bench-timeactivity-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/compare.py" "$@"
