/// The half of the C door that reads headers.
#include "include/DCMTKReader.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>

#include <memory>
#include <mutex>
#include <string>

#include "Failure.h"
#include "FileBytes.h"
#include "HeaderRecords.h"
#include "InflatedFile.h"
#include "QuietDCMTK.h"
#include "StructuralScan.h"

using namespace theratrack;

struct dcmreader_file {
  StructuralScan scan;
  bool isDeflated = false;
  bool hasMetaHeader = false;
  std::string transferSyntaxName;
  HeaderRecords header;
};

namespace theratrack {

void quietDCMTK() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

}  // namespace theratrack

namespace {

constexpr Uint32 keptInMemory = 1u << 16;

/// Counting walks the whole dictionary, so it is done once.
bool hasDictionary() {
  static const bool found = [] {
    const DcmDataDictionary &dictionary = dcmDataDict.rdlock();
    const int count = dictionary.numberOfEntries();
    dcmDataDict.rdunlock();
    return count > 0;
  }();
  return found;
}

/// The encoding for a file that does not name its own.
E_TransferSyntax syntax(const StructuralScan &scan) {
  if (scan.hasMetaHeader) return EXS_Unknown;
  if (!scan.explicitVR) return scan.bigEndian ? EXS_Unknown : EXS_LittleEndianImplicit;
  return scan.bigEndian ? EXS_BigEndianExplicit : EXS_LittleEndianExplicit;
}

/// Any header at all, with its texts converted to UTF-8.
dcmreader_status readByDCMTK(dcmreader_file &file, const char *path) {
  quietDCMTK();
  if (!hasDictionary()) return fail(DCMREADER_NO_DICTIONARY, "DCMTK has no data dictionary");
  DcmFileFormat format;
  // A bare data set may hold "DICM" at byte 128 by chance; the scan knows better.
  const E_FileReadMode mode = file.scan.hasPreamble ? ERM_autoDetect : ERM_dataset;
  const OFCondition status = format.loadFileUntilTag(
      path, syntax(file.scan), EGL_noChange, keptInMemory, mode, DcmTagKey(0x7FE0, 0x0001));
  if (status.bad()) return fail(DCMREADER_DAMAGED, "DCMTK cannot parse its data set");
  DcmDataset *dataset = format.getDataset();
  if (file.transferSyntaxName.empty()) {
    file.transferSyntaxName = DcmXfer(dataset->getOriginalXfer()).getXferName();
  }
  flatten(*dataset, file.header);
  if (!file.header.isPlainASCII() && dataset->convertToUTF8().good()) {
    flatten(*dataset, file.header);
  }
  return DCMREADER_OK;
}

dcmreader_status readInflated(dcmreader_file &file, const FileBytes &bytes) {
  file.isDeflated = true;
  const InflatedFile inflated(bytes, file.scan.dataSetOffset);
  FileBytes inside(inflated.path().c_str());
  file.scan = scanBareDataSet(inside);
  return readByDCMTK(file, inflated.path().c_str());
}

std::string syntaxName(const std::string &uid) {
  if (uid.empty()) return "";
  const DcmXfer syntax(uid.c_str());
  return syntax.getXfer() == EXS_Unknown ? uid : syntax.getXferName();
}

int32_t swapWidth(const StructuralScan &scan) {
  if (!scan.bigEndian) return 1;
  const std::string vr(scan.pixelVR);
  if (vr == "OB" || vr == "UN") return 1;
  return vr == "OL" || vr == "OF" ? 4 : 2;
}

}  // namespace

dcmreader_status dcmreader_open(
    const char *path, dcmreader_parser parser, dcmreader_file **out) noexcept {
  *out = nullptr;
  return guarded([&] {
    auto file = std::make_unique<dcmreader_file>();
    FileBytes bytes(path);
    file->scan = scanStructure(bytes);
    file->hasMetaHeader = file->scan.hasMetaHeader;
    file->transferSyntaxName = syntaxName(file->scan.transferSyntax);
    dcmreader_status status = DCMREADER_OK;
    if (file->scan.isDeflated) {
      status = readInflated(*file, bytes);
    } else if (parser == DCMREADER_DCMTK || !readPlainHeader(bytes, file->scan, file->header)) {
      status = readByDCMTK(*file, path);
    }
    if (status == DCMREADER_OK) *out = file.release();
    return status;
  });
}

void dcmreader_close(dcmreader_file *file) noexcept { delete file; }

size_t dcmreader_record_count(const dcmreader_file *file) noexcept {
  return file->header.records.size();
}

const dcmreader_record *dcmreader_records(const dcmreader_file *file) noexcept {
  return file->header.records.data();
}

dcmreader_pixels dcmreader_pixel_location(const dcmreader_file *file) noexcept {
  const StructuralScan &scan = file->scan;
  return {scan.pixelOffset, scan.pixelLength, scan.fragments, scan.pixelsEncapsulated ? 1 : 0,
          file->isDeflated ? 1 : 0, swapWidth(scan), scan.pixelElement == 0x0008 ? 1 : 0};
}

const char *dcmreader_transfer_syntax(const dcmreader_file *file) noexcept {
  return file->transferSyntaxName.c_str();
}

int32_t dcmreader_has_meta_header(const dcmreader_file *file) noexcept {
  return file->hasMetaHeader ? 1 : 0;
}
