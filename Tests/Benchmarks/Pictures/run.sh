#!/bin/sh
# usage: run.sh BENCH_PICTURES [REPEATS]: sets up the pinned peers beside the build and runs
# pictures.py. BENCH_TMP is where files are written, BENCH_DATA a file of slices to use again.
set -eu
here=$(dirname "$0")
venv=${VENV:-.build/bench-pictures-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/pictures.py" "$@"
