/// A cheap walk over the structure of a DICOM file, before anything parses it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace theratrack {

/// What the walk found out.
struct StructuralScan {
  std::string transferSyntax;  // UID, or empty when the file does not say
  bool hasPreamble = false;    // a real preamble, "DICM" and group 0002
  bool hasMetaHeader = false;  // group 0002 with a transfer syntax
  bool bigEndian = false;      // of the data set
  bool explicitVR = true;      // of the data set
  uint64_t pixelOffset = 0;    // of the value of Pixel Data; 0 when there is none
  uint64_t pixelLength = 0;
  bool pixelsEncapsulated = false;
  char pixelVR[3] = {0, 0, 0};
};

/// Why a file is refused. `group` and `element` say where, 0 when nowhere in particular.
struct ScanFailure : std::runtime_error {
  enum class Reason { cannotOpen, notDICOM, damaged, unsupportedTransferSyntax };
  Reason reason;
  uint16_t group;
  uint16_t element;
  ScanFailure(Reason why, const std::string &text, uint16_t g = 0, uint16_t e = 0)
      : std::runtime_error(text), reason(why), group(g), element(e) {}
};

/// Walks all elements, skipping values.
///
/// - Throws: `ScanFailure` when the file is no DICOM file, a declared length exceeds the bytes
///   that hold it, sequences nest deeper than any real object, or the syntax is deflated.
StructuralScan scanStructure(const char *path);

}  // namespace theratrack
