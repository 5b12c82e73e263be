// How many calls each project has, kept beside them (schema/0005).
#pragma once

#include <cstdint>
#include <unordered_map>

#include "db/connection.h"

namespace bobbin::store {

// What the jobs of one transaction change is summed up here and written once,
// before the commit. For jobs of Database::Write only: these take turns, so
// there is no lock here.
class CallCounts {
 public:
  // Of one project: how many more calls, and how many more of them without a
  // parent. May be negative.
  void Add(db::Connection& connection, int64_t project, int64_t calls,
           int64_t roots);

  // Writes what has been added in this transaction. Throws SQLite::Exception.
  void Flush(db::Connection& connection);

 private:
  struct Change {
    int64_t calls = 0;
    int64_t roots = 0;
  };

  // What was added before a rollback never happened.
  void Refresh(const db::Connection& connection);

  uint64_t generation_ = 0;
  std::unordered_map<int64_t, Change> changes_;  // by project
};

}  // namespace bobbin::store
