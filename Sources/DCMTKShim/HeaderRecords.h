/// The header of a data set as flat records with the texts they point to.
#pragma once

#include <string>
#include <vector>

#include "include/DCMTKReader.h"

class DcmItem;

namespace theratrack {

/// The fewest digits that keep every bit of a number; a float is widened first.
void appendNumber(std::string &text, double number);


class FileBytes;
struct StructuralScan;

/// Values of unknown VR that are longer than this are bulk data, not header facts.
constexpr uint32_t longestUnknown = 4096;

struct HeaderRecords {
  std::vector<dcmreader_record> records;
  /// The texts of all records one after the other.
  std::string texts;

  void clear();
  void add(uint16_t group, uint16_t element, int32_t depth, dcmreader_kind kind, const char *vr);
  /// Gives the last record what was appended to `texts` since it was added.
  void endText();
  /// Points the records into `texts`; to be called once, when all are there.
  void seal();
  /// Whether no text needs the character set: neither bytes above 127 nor escape sequences.
  bool isPlainASCII() const;

 private:
  size_t sealed_ = 0;
};

/// Records of all elements of `dataset` and, nested, of its sequences.
void flatten(DcmItem &dataset, HeaderRecords &out);

/// Records of a plain header straight from its bytes, equal to what `flatten` gives.
///
/// False when anything in it is out of the ordinary: another character set than ASCII, elements
/// out of order, a rare VR, a value of odd length. Then DCMTK has to read it.
bool readPlainHeader(FileBytes &bytes, const StructuralScan &scan, HeaderRecords &out);

}  // namespace theratrack
