#include "api/checks.h"

#include <string>

#include "model/ref.h"

namespace bobbin::api {

Status CheckProjectId(std::string_view project_id) {
  if (model::IsProjectId(project_id)) return {};
  return Invalid("Invalid project_id: '" + std::string(project_id) +
                 "'. Expected entity/project");
}

}  // namespace bobbin::api
