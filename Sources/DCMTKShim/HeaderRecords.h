/// The header of a data set as flat records with the texts they point to.
#pragma once

#include <string>
#include <vector>

#include "include/DCMTKReader.h"

class DcmItem;

namespace theratrack {

struct HeaderRecords {
  std::vector<dcmreader_record> records;
  std::vector<std::string> texts;
};

/// Records of all elements of `dataset` and, nested, of its sequences.
HeaderRecords flatten(DcmItem &dataset);

}  // namespace theratrack
