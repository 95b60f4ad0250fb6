/// JPEG 2000 frames through OpenJPEG, which DCMTK has no part of.
#include <openjpeg-2.5/openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "FrameShape.h"
#include "StructuralScan.h"

namespace theratrack {
namespace {

struct Source {
  const uint8_t *bytes;
  size_t size;
  size_t at;
};

OPJ_SIZE_T readSource(void *buffer, OPJ_SIZE_T count, void *user) {
  auto *source = static_cast<Source *>(user);
  const size_t left = source->size - source->at;
  if (left == 0) return static_cast<OPJ_SIZE_T>(-1);
  const size_t taken = std::min<size_t>(count, left);
  std::memcpy(buffer, source->bytes + source->at, taken);
  source->at += taken;
  return taken;
}

OPJ_OFF_T skipSource(OPJ_OFF_T count, void *user) {
  auto *source = static_cast<Source *>(user);
  if (count < 0 || static_cast<uint64_t>(count) > source->size - source->at) return -1;
  source->at += static_cast<size_t>(count);
  return count;
}

OPJ_BOOL seekSource(OPJ_OFF_T place, void *user) {
  auto *source = static_cast<Source *>(user);
  if (place < 0 || static_cast<uint64_t>(place) > source->size) return OPJ_FALSE;
  source->at = static_cast<size_t>(place);
  return OPJ_TRUE;
}

using Stream = std::unique_ptr<opj_stream_t, void (*)(opj_stream_t *)>;
using Codec = std::unique_ptr<opj_codec_t, void (*)(opj_codec_t *)>;
using Image = std::unique_ptr<opj_image_t, void (*)(opj_image_t *)>;

Stream openStream(Source &source) {
  Stream stream(opj_stream_default_create(OPJ_TRUE), opj_stream_destroy);
  if (!stream) throw std::bad_alloc();
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), source.size);
  opj_stream_set_read_function(stream.get(), readSource);
  opj_stream_set_skip_function(stream.get(), skipSource);
  opj_stream_set_seek_function(stream.get(), seekSource);
  return stream;
}

/// Writes samples as words of `bytesPerSample`, low byte first. A component that is unsigned
/// while the header says signed holds the bits of two's complement, in its own precision.
void store(const opj_image_comp_t &component, const FrameShape &shape, uint8_t *out) {
  const size_t bytesPerSample = shape.bitsAllocated / 8;
  const bool reinterpret = shape.isSigned && !component.sgnd && component.prec < 32;
  const auto unused = static_cast<int>(32 - component.prec);
  for (size_t n = 0; n < shape.samples(); ++n) {
    auto value = static_cast<uint32_t>(component.data[n]);
    if (reinterpret) value = static_cast<uint32_t>(static_cast<int32_t>(value << unused) >> unused);
    std::memcpy(out + n * bytesPerSample, &value, bytesPerSample);
  }
}

}  // namespace

void decodeJPEG2000(const std::vector<uint8_t> &frame, const FrameShape &shape, uint8_t *out) {
  Source source{frame.data(), frame.size(), 0};
  const Stream stream = openStream(source);
  const Codec codec(opj_create_decompress(OPJ_CODEC_J2K), opj_destroy_codec);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t *read = nullptr;
  const bool begun = codec && opj_setup_decoder(codec.get(), &parameters) &&
                     opj_read_header(stream.get(), codec.get(), &read);
  const Image image(read, opj_image_destroy);
  if (!begun || !image) refusePixels("the header of a JPEG 2000 frame is damaged");
  if (!opj_decode(codec.get(), stream.get(), image.get())) {
    refusePixels("a JPEG 2000 frame cannot be decoded");
  }
  const opj_image_comp_t &component = image->comps[0];
  const bool fits = image->numcomps == 1 && component.data && component.w == shape.columns &&
                    component.h == shape.rows && component.prec <= shape.bitsAllocated;
  if (!fits) refusePixels("a JPEG 2000 frame is not the image that the header declares");
  store(component, shape, out);
}

}  // namespace theratrack
