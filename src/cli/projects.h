// The projects that there are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/source.h"

namespace bobbin::cli {

struct ProjectCounts {
  std::string project_id;
  int64_t calls = 0;
  int64_t roots = 0;  // those among them without a parent
};

// All of them, or the one that is `wanted`.
//   kNotFound  that one is not there.
Result<std::vector<ProjectCounts>> ReadProjects(Source& source,
                                                const std::string& wanted);

}  // namespace bobbin::cli
