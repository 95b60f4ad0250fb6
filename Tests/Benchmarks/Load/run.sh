#!/bin/sh
# Load speed beside pydicom, SimpleITK, GDCM and dcm2niix (a Debian package, left out if absent).
# Usage: run.sh BENCH_LOAD [REPEATS]; series and Python environment are kept in bench/load.
set -eu
here=$(dirname "$0")
mkdir -p bench/load
if [ ! -x bench/load/venv/bin/python ]; then
  python3 -m venv bench/load/venv
  bench/load/venv/bin/pip install -q -r "$here/requirements.txt"
fi
bench/load/venv/bin/python "$here/compare.py" "$1" bench/load "${2:-5}"
