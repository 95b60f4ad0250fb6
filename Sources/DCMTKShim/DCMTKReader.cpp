#include "include/DCMTKReader.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "HeaderRecords.h"
#include "StructuralScan.h"

using theratrack::ScanFailure;
using theratrack::StructuralScan;

namespace {

thread_local std::string lastMessage;
thread_local dcmreader_place lastPlace;

dcmreader_status fail(dcmreader_status status, const std::string &message) {
  lastMessage = message;
  return status;
}

dcmreader_status statusOf(const ScanFailure &failure) {
  lastPlace = {failure.group, failure.element};
  switch (failure.reason) {
    case ScanFailure::Reason::cannotOpen: return fail(DCMREADER_CANNOT_OPEN, failure.what());
    case ScanFailure::Reason::notDICOM: return fail(DCMREADER_NOT_DICOM, failure.what());
    case ScanFailure::Reason::damaged: return fail(DCMREADER_DAMAGED, failure.what());
    case ScanFailure::Reason::unsupportedTransferSyntax:
      return fail(DCMREADER_UNSUPPORTED_TRANSFER_SYNTAX, failure.what());
  }
  return fail(DCMREADER_INTERNAL, failure.what());
}

/// Runs `body`; no C++ exception gets past this point.
template <typename Body>
dcmreader_status guarded(Body body) noexcept {
  try {
    lastMessage.clear();
    lastPlace = {0, 0};
    return body();
  } catch (const ScanFailure &failure) {
    return statusOf(failure);
  } catch (const std::bad_alloc &) {
    return DCMREADER_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    return fail(DCMREADER_INTERNAL, error.what());
  } catch (...) {
    return fail(DCMREADER_INTERNAL, "unknown C++ exception");
  }
}

/// DCMTK logs attribute values to stderr; ours go through the status. Codecs once per process.
void prepareOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DcmRLEDecoderRegistration::registerCodecs();
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
  });
}

}  // namespace

struct dcmreader_file {
  StructuralScan scan;
  DcmFileFormat format;
  std::string transferSyntaxName;
  theratrack::HeaderRecords header;
};

namespace {

constexpr Uint32 keptInMemory = 1u << 16;

bool isASCII(const dcmreader_file &file) {
  return std::all_of(file.header.texts.begin(), file.header.texts.end(), [](const std::string &text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  });
}

/// The encoding for a file that does not name its own.
E_TransferSyntax syntax(const StructuralScan &scan) {
  if (scan.hasMetaHeader) return EXS_Unknown;
  if (!scan.explicitVR) return scan.bigEndian ? EXS_Unknown : EXS_LittleEndianImplicit;
  return scan.bigEndian ? EXS_BigEndianExplicit : EXS_LittleEndianExplicit;
}

OFCondition load(dcmreader_file &file, const char *path, bool withPixels) {
  // A bare data set may hold "DICM" at byte 128 by chance; the scan knows better.
  const E_FileReadMode mode = file.scan.hasPreamble ? ERM_autoDetect : ERM_dataset;
  const DcmTagKey stop = withPixels ? DCM_UndefinedTagKey : DcmTagKey(0x7FE0, 0x0001);
  return file.format.loadFileUntilTag(
      path, syntax(file.scan), EGL_noChange, keptInMemory, mode, stop);
}

int32_t swapWidth(const StructuralScan &scan) {
  if (!scan.bigEndian) return 1;
  const std::string vr(scan.pixelVR);
  if (vr == "OB" || vr == "UN") return 1;
  return vr == "OL" || vr == "OF" ? 4 : 2;
}

/// Native samples go straight into the caller's buffer: no copy, no parsing.
dcmreader_status readNative(
    const char *path, const dcmreader_pixels &pixels, size_t bytes, uint64_t start, void *out) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(DCMREADER_CANNOT_OPEN, "the file cannot be opened again");
  auto *target = static_cast<uint8_t *>(out);
  size_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::pread(
        descriptor, target + done, bytes - done,
        static_cast<off_t>(pixels.offset + start + done));
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  ::close(descriptor);
  if (done < bytes) return fail(DCMREADER_NO_PIXELS, "the file ends inside Pixel Data");
  const auto width = static_cast<size_t>(pixels.swap_width);
  for (size_t n = 0; width > 1 && n + width <= bytes; n += width) {
    std::reverse(target + n, target + n + width);
  }
  return DCMREADER_OK;
}

