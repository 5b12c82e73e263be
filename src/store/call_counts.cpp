#include "store/call_counts.h"

namespace bobbin::store {

void CallCounts::Refresh(const db::Connection& connection) {
  if (generation_ == connection.generation()) return;
  generation_ = connection.generation();
  changes_.clear();
}

void CallCounts::Add(db::Connection& connection, int64_t project, int64_t calls,
                     int64_t roots) {
  Refresh(connection);
  Change& change = changes_[project];
  change.calls += calls;
  change.roots += roots;
}

void CallCounts::Flush(db::Connection& connection) {
  Refresh(connection);
  for (const auto& [project, change] : changes_) {
    if (change.calls == 0 && change.roots == 0) continue;
    db::Query(connection,
              "INSERT INTO project_counts (project, calls, roots) "
              "VALUES (?, ?, ?) ON CONFLICT (project) DO UPDATE SET "
              "calls = calls + excluded.calls, roots = roots + excluded.roots")
        .Bind(project)
        .Bind(change.calls)
        .Bind(change.roots)
        .Run();
  }
  changes_.clear();
}

}  // namespace bobbin::store
