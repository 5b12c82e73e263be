#include "control/control.h"

namespace bobbin::control {

Status Control::CheckMayHarm() const {
  if (options_.may_harm) return {};
  return Error{Code::kForbidden,
               "This server keeps its traces in a file: start it with "
               "--control to allow this, or use --ephemeral.",
               "Forbidden"};
}

}  // namespace bobbin::control
