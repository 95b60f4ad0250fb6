#!/bin/sh
# Fuzzes the readers with libFuzzer and AddressSanitizer.
#   sh Tests/Fuzz/run.sh SECONDS [door|walkers]     (from the top of the project)
# Seeds are written by the tests (SeedObjects); finds land in .build/fuzz/finds.
set -eu

seconds=${1:-60}
targets=${2:-door walkers}
out=.build/fuzz
mkdir -p "$out" "$out/finds" "$out/seeds"
sanitize="-fsanitize=fuzzer-no-link,address"
dcmtk="-ldcmjpeg -ldcmjpls -ldcmimage -ldcmimgle -ldcmdata -loflog -lofstd -lopenjp2"

# The shims, instrumented.
objects=""
for source in Sources/DCMTKShim/*.cpp Sources/VectorShim/*.cpp; do
  object=$out/$(basename "$source").o
  clang++ -std=c++17 -O1 -g $sanitize -I"$(dirname "$source")/include" -c "$source" -o "$object"
  objects="$objects $object"
done
build_door() {
  clang++ -std=c++17 -O1 -g -fsanitize=fuzzer,address -ISources/DCMTKShim/include \
    Tests/Fuzz/DoorFuzzer.cpp $objects $dcmtk -lz -o "$out/door"
}

build_walkers() {
  maps=""
  for shim in DCMTKShim VectorShim; do
    map=$out/$shim.modulemap
    echo "module $shim { umbrella \"$PWD/Sources/$shim/include\" export * }" > "$map"
    maps="$maps -Xcc -fmodule-map-file=$map"
  done
  rooms=""
  flags="-O -wmo -parse-as-library -swift-version 6 -sanitize=fuzzer,address -I $out
    $maps
    -enable-upcoming-feature InternalImportsByDefault"
  for room in Quantities Geometry Kernels Volumes DICOMIO; do
    # shellcheck disable=SC2046,SC2086
    swiftc $flags -module-name "$room" -emit-module -emit-module-path "$out/$room.swiftmodule" \
      -emit-object -o "$out/$room.o" $(find "Sources/$room" -name '*.swift')
    rooms="$rooms $out/$room.o"
  done
  # shellcheck disable=SC2086
  swiftc $flags Tests/Fuzz/WalkerFuzzer.swift $rooms $objects $dcmtk -lz -lstdc++ \
    -o "$out/walkers"
}

for target in $targets; do
  "build_$target"
  mkdir -p "$out/corpus-$target"
  echo "fuzzing $target for $seconds s"
  # The crash reporter of the Swift runtime would hold a crashed process for minutes.
  SWIFT_BACKTRACE=enable=no "$out/$target" "$out/corpus-$target" "$out/seeds" \
    -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 \
    -artifact_prefix="$out/finds/$target-" -print_final_stats=1 -verbosity=0 < /dev/null
done
