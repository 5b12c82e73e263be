// Taking old traces away.
//
// A trace goes as a whole, and when its newest call has started before a
// moment. With it go the feedback on its calls, and names of ops that no call
// has any more. Objects, tables, files and prices stay: other traces, and
// people, may name them. Snapshots stay as they are.
//
// Functions for jobs of Database::Read or ::Write; all throw
// SQLite::Exception. No server has the file: what one knows of it is not told.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"

namespace bobbin::store {

struct PruneScope {
  std::optional<int64_t> project;  // projects.row_id; nothing: all projects
  int64_t before_us = 0;           // microseconds since the Unix epoch
};

// What goes of a project.
struct PrunePart {
  std::string project_id;
  int64_t traces = 0;
  int64_t calls = 0;       // in them
  int64_t feedback = 0;    // of the project, on all that goes
  int64_t json_bytes = 0;  // attributes, inputs, outputs, summaries
  // Marks of deleted calls, and ends without a start, from before that moment.
  int64_t hidden = 0;
};

// What else goes with a project as a whole.
struct ProjectRest {
  int64_t objects = 0;  // versions
  int64_t tables = 0;
  int64_t files = 0;
  int64_t prices = 0;
  int64_t snapshots = 0;
};

// What goes of a project as a whole; `project` is its row.
struct DropPlan {
  PrunePart part = {};
  ProjectRest rest = {};
};
DropPlan PlanDrop(db::Connection& connection, int64_t project);

// What Prune() would take away; projects of which nothing goes are left out.
// Reads all calls of the scope once or twice.
std::vector<PrunePart> PlanPrune(db::Connection& connection,
                                 const PruneScope& scope);

// For a job of Write: takes it away. `progress` hears how many calls of how
// many are gone.
void Prune(db::Connection& connection, const PruneScope& scope,
           const std::function<void(int64_t, int64_t)>& progress);

// The moment before which traces have to go so that the file gets about as
// small as `max_bytes`, once it is built anew; nothing if it is that small, or
// if there are no traces. If it can't be, the moment after the last one. An
// estimate: each call counts by its JSON and a share of what is not the JSON of
// objects, tables and files, nor the first page of a table or index. Rather too
// many go than too few: it aims at a hundredth less.
std::optional<int64_t> MomentForSize(db::Connection& connection,
                                     const std::optional<int64_t>& project,
                                     int64_t max_bytes);

// How large the file is, with all that is still in the log beside it.
int64_t FileBytes(db::Connection& connection);
// How much of that deleted rows have left empty.
int64_t FreeBytes(db::Connection& connection);

}  // namespace bobbin::store
