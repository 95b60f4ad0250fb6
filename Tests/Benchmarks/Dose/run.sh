#!/bin/sh
# usage: run.sh BENCH_DOSE: sets up the pinned peer beside the build, compares the convolutions with it,
# and times the Monte Carlo in the virtual patient and, where the real scans are, in a real CT.
set -eu
here=$(dirname "$0")
venv=${VENV:-.build/bench-dose-venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
"$venv/bin/python" "$here/compare.py" "$1" "$venv/scene"
for nuclide in Lu-177 I-131 Y-90; do "$1" montecarlo $nuclide 2000000; done
scan=${THERATRACK_REALDATA:-../shared/realdata}/sts/STS_019
if [ -d "$scan/CT/image" ]; then "$1" scan "$scan/CT/image" "$scan/PET/image" Lu-177 2000000; fi
