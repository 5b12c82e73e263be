// Calls, as many as the filters name, in forms for other tools.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "cli/filters.h"
#include "cli/source.h"

namespace bobbin::cli {

enum class CallsForm {
  kCsv,   // cli/call_csv.h; the names of the columns come first, once
  kOtlp,  // cli/call_otlp.h: lines of JSON
};

// Writes the calls that the filters name, project after project, each in
// start order, to `write`, until that returns false, which is no error: who
// wrote knows why. Returns how many calls were written. They are held a few
// at a time; each project is seen as it is when its turn comes.
//   kNotFound  the project does not exist.
//   kInvalid   a filter makes no sense.
//   and what a Source says. Part of it may be written by then.
Result<int64_t> ExportCalls(Source& source, const Filters& filters,
                            int64_t now_us, CallsForm form,
                            const std::function<bool(std::string_view)>& write);

}  // namespace bobbin::cli
