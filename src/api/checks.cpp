#include "api/checks.h"

#include <string>

namespace bobbin::api {

Status CheckProjectId(std::string_view project_id) {
  const size_t slash = project_id.find('/');
  if (slash == std::string_view::npos || slash == 0 ||
      slash + 1 == project_id.size()) {
    return Invalid("Invalid project_id: '" + std::string(project_id) +
                   "'. Expected entity/project");
  }
  return {};
}

}  // namespace bobbin::api