dcmreader_status decode(
    const char *path, size_t frameBytes, size_t first, size_t count, void *out) {
  dcmreader_file file;
  file.scan = theratrack::scanStructure(path);
  if (load(file, path, true).bad()) return fail(DCMREADER_DAMAGED, "DCMTK cannot parse the file");
  DcmElement *element = nullptr;
  DcmDataset *dataset = file.format.getDataset();
  if (dataset->findAndGetElement(DCM_PixelData, element).bad()) {
    return fail(DCMREADER_NO_PIXELS, "there is no Pixel Data");
  }
  Uint32 fragment = 0;
  auto *target = static_cast<uint8_t *>(out);
  for (size_t n = 0; n < count; ++n) {
    OFString colourModel;
    const OFCondition status = element->getUncompressedFrame(
        dataset, static_cast<Uint32>(first + n), fragment, target + n * frameBytes,
        static_cast<Uint32>(frameBytes), colourModel);
    if (status == EC_CannotChangeRepresentation || status == EC_UnsupportedEncoding) {
      return fail(DCMREADER_UNSUPPORTED_TRANSFER_SYNTAX,
                  DcmXfer(dataset->getOriginalXfer()).getXferName());
    }
    if (status.bad()) {
      return fail(DCMREADER_DAMAGED, std::string("a frame cannot be decoded: ") + status.text());
    }
  }
  return DCMREADER_OK;
}

}  // namespace

dcmreader_status dcmreader_open(const char *path, dcmreader_file **out) noexcept {
  *out = nullptr;
  return guarded([&] {
    prepareOnce();
    auto file = std::make_unique<dcmreader_file>();
    file->scan = theratrack::scanStructure(path);
    const OFCondition status = load(*file, path, false);
    if (status.bad()) return fail(DCMREADER_DAMAGED, "DCMTK cannot parse its data set");
    file->transferSyntaxName =
        DcmXfer(file->format.getDataset()->getOriginalXfer()).getXferName();
    file->header = theratrack::flatten(*file->format.getDataset());
    if (!isASCII(*file) && file->format.getDataset()->convertToUTF8().good()) {
      file->header = theratrack::flatten(*file->format.getDataset());
    }
    file->format.clear();
    *out = file.release();
    return DCMREADER_OK;
  });
}

void dcmreader_close(dcmreader_file *file) noexcept { delete file; }

size_t dcmreader_record_count(const dcmreader_file *file) noexcept {
  return file->header.records.size();
}

dcmreader_record dcmreader_record_at(const dcmreader_file *file, size_t n) noexcept {
  return n < file->header.records.size() ? file->header.records[n] : dcmreader_record{};
}

dcmreader_pixels dcmreader_pixel_location(const dcmreader_file *file) noexcept {
  return {file->scan.pixelOffset, file->scan.pixelLength,
          file->scan.pixelsEncapsulated ? 1 : 0, swapWidth(file->scan)};
}

const char *dcmreader_transfer_syntax(const dcmreader_file *file) noexcept {
  return file->transferSyntaxName.c_str();
}

int32_t dcmreader_has_meta_header(const dcmreader_file *file) noexcept {
  return file->scan.hasMetaHeader ? 1 : 0;
}

dcmreader_status dcmreader_read_frames(
    const char *path, dcmreader_pixels pixels, size_t frame_bytes, size_t first, size_t count,
    void *out) noexcept {
  return guarded([&] {
    prepareOnce();
    if (pixels.offset == 0) return fail(DCMREADER_NO_PIXELS, "there is no Pixel Data");
    if (pixels.encapsulated) return decode(path, frame_bytes, first, count, out);
    const size_t bytes = frame_bytes * count;
    const uint64_t start = static_cast<uint64_t>(frame_bytes) * first;
    if (start + bytes > pixels.length) {
      return fail(DCMREADER_NO_PIXELS, "Pixel Data is shorter than its rows, columns and frames");
    }
    return readNative(path, pixels, bytes, start, out);
  });
}

const char *dcmreader_last_message(void) noexcept { return lastMessage.c_str(); }

dcmreader_place dcmreader_last_place(void) noexcept { return lastPlace; }

size_t dcmreader_dictionary_count(void) noexcept {
  // Counting walks the whole dictionary, so it is done once.
  static const size_t entries = [] {
    const DcmDataDictionary &dictionary = dcmDataDict.rdlock();
    const int count = dictionary.numberOfEntries();
    dcmDataDict.rdunlock();
    return count > 0 ? static_cast<size_t>(count) : size_t{0};
  }();
  return entries;
}
