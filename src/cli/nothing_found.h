// What to say where nothing was found.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "cli/filters.h"
#include "cli/source.h"

namespace bobbin::cli {

// What there is without the other filters.
struct InProjects {
  int64_t calls = 0;
  int64_t roots = 0;  // those among them without a parent
};

//   kNotFound  the filters name a project that is not there.
Result<InProjects> CountProjects(Source& source, const Filters& filters);

}  // namespace bobbin::cli
