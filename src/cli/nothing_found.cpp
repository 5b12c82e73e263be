#include "cli/nothing_found.h"

#include <string>

#include "cli/fields.h"

namespace bobbin::cli {

Result<InProjects> CountProjects(Source& source, const Filters& filters) {
  const Result<std::string> answer = source.Get("/_bobbin/projects");
  if (!answer.ok()) return answer.error();
  json::Document document;
  constexpr int kDepth = 3;
  if (!document.Parse(answer.value(), kDepth).message.empty()) {
    return Internal("The list of projects is no JSON.");
  }
  InProjects sum;
  bool found = filters.project.empty();
  const json::Value list = Member(document.root(), "projects");
  for (json::Value v = list.exists() ? list.first() : list; v.exists();
       v = v.next()) {
    if (!filters.project.empty() &&
        TextOf(v, "project_id") != filters.project) {
      continue;
    }
    found = true;
    sum.calls += IntOf(v, "calls").value_or(0);
    sum.roots += IntOf(v, "roots").value_or(0);
  }
  if (!found) return NotFound("There is no project " + filters.project + ".");
  return sum;
}

}  // namespace bobbin::cli
