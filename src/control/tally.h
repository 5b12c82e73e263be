// What clients did that only shows while it happens: counted as it comes.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/call.h"

namespace bobbin::control {

// How many of something, and which the first were.
struct Counted {
  int64_t count = 0;
  std::vector<std::string> first = {};  // ids of calls
};

struct Duplicates {
  Counted starts, ends;
};

// Threads   Call any method from any thread. What is kept is bounded: names
//           beyond the bound are counted under "".
class Tally {
 public:
  using Name = std::pair<std::string, std::string>;
  struct Counts {
    std::map<std::string, Duplicates> duplicates;  // by project
    std::map<Name, int64_t> unknown_routes;        // method and path
    std::map<Name, int64_t> unknown_fields;        // route and field
  };

  Tally() = default;
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  // Reports of calls that were stored just now.
  void NoteReports(std::span<const model::CallReport* const> reports);
  void NoteUnknownRoute(std::string_view method, std::string_view path);
  void NoteUnknownFields(std::string_view route,
                         std::span<const std::string> fields);

  Counts All() const;

  // Forgets everything, or what is counted of one project.
  void Clear(const std::optional<std::string>& project_id);

 private:
  mutable std::mutex mutex_;
  Counts counts_;  // guarded by mutex_
};

}  // namespace bobbin::control
