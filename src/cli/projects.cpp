#include "cli/projects.h"

#include <utility>

#include "cli/fields.h"

namespace bobbin::cli {

Result<std::vector<ProjectCounts>> ReadProjects(Source& source,
                                                const std::string& wanted) {
  const Result<std::string> answer = source.Get("/_bobbin/projects");
  if (!answer.ok()) return answer.error();
  json::Document document;
  constexpr int kDepth = 3;
  if (!document.Parse(answer.value(), kDepth).message.empty()) {
    return Internal("The list of projects is no JSON.");
  }
  std::vector<ProjectCounts> projects;
  const json::Value list = Member(document.root(), "projects");
  for (json::Value v = list.exists() ? list.first() : list; v.exists();
       v = v.next()) {
    std::string id = TextOf(v, "project_id");
    if (!wanted.empty() && wanted != id) continue;
    projects.push_back({.project_id = std::move(id),
                        .calls = IntOf(v, "calls").value_or(0),
                        .roots = IntOf(v, "roots").value_or(0)});
  }
  if (projects.empty() && !wanted.empty()) {
    return NotFound("There is no project " + wanted + ".");
  }
  return projects;
}

}  // namespace bobbin::cli
