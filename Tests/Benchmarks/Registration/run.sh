#!/bin/sh
# The registration benchmark: peers in a virtual environment, pairs with known truth, the tables.
# Usage: run.sh TOOL [CACHE]. Environment: SEEDS, SLIDING (seeds of our own
# phantom), GRIDS, REPEATS, PEERS (see bench.py). What is
# in CACHE is used again: 0.7 GB and about two minutes for each seed.
set -eu
tool=$(realpath "$1")
cache=$(realpath -m "${2:-bench/registration}")
here=$(dirname "$(realpath "$0")")
export PYTHONDONTWRITEBYTECODE=1 NUMBA_CACHE_DIR="$cache/numba"
SEEDS=${SEEDS:-7 11 23 31 47}
export SEEDS
mkdir -p "$cache/pairs"

needed="$here/requirements.txt"
case " ${PEERS:-} " in *convexadam*) needed="$needed $here/requirements-convexadam.txt" ;; esac
if ! cat $needed | cmp -s - "$cache/installed.txt"; then
  python3 -m venv "$cache/venv"
  for file in $needed; do "$cache/venv/bin/pip" install --quiet --requirement "$file"; done
  cat $needed >"$cache/installed.txt"
fi

# shellcheck disable=SC2086 # one word per seed
(cd "$here" && "$cache/venv/bin/python" -m phantom.make_pairs "$cache/pairs" $SEEDS >&2)
# Our own virtual patient, whose organs slide along the chest wall: another anatomy.
for seed in ${SLIDING-5 8}; do "$tool" "$cache/pairs/$seed-sliding" phantom "$seed" sliding; SEEDS="$SEEDS $seed-sliding"; done
echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-), load $(cut -d' ' -f1 /proc/loadavg)"
"$cache/venv/bin/python" "$here/bench.py" "$tool" "$cache/pairs" "$cache/results.json"
