/// Compressed frames through DCMTK's codecs, one at a time.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <memory>
#include <mutex>

#include "FrameShape.h"
#include "QuietDCMTK.h"
#include "StructuralScan.h"

namespace theratrack {
namespace {

void registerCodecsOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    quietDCMTK();
    DcmRLEDecoderRegistration::registerCodecs();
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
  });
}

/// A data set that holds nothing but one frame: the codecs want one, and a whole multi-frame
/// file would have to be parsed again for each of its frames.
std::unique_ptr<DcmDataset> singleFrame(
    E_TransferSyntax syntax, const std::vector<uint8_t> &frame, const FrameShape &shape) {
  auto dataset = std::make_unique<DcmDataset>();
  const auto put = [&](const DcmTagKey &tag, uint32_t value) {
    dataset->putAndInsertUint16(tag, static_cast<Uint16>(value));
  };
  put(DCM_SamplesPerPixel, 1);
  put(DCM_Rows, shape.rows);
  put(DCM_Columns, shape.columns);
  put(DCM_BitsAllocated, shape.bitsAllocated);
  put(DCM_BitsStored, shape.bitsStored);
  put(DCM_HighBit, shape.bitsStored - 1);
  put(DCM_PixelRepresentation, shape.isSigned ? 1 : 0);
  dataset->putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
  std::vector<uint8_t> even(frame);
  if (even.size() % 2 != 0) even.push_back(0);
  auto sequence = std::make_unique<DcmPixelSequence>(DCM_PixelSequenceTag);
  sequence->insert(new DcmPixelItem(DCM_PixelItemTag));  // the offset table, empty
  auto item = std::make_unique<DcmPixelItem>(DCM_PixelItemTag);
  if (item->putUint8Array(even.data(), static_cast<unsigned long>(even.size())).bad()) {
    throw std::bad_alloc();
  }
  sequence->insert(item.release());
  auto pixels = std::make_unique<DcmPixelData>(DCM_PixelData);
  pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
  dataset->insert(pixels.release(), OFTrue);
  return dataset;
}

void decodeByDCMTK(
    E_TransferSyntax syntax, const std::vector<uint8_t> &frame, const FrameShape &shape,
    uint8_t *out) {
  registerCodecsOnce();
  const auto dataset = singleFrame(syntax, frame, shape);
  DcmElement *element = nullptr;
  if (dataset->findAndGetElement(DCM_PixelData, element).bad()) throw std::bad_alloc();
  // The codecs round an odd size up.
  std::vector<uint8_t> rounded;
  const size_t bytes = shape.bytes();
  if (bytes % 2 != 0) rounded.resize(bytes + 1);
  uint8_t *target = rounded.empty() ? out : rounded.data();
  Uint32 fragment = 0;
  OFString colourModel;
  const OFCondition status = element->getUncompressedFrame(
      dataset.get(), 0, fragment, target, static_cast<Uint32>(bytes + bytes % 2), colourModel);
  if (status.bad()) refusePixels(std::string("a frame cannot be decoded: ") + status.text());
  if (!rounded.empty()) std::copy(target, target + bytes, out);
}

}  // namespace

Compression compressionOf(const std::string &transferSyntax) {
  switch (DcmXfer(transferSyntax.c_str()).getXfer()) {
    case EXS_RLELossless: return Compression::runLength;
    case EXS_JPEGProcess1: case EXS_JPEGProcess2_4: case EXS_JPEGProcess6_8:
    case EXS_JPEGProcess10_12: case EXS_JPEGProcess14: case EXS_JPEGProcess14SV1:
      return Compression::jpeg;
    case EXS_JPEGLSLossless: case EXS_JPEGLSLossy: return Compression::jpegLS;
    case EXS_JPEG2000LosslessOnly: case EXS_JPEG2000: return Compression::jpeg2000;
    default: return Compression::unsupported;
  }
}

void decodeFrame(
    const std::string &transferSyntax, const std::vector<uint8_t> &frame, const FrameShape &shape,
    uint8_t *out) {
  const Compression compression = compressionOf(transferSyntax);
  if (compression == Compression::unsupported) {
    const DcmXfer known(transferSyntax.c_str());
    throw ScanFailure(
        ScanFailure::Reason::unsupportedTransferSyntax,
        known.getXfer() == EXS_Unknown ? transferSyntax : known.getXferName(), 2, 0x10);
  }
  checkClaims(compression, frame, shape);
  if (compression == Compression::jpeg2000) return decodeJPEG2000(frame, shape, out);
  decodeByDCMTK(DcmXfer(transferSyntax.c_str()).getXfer(), frame, shape, out);
}

}  // namespace theratrack
