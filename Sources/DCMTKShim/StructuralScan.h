/// A cheap walk over the structure of a DICOM file, before anything parses it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "FileBytes.h"

namespace theratrack {

/// Where the walk met an element of the header.
struct ElementPlace {
  enum class Kind : uint8_t { value, sequence, item };
  uint16_t group;
  uint16_t element;
  char vr[2];
  Kind kind;
  uint8_t depth;  // 0 at the top, one more inside each item
  uint32_t length;
  uint64_t valueOffset;
};

/// What the walk found out.
struct StructuralScan {
  std::string transferSyntax;  // UID, or empty when the file does not say
  bool hasPreamble = false;    // a real preamble, "DICM" and group 0002
  bool hasMetaHeader = false;  // group 0002 with a transfer syntax
  bool bigEndian = false;      // of the data set
  bool explicitVR = true;      // of the data set
  bool isDeflated = false;     // then nothing behind the meta header has been walked
  uint64_t dataSetOffset = 0;
  uint64_t pixelOffset = 0;    // of the value of Pixel Data; 0 when there is none
  uint64_t pixelLength = 0;
  uint16_t pixelElement = 0;  // 0x0010 Pixel Data, 0x0008 Float, 0x0009 Double Float
  bool pixelsEncapsulated = false;
  uint64_t fragments = 0;     // of encapsulated pixels, without the offset table
  char pixelVR[3] = {0, 0, 0};
  /// The elements before the pixels, in file order. Empty when the header is not plain.
  std::vector<ElementPlace> places;
  /// Whether the header is in Explicit VR Little Endian behind a meta header, of ordinary size,
  /// and without sequences in disguise. Such a header needs no parser: `places` is all of it.
  bool isPlain = true;
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
///   that hold it, or sequences nest deeper than any real object.
StructuralScan scanStructure(FileBytes &bytes);

/// Walks a data set in Explicit VR Little Endian without preamble and meta header.
StructuralScan scanBareDataSet(FileBytes &bytes);

/// For other parts that refuse a file: what was wrong at Pixel Data.
[[noreturn]] inline void refusePixels(const std::string &why) {
  throw ScanFailure(ScanFailure::Reason::damaged, why, 0x7FE0, 0x0010);
}

}  // namespace theratrack
