#include "DCMTKBulk.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <exception>
#include <new>

#include "FileBytes.h"
#include "StructuralScan.h"

dcmreader_status dcmreader_read_floats(
    const char *path, const dcmreader_step *steps, size_t step_count, uint16_t group,
    uint16_t element, float *out, size_t count) noexcept {
  try {
    theratrack::FileBytes bytes(path);
    // DCMTK would inflate without a limit.
    if (theratrack::scanStructure(bytes).isDeflated) return DCMREADER_UNSUPPORTED_TRANSFER_SYNTAX;
    DcmFileFormat format;
    if (format.loadFile(path).bad()) return DCMREADER_DAMAGED;
    DcmItem *item = format.getDataset();
    for (size_t n = 0; n < step_count; ++n) {
      DcmItem *next = nullptr;
      const DcmTagKey sequence(steps[n].group, steps[n].element);
      if (item->findAndGetSequenceItem(sequence, next, static_cast<long>(steps[n].item)).bad()) {
        return DCMREADER_DAMAGED;
      }
      item = next;
    }
    DcmElement *found = nullptr;
    if (item->findAndGetElement(DcmTagKey(group, element), found).bad() || !found) {
      return DCMREADER_DAMAGED;
    }
    if (found->getLength() != count * sizeof(float)) return DCMREADER_DAMAGED;
    Float32 *values = nullptr;
    if (found->getFloat32Array(values).bad() || !values) return DCMREADER_DAMAGED;
    std::copy(values, values + count, out);
    return DCMREADER_OK;
  } catch (const theratrack::ScanFailure &) {
    return DCMREADER_DAMAGED;
  } catch (const std::bad_alloc &) {
    return DCMREADER_OUT_OF_MEMORY;
  } catch (...) {
    return DCMREADER_INTERNAL;
  }
}
