/// How failures leave the C door: a status, and a text and a place kept per thread.
#pragma once

#include <new>
#include <string>

#include "StructuralScan.h"
#include "include/DCMTKReader.h"

namespace theratrack {

dcmreader_status fail(dcmreader_status status, const std::string &message);
dcmreader_status fail(const ScanFailure &failure);
void forgetFailure();

/// Runs `body`; no C++ exception gets past this point.
template <typename Body>
dcmreader_status guarded(Body body) noexcept {
  try {
    forgetFailure();
    return body();
  } catch (const ScanFailure &failure) {
    return fail(failure);
  } catch (const std::bad_alloc &) {
    return DCMREADER_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    return fail(DCMREADER_INTERNAL, error.what());
  } catch (...) {
    return fail(DCMREADER_INTERNAL, "unknown C++ exception");
  }
}

}  // namespace theratrack
