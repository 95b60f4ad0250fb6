#!/bin/sh
# usage: run.sh BENCH_LESIONS: sets up the pinned peers beside the build and runs lesions.py.
set -eu
here=$(dirname "$0")
venv=${VENV:-.build/bench-lesions-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/lesions.py" "$@"
