// Calls as comma-separated values (RFC 4180, but for its line ends: a line
// ends with \n alone, as programs on Unix want it).
//
// What is not there is an empty field; an empty text is "". JSON is as the API
// gives it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::cli {

// The line with the names of the columns.
std::string CsvHeader();

// Appends the line of a call; `line` is one of /calls/stream_query, with costs.
//   kInternal  that is no such line.
Status AppendCsvCall(std::string& out, std::string_view line,
                     std::string_view project_id);

}  // namespace bobbin::cli
