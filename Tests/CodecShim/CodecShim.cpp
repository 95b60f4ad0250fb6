#include "include/CodecShim.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <openjpeg-2.5/openjpeg.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace {

using Bytes = std::vector<uint8_t>;

void registerEncodersOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never);
    DJLSEncoderRegistration::registerCodecs();
  });
}

void describe(DcmDataset &dataset, const codecshim_image &image) {
  const auto put = [&](const DcmTagKey &tag, uint32_t value) {
    dataset.putAndInsertUint16(tag, static_cast<Uint16>(value));
  };
  put(DCM_SamplesPerPixel, 1);
  put(DCM_Rows, image.rows);
  put(DCM_Columns, image.columns);
  put(DCM_BitsAllocated, image.bits_allocated);
  put(DCM_BitsStored, image.bits_stored);
  put(DCM_HighBit, image.bits_stored - 1);
  // JPEG and JPEG-LS know no sign: words of two's complement are encoded as they are.
  put(DCM_PixelRepresentation, 0);
  dataset.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
  dataset.putAndInsertString(DCM_SOPClassUID, UID_CTImageStorage);
  dataset.putAndInsertString(DCM_SOPInstanceUID, "1.2.3");
  const unsigned long count = static_cast<unsigned long>(image.rows) * image.columns;
  if (image.bits_allocated == 8) {
    dataset.putAndInsertUint8Array(
        DCM_PixelData, static_cast<const Uint8 *>(image.samples), count);
  } else {
    dataset.putAndInsertUint16Array(
        DCM_PixelData, static_cast<const Uint16 *>(image.samples), count);
  }
}

Bytes encodeByDCMTK(codecshim_kind kind, const codecshim_image &image, int32_t loss) {
  registerEncodersOnce();
  DcmDataset dataset;
  describe(dataset, image);
  const DJ_RPLossless lossless;
  const DJ_RPLossy lossy(loss);
  const DJLSRepresentationParameter near(static_cast<Uint16>(loss), loss == 0);
  const DcmRepresentationParameter *parameter = &lossy;
  E_TransferSyntax syntax = EXS_JPEGProcess1;
  if (kind == CODECSHIM_JPEG_EXTENDED) syntax = EXS_JPEGProcess2_4;
  if (kind == CODECSHIM_JPEG_LOSSLESS) {
    syntax = EXS_JPEGProcess14SV1;
    parameter = &lossless;
  }
  if (kind == CODECSHIM_JPEG_LS) {
    syntax = loss == 0 ? EXS_JPEGLSLossless : EXS_JPEGLSLossy;
    parameter = &near;
  }
  if (dataset.chooseRepresentation(syntax, parameter).bad()) return {};
  DcmElement *element = nullptr;
  if (dataset.findAndGetElement(DCM_PixelData, element).bad()) return {};
  DcmPixelSequence *sequence = nullptr;
  auto *pixels = dynamic_cast<DcmPixelData *>(element);
  if (!pixels || pixels->getEncapsulatedRepresentation(syntax, parameter, sequence).bad()) {
    return {};
  }
  Bytes out;
  for (unsigned long n = 1; n < sequence->card(); ++n) {
    DcmPixelItem *item = nullptr;
    Uint8 *bytes = nullptr;
    if (sequence->getItem(item, n).bad() || item->getUint8Array(bytes).bad()) return {};
    out.insert(out.end(), bytes, bytes + item->getLength());
  }
  return out;
}

OPJ_SIZE_T append(void *buffer, OPJ_SIZE_T count, void *user) {
  auto *out = static_cast<Bytes *>(user);
  const auto *bytes = static_cast<const uint8_t *>(buffer);
  out->insert(out->end(), bytes, bytes + count);
  return count;
}

int32_t sample(const codecshim_image &image, size_t n) {
  const int32_t word = image.bits_allocated == 8 ? static_cast<const uint8_t *>(image.samples)[n]
                                                 : static_cast<const uint16_t *>(image.samples)[n];
  const auto unused = static_cast<int>(32 - image.bits_stored);
  return image.is_signed ? static_cast<int32_t>(static_cast<uint32_t>(word) << unused) >> unused
                         : word;
}

Bytes encodeJPEG2000(const codecshim_image &image, int32_t ratio) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.cp_disto_alloc = 1;
  parameters.tcp_rates[0] = static_cast<float>(ratio);  // 0: lossless
  parameters.irreversible = ratio == 0 ? 0 : 1;
  parameters.numresolution = 3;
  opj_image_cmptparm_t component{};
  component.dx = component.dy = 1;
  component.w = image.columns;
  component.h = image.rows;
  component.prec = image.bits_stored;
  component.sgnd = image.is_signed ? 1 : 0;
  const std::unique_ptr<opj_image_t, void (*)(opj_image_t *)> source(
      opj_image_create(1, &component, OPJ_CLRSPC_GRAY), opj_image_destroy);
  source->x1 = image.columns;
  source->y1 = image.rows;
  for (size_t n = 0; n < static_cast<size_t>(image.rows) * image.columns; ++n) {
    source->comps[0].data[n] = sample(image, n);
  }
  Bytes out;
  const std::unique_ptr<opj_codec_t, void (*)(opj_codec_t *)> codec(
      opj_create_compress(OPJ_CODEC_J2K), opj_destroy_codec);
  const std::unique_ptr<opj_stream_t, void (*)(opj_stream_t *)> stream(
      opj_stream_default_create(OPJ_FALSE), opj_stream_destroy);
  opj_stream_set_user_data(stream.get(), &out, nullptr);
  opj_stream_set_write_function(stream.get(), append);
  const bool done = opj_setup_encoder(codec.get(), &parameters, source.get()) &&
                    opj_start_compress(codec.get(), source.get(), stream.get()) &&
                    opj_encode(codec.get(), stream.get()) &&
                    opj_end_compress(codec.get(), stream.get());
  return done ? out : Bytes{};
}

}  // namespace

size_t codecshim_encode(
    codecshim_kind kind, codecshim_image image, int32_t loss, uint8_t *out,
    size_t capacity) noexcept {
  try {
    const Bytes bytes = kind == CODECSHIM_JPEG_2000 ? encodeJPEG2000(image, loss)
                                                    : encodeByDCMTK(kind, image, loss);
    if (bytes.size() > capacity) return 0;
    std::copy(bytes.begin(), bytes.end(), out);
    return bytes.size();
  } catch (...) {
    return 0;
  }
}

size_t codecshim_deflate(
    const void *bytes, size_t count, size_t repeats, uint8_t *out, size_t capacity) noexcept {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_out = out;
  stream.avail_out = static_cast<uInt>(capacity);
  int state = Z_OK;
  for (size_t n = 0; n < repeats && state == Z_OK; ++n) {
    stream.next_in = const_cast<Bytef *>(static_cast<const Bytef *>(bytes));
    stream.avail_in = static_cast<uInt>(count);
    state = deflate(&stream, n + 1 == repeats ? Z_FINISH : Z_NO_FLUSH);
  }
  const size_t written = state == Z_STREAM_END ? capacity - stream.avail_out : 0;
  deflateEnd(&stream);
  return written;
}
