// A call as it is kept, and as it is read (contract section 4.1, CallSchema).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bobbin::model {

// The numbers are those in the file.
enum class CallStatus : int64_t {
  kRunning = 0,
  kSuccess = 1,
  kError = 2,
  kDescendantError = 3,
};
// Their names, by number (contract section 4.5).
inline constexpr auto kCallStatusNames = std::to_array<std::string_view>(
    {"running", "success", "error", "descendant_error"});

// One call out of the store. The views belong to the store's statement and
// live until it steps on. Times are microseconds since the epoch.
struct CallRecord {
  std::string_view id, project_id, op_name, trace_id;
  std::optional<std::string_view> trace_name;  // of the op; see AppendCall
  std::optional<std::string_view> display_name, parent_id, thread_id, turn_id;
  int64_t started_at_us = 0;
  std::optional<int64_t> ended_at_us;
  CallStatus status = CallStatus::kRunning;
  std::optional<std::string_view> exception;
  // JSON; not set when the query did not ask for them.
  std::optional<std::string_view> attributes, inputs, output, summary,
      otel_dump;
  std::optional<std::string_view> wb_user_id, wb_run_id;
  std::optional<int64_t> wb_run_step, wb_run_step_end;
  std::optional<int64_t> storage_size_bytes, total_storage_size_bytes;
  // JSON, set when the query asked for them: a list of feedback; costs by
  // model, empty if there are none (contract sections 4.4 and 4.5).
  std::optional<std::string_view> feedback, costs;
};

}  // namespace bobbin::model
