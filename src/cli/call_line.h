// One line of `/calls/stream_query`, read for those who write calls in
// another form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/document.h"
#include "json/usage.h"

namespace bobbin::cli {

// A call. Texts are UTF-8: what JSON can say and UTF-8 cannot, half of a
// surrogate pair, has become U+FFFD.
struct CallLine {
  using Text = std::optional<std::string>;  // nothing: null

  std::string id, project_id, trace_id, op_name, started_at;
  std::string status;  // "success", "error", "running", "descendant_error"
  Text parent_id, display_name, ended_at, exception, thread_id, turn_id,
      wb_user_id, wb_run_id;
  std::optional<int64_t> latency_ms, wb_run_step, wb_run_step_end;
  int64_t started_us = 0;
  std::optional<int64_t> ended_us;

  // Of `summary.usage`, all models together, as the call reports them. Those
  // of an SDK include what the calls below took.
  std::vector<std::string> models;
  std::optional<json::TokenCounts> tokens;
  std::optional<double> cost;  // dollars; nothing: no price is known

  // JSON, as it came; slices of the line.
  std::string_view attributes, inputs, output, summary;
};

// Kept from one line to the next, for its memory.
class CallLineReader {
 public:
  // What is read borrows `line`.
  //   kInternal  the line is no JSON.
  Result<CallLine> Read(std::string_view line);

 private:
  json::Document line_, summary_;
  json::UsageReader usage_;
};

// What the models of a call cost together, in dollars: `summary.weave.costs`,
// which `include_costs` brings. Nothing if there is none. `summary` has nodes
// down to the members of the models.
std::optional<double> CostIn(json::Value summary);

// The text of a JSON value as UTF-8: see CallLine.
std::string Utf8(std::string_view text);

}  // namespace bobbin::cli
