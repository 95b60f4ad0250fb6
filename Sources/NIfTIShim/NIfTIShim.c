#include "NIfTIShim.h"

#include <math.h>
#include <nifti/nifti1.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/// b, c and d of the unit quaternion (a, b, c, d) with a >= 0 of a rotation; nifti1.h, METHOD 2.
static void quaternion(double r[3][3], float *b, float *c, float *d) {
  const double diagonal[4] = {
      1 + r[0][0] + r[1][1] + r[2][2], 1 + r[0][0] - r[1][1] - r[2][2],
      1 - r[0][0] + r[1][1] - r[2][2], 1 - r[0][0] - r[1][1] + r[2][2]};
  // The largest of the four squares is at least a quarter, so nothing is divided by little.
  int largest = 0;
  for (int n = 1; n < 4; ++n) {
    if (diagonal[n] > diagonal[largest]) largest = n;
  }
  const double sums[3] = {r[1][0] + r[0][1], r[0][2] + r[2][0], r[2][1] + r[1][2]};
  const double differences[3] = {r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]};
  const double rows[4][4] = {
      {diagonal[0], differences[0], differences[1], differences[2]},
      {differences[0], diagonal[1], sums[0], sums[1]},
      {differences[1], sums[0], diagonal[2], sums[2]},
      {differences[2], sums[1], sums[2], diagonal[3]}};
  const double scale = 0.5 / sqrt(diagonal[largest]);
  const double sign = rows[largest][0] < 0 ? -scale : scale;
  *b = (float)(rows[largest][1] * sign);
  *c = (float)(rows[largest][2] * sign);
  *d = (float)(rows[largest][3] * sign);
}

niftishim_status niftishim_header(const niftishim_image *image, uint8_t *out) {
  nifti_1_header header = {0};
  header.sizeof_hdr = 348;
  header.dim[0] = 3;
  for (int n = 1; n < 8; ++n) header.dim[n] = 1;
  double rotation[3][3];
  for (int n = 0; n < 3; ++n) {
    if (image->size[n] < 1 || image->size[n] > 32767) return NIFTISHIM_BAD_ARGUMENT;
    header.dim[n + 1] = (short)image->size[n];
    const double *m = image->affine;
    const double length = sqrt(m[n] * m[n] + m[4 + n] * m[4 + n] + m[8 + n] * m[8 + n]);
    if (!(length > 0)) return NIFTISHIM_BAD_ARGUMENT;
    header.pixdim[n + 1] = (float)length;
    for (int row = 0; row < 3; ++row) rotation[row][n] = m[4 * row + n] / length;
  }
  // The axes are right-handed, and turning LPS to RAS keeps them so.
  header.pixdim[0] = 1;
  header.datatype = image->sample == NIFTISHIM_UINT16 ? DT_UINT16 : DT_FLOAT32;
  header.bitpix = image->sample == NIFTISHIM_UINT16 ? 16 : 32;
  header.vox_offset = NIFTISHIM_HEADER_BYTES;
  header.scl_slope = 1;
  header.xyzt_units = NIFTI_UNITS_MM | NIFTI_UNITS_SEC;
  strncpy(header.descrip, image->description, sizeof header.descrip - 1);
  header.qform_code = NIFTI_XFORM_SCANNER_ANAT;
  header.sform_code = NIFTI_XFORM_SCANNER_ANAT;
  quaternion(rotation, &header.quatern_b, &header.quatern_c, &header.quatern_d);
  header.qoffset_x = (float)image->affine[3];
  header.qoffset_y = (float)image->affine[7];
  header.qoffset_z = (float)image->affine[11];
  for (int n = 0; n < 4; ++n) {
    header.srow_x[n] = (float)image->affine[n];
    header.srow_y[n] = (float)image->affine[4 + n];
    header.srow_z[n] = (float)image->affine[8 + n];
  }
  memcpy(header.magic, "n+1", 4);
  memset(out, 0, NIFTISHIM_HEADER_BYTES);
  memcpy(out, &header, sizeof header);
  return NIFTISHIM_OK;
}

/// Feeds `count` bytes to the stream, in pieces its 32-bit counters can hold.
static int feed(z_stream *stream, const uint8_t *bytes, size_t count, int isLast) {
  const size_t piece = 1u << 30;
  do {
    const size_t now = count < piece ? count : piece;
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = (uInt)now;
    bytes += now;
    count -= now;
    const int flush = isLast && count == 0 ? Z_FINISH : Z_NO_FLUSH;
    stream->avail_out = piece;
    const int status = deflate(stream, flush);
    if (status != Z_OK && status != Z_STREAM_END) return status;
  } while (count > 0);
  return Z_OK;
}

niftishim_status niftishim_gzip(
    const uint8_t *header, const uint8_t *samples, size_t count, niftishim_bytes *out) {
  out->data = NULL;
  out->count = 0;
  z_stream stream = {0};
  // Level 1: float images hardly shrink more at higher ones. 15 + 16: gzip wrapping.
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return NIFTISHIM_OUT_OF_MEMORY;
  }
  const size_t room = deflateBound(&stream, count + NIFTISHIM_HEADER_BYTES) + 64;
  uint8_t *bytes = malloc(room);
  if (bytes == NULL) {
    deflateEnd(&stream);
    return NIFTISHIM_OUT_OF_MEMORY;
  }
  stream.next_out = bytes;
  int status = feed(&stream, header, NIFTISHIM_HEADER_BYTES, 0);
  if (status == Z_OK) status = feed(&stream, samples, count, 1);
  out->count = (size_t)(stream.next_out - bytes);
  deflateEnd(&stream);
  if (status != Z_OK) {
    free(bytes);
    out->count = 0;
    return NIFTISHIM_FAILED;
  }
  out->data = bytes;
  return NIFTISHIM_OK;
}

void niftishim_free(niftishim_bytes *bytes) {
  free(bytes->data);
  bytes->data = NULL;
  bytes->count = 0;
}
