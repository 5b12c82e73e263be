// Calls in forms that other tools read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/filters.h"
#include "cli/source.h"

namespace bobbin::cli {

enum class CallsForm {
  kCsv,   // cli/call_csv.h
  kOtlp,  // cli/call_otlp.h
};

// Writes all calls that the filters name, project by project, and in each the
// oldest first; in memory that does not grow with them. `write` returns false
// when no more is wanted. Returns how many calls were written.
//   kNotFound  there is no such project.
//   kInvalid   a filter makes no sense.
Result<int64_t> ExportCalls(Source& source, const Filters& filters,
                            int64_t now_us, CallsForm form,
                            const std::function<bool(std::string_view)>& write);

// The filters but for the project, in the language of query/where.h; empty if
// there are none.
//   kInvalid  a time is none.
Result<std::string> WhereText(const Filters& filters, int64_t now_us);

}  // namespace bobbin::cli
