#include "DCMTKWriter.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>

struct dcmwrite_object {
  DcmFileFormat format;
  /// Sequence items that are open, innermost last; owned by `format`.
  std::vector<DcmItem *> open;

  DcmItem &current() { return open.empty() ? *format.getDataset() : *open.back(); }
};

namespace {

thread_local std::string lastMessage;

dcmwrite_status fail(dcmwrite_status status, const char *text) {
  lastMessage = text;
  return status;
}

/// DCMTK logs to stderr by itself; failures travel through the status instead.
void quietLoggingOnce() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

/// Runs `body`; no C++ exception gets past this point.
template <typename Body>
dcmwrite_status guarded(Body body) noexcept {
  try {
    lastMessage.clear();
    return body();
  } catch (const std::bad_alloc &) {
    return DCMWRITE_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    return fail(DCMWRITE_INTERNAL, error.what());
  } catch (...) {
    return fail(DCMWRITE_INTERNAL, "unknown C++ exception");
  }
}

dcmwrite_status checked(const OFCondition &condition) {
  return condition.good() ? DCMWRITE_OK : fail(DCMWRITE_BAD_ATTRIBUTE, condition.text());
}

}  // namespace

dcmwrite_status dcmwrite_create(dcmwrite_object **out) noexcept {
  return guarded([&] {
    quietLoggingOnce();
    *out = nullptr;
    // Without a dictionary no VR is known and every object would be written as UN.
    const bool haveDictionary = dcmDataDict.isDictionaryLoaded();
    if (!haveDictionary) {
      return fail(
          DCMWRITE_INTERNAL, "DCMTK has no data dictionary; check the variable DCMDICTPATH");
    }
    *out = std::make_unique<dcmwrite_object>().release();
    return DCMWRITE_OK;
  });
}

void dcmwrite_destroy(dcmwrite_object *object) noexcept { delete object; }

dcmwrite_status dcmwrite_put_text(
    dcmwrite_object *object, uint16_t group, uint16_t element, const char *value) noexcept {
  return guarded([&] {
    return checked(object->current().putAndInsertString(DcmTag(group, element), value));
  });
}

dcmwrite_status dcmwrite_put_words(
    dcmwrite_object *object, uint16_t group, uint16_t element, const uint16_t *values,
    size_t count) noexcept {
  return guarded([&] {
    return checked(object->current().putAndInsertUint16Array(
        DcmTag(group, element), values, static_cast<unsigned long>(count)));
  });
}

dcmwrite_status dcmwrite_put_doubles(
    dcmwrite_object *object, uint16_t group, uint16_t element, const double *values,
    size_t count) noexcept {
  return guarded([&] {
    return checked(object->current().putAndInsertFloat64Array(
        DcmTag(group, element), values, static_cast<unsigned long>(count)));
  });
}

dcmwrite_status dcmwrite_put_floats(
    dcmwrite_object *object, uint16_t group, uint16_t element, const float *values,
    size_t count) noexcept {
  return guarded([&] {
    return checked(object->current().putAndInsertFloat32Array(
        DcmTag(group, element), values, static_cast<unsigned long>(count)));
  });
}

dcmwrite_status dcmwrite_put_longs(
    dcmwrite_object *object, uint16_t group, uint16_t element, const uint32_t *values,
    size_t count) noexcept {
  return guarded([&] {
    auto attribute = std::make_unique<DcmUnsignedLong>(DcmTag(group, element));
    const OFCondition put =
        attribute->putUint32Array(values, static_cast<unsigned long>(count));
    if (put.bad()) return checked(put);
    const OFCondition inserted = object->current().insert(attribute.get(), OFTrue);
    if (inserted.good()) attribute.release();
    return checked(inserted);
  });
}

dcmwrite_status dcmwrite_put_tags(
    dcmwrite_object *object, uint16_t group, uint16_t element, const uint16_t *pairs,
    size_t count) noexcept {
  return guarded([&] {
    auto attribute = std::make_unique<DcmAttributeTag>(DcmTag(group, element));
    for (size_t n = 0; n < count; ++n) {
      const DcmTagKey key(pairs[2 * n], pairs[2 * n + 1]);
      const OFCondition put = attribute->putTagVal(key, static_cast<unsigned long>(n));
      if (put.bad()) return checked(put);
    }
    const OFCondition inserted = object->current().insert(attribute.get(), OFTrue);
    if (inserted.good()) attribute.release();
    return checked(inserted);
  });
}

dcmwrite_status dcmwrite_begin_item(
    dcmwrite_object *object, uint16_t group, uint16_t element) noexcept {
  return guarded([&] {
    DcmItem *item = nullptr;
    // −2 appends a new item.
    const OFCondition made =
        object->current().findOrCreateSequenceItem(DcmTag(group, element), item, -2);
    if (made.good()) object->open.push_back(item);
    return checked(made);
  });
}

dcmwrite_status dcmwrite_end_item(dcmwrite_object *object) noexcept {
  return guarded([&] {
    if (object->open.empty()) return fail(DCMWRITE_INTERNAL, "no sequence item is open");
    object->open.pop_back();
    return DCMWRITE_OK;
  });
}

dcmwrite_status dcmwrite_put_empty_sequence(
    dcmwrite_object *object, uint16_t group, uint16_t element) noexcept {
  return guarded([&] {
    return checked(object->current().insertEmptyElement(DcmTag(group, element)));
  });
}

dcmwrite_status dcmwrite_put_pixels(
    dcmwrite_object *object, const uint16_t *words, size_t count) noexcept {
  return guarded([&] {
    return checked(object->format.getDataset()->putAndInsertUint16Array(
        DCM_PixelData, words, static_cast<unsigned long>(count)));
  });
}

dcmwrite_status dcmwrite_save(dcmwrite_object *object, const char *path) noexcept {
  return guarded([&] {
    const std::string temporary = std::string(path) + ".part";
    const OFCondition saved = object->format.saveFile(
        temporary.c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_recalcGL,
        EPD_withoutPadding, 0, 0, EWM_fileformat);
    if (saved.bad()) {
      std::remove(temporary.c_str());
      return fail(DCMWRITE_CANNOT_SAVE, saved.text());
    }
    if (std::rename(temporary.c_str(), path) != 0) {
      const int reason = errno;
      std::remove(temporary.c_str());
      return fail(DCMWRITE_CANNOT_SAVE, std::strerror(reason));
    }
    return DCMWRITE_OK;
  });
}

const char *dcmwrite_last_message(void) noexcept { return lastMessage.c_str(); }
