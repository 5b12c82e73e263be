// Calls of which something has not come, or not yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"

namespace bobbin::store {

// The calls of one kind: how many, and the first of them by start.
struct LooseCalls {
  struct Call {
    std::string id = {};
    std::optional<std::string> trace_id = {}, parent_id = {}, op_name = {};
    std::optional<int64_t> started_at_us = {}, ended_at_us = {};
  };

  int64_t count = 0;
  std::vector<Call> first = {};
};

struct LooseEnds {
  std::string project_id = {};
  int64_t calls = 0;        // that have started
  int64_t ended = 0;        // of them
  LooseCalls open = {};     // the others
  LooseCalls orphans = {};  // of `calls`, but their parent never came
  LooseCalls ends_without_start = {};  // that no read shows
};

// Of one project, or of all in the order in which they first came; those
// without calls are left out. `most` is how many calls are named. Every
// statement goes through the index calls_by_start of one project. Used by
// CallStore; throws SQLite::Exception.
std::vector<LooseEnds> ReadLooseEnds(
    db::Connection& connection, const std::optional<std::string_view>& project,
    int64_t most);

}  // namespace bobbin::store
