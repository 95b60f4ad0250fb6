/// DCMTK logs attribute values to stderr; ours go through the status.
#pragma once

namespace theratrack {

/// Turns DCMTK's log off, once per process; to be called before anything else of DCMTK.
void quietDCMTK();

}  // namespace theratrack
