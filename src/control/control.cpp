#include "control/control.h"

namespace bobbin::control {

Status Control::CheckMayHarm() const {
  if (options_.may_harm) return {};
  return Error{Code::kForbidden,
               "This server keeps its traces in a file: start it with "
               "--control to allow this, or use --ephemeral.",
               "Forbidden"};
}

int64_t Control::Forget(const std::optional<std::string>& project_id) {
  tally_.Clear(project_id);
  return journal_.Clear(project_id);
}

}  // namespace bobbin::control
