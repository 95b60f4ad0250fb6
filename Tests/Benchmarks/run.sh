#!/bin/sh
# Time by stage and peak memory of `theratrack run` on the small and the clinical demo course.
# Usage: run.sh TOOL [SIZE…]; courses are kept in bench/ and made only once.
set -eu
tool=$1
shift
sizes=${*:-small clinical}

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-)"
for size in $sizes; do
  course=bench/$size
  if [ ! -e "$course/truth.json" ]; then
    mkdir -p "$course"
    start=$(date +%s.%N)
    "$tool" phantom --size "$size" --seed 7 -o "$course" >/dev/null
    echo "$size: course written in $(echo "$(date +%s.%N) - $start" | bc 2>/dev/null || echo '?') s, $(du -sm "$course" | cut -f1) MB"
  fi
  "$tool" index "$course/dicom" --course "$course/course.yaml" --replace --pet-resolution 6mm \
    --spect-resolution 11mm --limits ../../plugins/limits/lu177-kidney-marrow.yaml >/dev/null
  for repeat in 1 2 3; do
    rm -rf "$course/results"
    "$tool" run "$course/course.yaml" -o "$course/results" --json >"$course/run$repeat.json" || [ $? -eq 3 ]
  done
  "$tool" run "$course/course.yaml" -o "$course/results" --json >"$course/again.json" || [ $? -eq 3 ]
  python3 - "$size" "$course" <<'PY'
import json, statistics, sys
size, course = sys.argv[1:]
runs = [json.load(open(f"{course}/run{n}.json")) for n in (1, 2, 3)]
again = json.load(open(f"{course}/again.json"))
names = list(dict.fromkeys(e["stage"] for e in runs[0]["stages"]))
def seconds(run, name=None):
    return sum(e["seconds"] for e in run["stages"] if name in (None, e["stage"]))
for name in names:
    print(f"{size}: {name:10s} {statistics.median(seconds(r, name) for r in runs):7.2f} s")
print(f"{size}: whole run  {statistics.median(seconds(r) for r in runs):7.2f} s (median of 3), "
      f"peak {max(r['peak_memory_MB'] for r in runs):.0f} MB; again, nothing changed: {seconds(again):.2f} s")
PY
done
