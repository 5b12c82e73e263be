// One line per trace: what `ls` and `tail` show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/look.h"

namespace bobbin::cli {

// A line of /_bobbin/traces/query.
struct TraceRow {
  std::string project_id, id, name, status, exception;
  int64_t started_us = 0;
  std::optional<int64_t> ended_us, tokens;
  std::optional<double> cost;
  int64_t calls = 0;
};

//   kInternal  that is no such line.
Result<TraceRow> ReadTrace(std::string_view line);

// For each row the beginning of its id, as long as it takes to tell these
// traces from each other, and from those begun in another millisecond (ids of
// SDKs begin with the time). Short ids are whole.
std::vector<std::string> ShortIds(const std::vector<TraceRow>& rows);

// The table of `ls`. `with_project`: a column says whose each is.
std::string TraceTable(const std::vector<TraceRow>& rows, const Look& look,
                       int64_t now_us, bool with_project);

}  // namespace bobbin::cli
