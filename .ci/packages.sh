#!/bin/sh
# Installs the Debian packages that are missing, and says which and why. Uses sudo only if not root.
set -eu

wanted="libdcmtk-dev:reads_and_writes_DICOM
libopenjp2-7-dev:reads_JPEG_2000_images
zlib1g-dev:reads_deflated_DICOM_files
libpng-dev:reads_pictures_back
libdeflate-dev:writes_pictures_several_times_as_fast_as_zlib
libssl-dev:SHA-256_of_the_input_files
libsqlite3-dev:keeps_the_results
libnifti2-dev:writes_NIfTI"

missing=""
for line in $wanted; do
  package=${line%%:*}
  if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
    echo "needs $package: $(echo "${line#*:}" | tr _ ' ')"
    missing="$missing $package"
  fi
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install$missing as root, then run make again" >&2; exit 1; }
  as_root=sudo
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
