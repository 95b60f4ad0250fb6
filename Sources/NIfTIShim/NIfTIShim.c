#include "NIfTIShim.h"

#include <math.h>
#include <nifti/nifti1_io.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

niftishim_status niftishim_header(const niftishim_image *image, uint8_t *out) {
  int dims[8] = {3, 0, 0, 0, 1, 1, 1, 1};
  for (int n = 0; n < 3; ++n) {
    if (image->size[n] < 1 || image->size[n] > 32767) return NIFTISHIM_BAD_ARGUMENT;
    dims[n + 1] = image->size[n];
  }
  nifti_set_debug_level(0);
  const int type = image->sample == NIFTISHIM_UINT16 ? NIFTI_TYPE_UINT16 : NIFTI_TYPE_FLOAT32;
  nifti_image *nim = nifti_make_new_nim(dims, type, 0);
  if (nim == NULL) return NIFTISHIM_OUT_OF_MEMORY;

  mat44 affine = {{{0}}};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      affine.m[row][column] = (float)image->affine[4 * row + column];
    }
  }
  affine.m[3][3] = 1;
  nim->sto_xyz = affine;
  nim->sform_code = NIFTI_XFORM_SCANNER_ANAT;
  nim->qform_code = NIFTI_XFORM_SCANNER_ANAT;
  nifti_mat44_to_quatern(
      affine, &nim->quatern_b, &nim->quatern_c, &nim->quatern_d, &nim->qoffset_x, &nim->qoffset_y,
      &nim->qoffset_z, &nim->dx, &nim->dy, &nim->dz, &nim->qfac);
  nim->pixdim[0] = nim->qfac;
  nim->pixdim[1] = nim->dx;
  nim->pixdim[2] = nim->dy;
  nim->pixdim[3] = nim->dz;
  nim->xyz_units = NIFTI_UNITS_MM;
  nim->time_units = NIFTI_UNITS_SEC;
  nim->nifti_type = NIFTI_FTYPE_NIFTI1_1;
  nim->iname_offset = NIFTISHIM_HEADER_BYTES;
  nim->scl_slope = 1;
  strncpy(nim->descrip, image->description, sizeof nim->descrip - 1);

  struct nifti_1_header header = nifti_convert_nim2nhdr(nim);
  header.vox_offset = NIFTISHIM_HEADER_BYTES;
  nifti_image_free(nim);
  memset(out, 0, NIFTISHIM_HEADER_BYTES);
  memcpy(out, &header, sizeof header);
  return nifti_hdr_looks_good(&header) ? NIFTISHIM_OK : NIFTISHIM_FAILED;
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
