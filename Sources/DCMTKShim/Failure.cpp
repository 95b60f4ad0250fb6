#include "Failure.h"

namespace theratrack {
namespace {

thread_local std::string lastMessage;
thread_local dcmreader_place lastPlace;

}  // namespace

dcmreader_status fail(dcmreader_status status, const std::string &message) {
  lastMessage = message;
  return status;
}

dcmreader_status fail(const ScanFailure &failure) {
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

void forgetFailure() {
  lastMessage.clear();
  lastPlace = {0, 0};
}

}  // namespace theratrack

const char *dcmreader_last_message(void) noexcept { return theratrack::lastMessage.c_str(); }

dcmreader_place dcmreader_last_place(void) noexcept { return theratrack::lastPlace; }
