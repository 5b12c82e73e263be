// The calls of a project, or of one of its traces, as the trees that they
// form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/call_store.h"

namespace bobbin::control {

// A call, as it was reported. JSON is "null" where there is none.
struct TreeCall {
  std::string id, parent_id, trace_id;
  std::string op_name;  // perhaps a ref
  std::string name;     // of the op, without the rest of the ref
  std::optional<std::string> display_name, exception, thread_id, turn_id;
  int64_t started_at_us = 0;
  std::optional<int64_t> ended_at_us;
  std::string inputs = "null", output = "null", attributes = "null",
              summary = "null";
  std::optional<std::string> wb_user_id, wb_run_id;
  std::vector<size_t> children = {};
};

// Siblings, and roots, in the order of their starts, those of one moment by
// their ids if these are UUIDv7, else by the name of their op and then by
// their inputs.
struct CallTree {
  std::vector<TreeCall> calls;  // each behind its parent, and before the next
                                // sibling of that: tree order
  std::vector<size_t> roots;    // without a parent, or with one that is not
                                // there
};

// Puts calls in order. Of calls that are their own ancestors one becomes a
// root.
CallTree ArrangeCalls(std::vector<TreeCall> calls);

// What is read at most: both hold what they have read in memory.
inline constexpr size_t kMostTreeCalls = 20'000;
inline constexpr size_t kMostTreeBytes = size_t{64} << 20;

// All calls of a project, or of one of its traces; none of an unknown one.
//   kTooLarge  there are more than the most.
Result<CallTree> ReadCallTree(const store::CallStore& calls,
                              std::string_view project_id,
                              std::optional<std::string_view> trace_id);

}  // namespace bobbin::control
