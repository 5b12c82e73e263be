// The calls of a trace, as `show` and `diff` read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "cli/source.h"
#include "cli/tree.h"

namespace bobbin::cli {

// What an id, or its beginning, stands for.
struct Found {
  std::string project_id, trace_id;
  std::string call_id;  // empty: the whole trace
};

// Finds the one trace or call whose id begins with `id`; one whose id is
// exactly that goes first. Of several calls of one trace it is the trace.
// With an empty `id` it is the newest trace. An empty `project_id` looks in
// all projects.
//   kNotFound  there is none.
//   kConflict  there are several; the message lists them.
Result<Found> FindTrace(Source& source, std::string_view id,
                        std::string_view project_id);

// A call, as it came.
struct TraceCall {
  TreeCall tree;
  std::string op_name;
  std::string json;  // the line
};

// The lines of a trace in start order, with costs. With `payloads` they have
// inputs, output and attributes.
Status ReadLines(Source& source, const Found& found, bool payloads,
                 const Source::Take& take);

// The same, read.
//   kNotFound  there are none.
Result<std::vector<TraceCall>> ReadCalls(Source& source, const Found& found,
                                         bool payloads);

// The call `found.call_id` alone, with its payloads.
//   kNotFound  it is gone.
Result<TraceCall> ReadOneCall(Source& source, const Found& found);

// Reads one line. The tokens and the cost are those of `summary`.
Result<TraceCall> ReadCall(std::string_view line);

// A call and all below it; everything if `call_id` is empty.
std::vector<TraceCall> Subtree(std::vector<TraceCall> calls,
                               std::string_view call_id);

// Sums over a tree: the usage of a call is its own if it has one (SDKs add
// that of its children), else that of its children.
struct Totals {
  std::optional<int64_t> tokens;
  std::optional<double> cost;
};
Totals TotalsOf(const std::vector<TraceCall>& calls);

}  // namespace bobbin::cli
