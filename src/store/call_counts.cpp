#include "store/call_counts.h"

#include <limits>
#include <optional>

namespace bobbin::store {

using db::Connection;
using db::Query;

namespace {

CallCounts::Counted WithoutEnded(CallCounts::Counted counted) {
  counted.ended = 0;
  return counted;
}

// What the last server has left. Whoever changes calls takes it away first.
std::optional<CallCounts::Counted> KeptInFile(Connection& connection,
                                              int64_t project) {
  Query kept(connection,
             "SELECT calls, roots FROM project_counts WHERE project = ?");
  if (!kept.Bind(project).Row()) return std::nullopt;
  return CallCounts::Counted{.calls = kept.Int(0), .roots = kept.Int(1)};
}

}  // namespace

CallCounts::CallCounts(db::Database& database) : database_(database) {
  Load();
  task_ = database_.AfterCommit(
      [this](const Connection& connection) { Commit(connection); });
}

CallCounts::~CallCounts() { database_.NotAfterCommit(task_); }

void CallCounts::Load() {
  if (database_.read_only()) return;  // others may write meanwhile
  const Status loaded = database_.Read([this](Connection& connection) {
    known_.clear();
    Query rows(connection, "SELECT project, calls, roots FROM project_counts");
    while (rows.Row()) {
      known_[rows.Int(0)] = {{.calls = rows.Int(1), .roots = rows.Int(2)}};
    }
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
  forgotten_.clear();
  all_forgotten_ = false;
  took_away_ = false;
}

void CallCounts::TakeAway(Connection& connection) {
  if (!in_file_ || took_away_) return;
  Query(connection, "DELETE FROM project_counts").Run();
  took_away_ = true;
}

void CallCounts::Forget(Connection& connection, int64_t project) {
  Refresh(connection);
  TakeAway(connection);
  added_.erase(project);
  forgotten_.push_back(project);
}

void CallCounts::ForgetAll(Connection& connection) {
  Refresh(connection);
  TakeAway(connection);
  added_.clear();
  all_forgotten_ = true;
}

void CallCounts::ForgetAll() {
  added_.clear();
  const std::lock_guard lock(mutex_);
  known_.clear();
}

void CallCounts::Add(Connection& connection, int64_t project, Counted more) {
  Refresh(connection);
  TakeAway(connection);
  Counted& added = added_[project];
  added.calls += more.calls;
  added.roots += more.roots;
  added.ended += more.ended;
}

void CallCounts::Commit(const Connection& connection) {
  Refresh(connection);
  if (took_away_) in_file_ = false;
  took_away_ = false;
  if (added_.empty() && forgotten_.empty() && !all_forgotten_) return;
  const std::lock_guard lock(mutex_);
  changed_ = true;
  if (all_forgotten_) known_.clear();
  all_forgotten_ = false;
  for (const int64_t project : forgotten_) known_.erase(project);
  forgotten_.clear();
  for (const auto& [project, added] : added_) {
    auto known = known_.find(project);
    if (known == known_.end()) {
      if (project <= last_old_project_) continue;
      known = known_.emplace(project, Known{.with_ended = true}).first;
    }
    Counted& counted = known->second.counted;
    counted.calls += added.calls;
    counted.roots += added.roots;
    counted.ended += added.ended;
  }
  added_.clear();
}

CallCounts::Counted CallCounts::CountNow(Connection& connection,
                                         int64_t project, bool with_ended) {
  Query count(connection,
              "SELECT (SELECT count(*) FROM calls INDEXED BY calls_by_start "
              "WHERE project = ?1 AND started_at_us IS NOT NULL), (SELECT "
              "count(*) FROM calls INDEXED BY calls_roots_by_start WHERE "
              "project = ?1 AND started_at_us IS NOT NULL AND parent_id IS "
              "NULL)");
  count.Bind(project).Row();
  Counted counted{.calls = count.Int(0), .roots = count.Int(1)};
  if (with_ended) {
    Query ended(connection,
                "SELECT count(ended_at_us) FROM calls INDEXED BY "
                "calls_by_start WHERE project = ? AND started_at_us IS NOT "
                "NULL");
    ended.Bind(project).Row();
    counted.ended = ended.Int(0);
  }
  return counted;
}

Result<CallCounts::Counted> CallCounts::Of(int64_t project) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(project);
    if (known != known_.end()) return WithoutEnded(known->second.counted);
  }
  return Count(project, false);
}

Result<CallCounts::Counted> CallCounts::WithEnded(int64_t project) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(project);
    if (known != known_.end() && known->second.with_ended) {
      return known->second.counted;
    }
  }
  return Count(project, true);
}

Result<CallCounts::Counted> CallCounts::Count(int64_t project,
                                              bool with_ended) {
  Counted counted;
  if (database_.read_only()) {
    const Status status = database_.Read([&](Connection& connection) {
      const std::optional<Counted> kept = KeptInFile(connection, project);
      counted = kept && !with_ended ? *kept
                                    : CountNow(connection, project, with_ended);
      return Status();
    });
    if (!status.ok()) return status.error();
    return counted;
  }
  // On the writers' turn, so that no commit is missed or counted twice.
  const Status status = database_.Write([&](Connection& connection) {
    Refresh(connection);
    counted = CountNow(connection, project, with_ended);
    // What other jobs of this transaction have added so far, the commit adds
    // to what is known.
    const Counted added = added_[project];
    const std::lock_guard lock(mutex_);
    known_[project] = {.counted = {.calls = counted.calls - added.calls,
                                   .roots = counted.roots - added.roots,
                                   .ended = counted.ended - added.ended},
                       .with_ended = with_ended};
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
    for (const auto& [project, known] : known_) {
      Query(connection,
            "INSERT OR REPLACE INTO project_counts (project, calls, roots) "
            "VALUES (?, ?, ?)")
          .Bind(project)
          .Bind(known.counted.calls)
          .Bind(known.counted.roots)
          .Run();
    }
    return Status();
  });
  changed_ = !saved.ok();
}

}  // namespace bobbin::store
