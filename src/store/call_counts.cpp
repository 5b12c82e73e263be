#include "store/call_counts.h"

#include <limits>

namespace bobbin::store {

using db::Connection;
using db::Query;

CallCounts::CallCounts(db::Database& database) : database_(database) {
  Load();
  database_.AfterCommit([this] { Commit(); });
}

CallCounts::~CallCounts() { database_.AfterCommit({}); }

void CallCounts::Load() {
  const Status loaded = database_.Read([this](Connection& connection) {
    known_.clear();
    Query rows(connection, "SELECT project, calls, roots FROM project_counts");
    while (rows.Row()) known_[rows.Int(0)] = {rows.Int(1), rows.Int(2)};
    Query last(connection, "SELECT coalesce(max(row_id), 0) FROM projects");
    last.Row();
    last_old_project_ = last.Int(0);
    return Status();
  });
  // A file that can't be read now will say so at every request.
  if (!loaded.ok()) {
    known_.clear();
    last_old_project_ = std::numeric_limits<int64_t>::max();
  }
}

void CallCounts::Refresh(const Connection& connection) {
  if (generation_ == connection.generation()) return;
  generation_ = connection.generation();
  added_.clear();
  took_away_ = false;
}

void CallCounts::Add(Connection& connection, int64_t project, Counted more) {
  Refresh(connection);
  if (in_file_ && !took_away_) {
    Query(connection, "DELETE FROM project_counts").Run();
    took_away_ = true;
  }
  Counted& added = added_[project];
  added.calls += more.calls;
  added.roots += more.roots;
}

void CallCounts::Commit() {
  if (took_away_) in_file_ = false;
  took_away_ = false;
  if (added_.empty()) return;
  const std::lock_guard lock(mutex_);
  changed_ = true;
  for (const auto& [project, added] : added_) {
    auto known = known_.find(project);
    if (known == known_.end()) {
      if (project <= last_old_project_) continue;
      known = known_.emplace(project, Counted{}).first;
    }
    known->second.calls += added.calls;
    known->second.roots += added.roots;
  }
  added_.clear();
}

CallCounts::Counted CallCounts::CountNow(Connection& connection,
                                         int64_t project) {
  Query count(connection,
              "SELECT (SELECT count(*) FROM calls INDEXED BY calls_by_start "
              "WHERE project = ?1 AND started_at_us IS NOT NULL), (SELECT "
              "count(*) FROM calls INDEXED BY calls_roots_by_start WHERE "
              "project = ?1 AND started_at_us IS NOT NULL AND parent_id IS "
              "NULL)");
  count.Bind(project).Row();
  return {count.Int(0), count.Int(1)};
}

Result<CallCounts::Counted> CallCounts::Of(int64_t project) {
  Counted counted;
  if (database_.read_only()) {
    const Status status = database_.Read([&](Connection& connection) {
      counted = CountNow(connection, project);
      return Status();
    });
    if (!status.ok()) return status.error();
    return counted;
  }
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(project);
    if (known != known_.end()) return known->second;
  }
  // On the writers' turn, so that no commit is missed or counted twice.
  const Status status = database_.Write([&](Connection& connection) {
    Refresh(connection);
    counted = CountNow(connection, project);
    // What other jobs of this transaction have added so far, the commit adds
    // to what is known.
    const Counted added = added_[project];
    const std::lock_guard lock(mutex_);
    known_[project] = {counted.calls - added.calls,
                       counted.roots - added.roots};
    changed_ = true;
    return Status();
  });
  if (!status.ok()) return status.error();
  return counted;
}

void CallCounts::Save() {
  if (!changed_) return;
  const Status saved = database_.Write([this](Connection& connection) {
    const std::lock_guard lock(mutex_);
    for (const auto& [project, counted] : known_) {
      Query(connection,
            "INSERT OR REPLACE INTO project_counts (project, calls, roots) "
            "VALUES (?, ?, ?)")
          .Bind(project)
          .Bind(counted.calls)
          .Bind(counted.roots)
          .Run();
    }
    return Status();
  });
  changed_ = !saved.ok();
}

}  // namespace bobbin::store
