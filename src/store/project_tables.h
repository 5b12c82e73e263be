// How each table of the file belongs to a project, so that a project can be
// taken away or copied by one statement for each table, however much it has.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "db/connection.h"

namespace bobbin::store {

// A column that holds row numbers of a table.
struct RowColumn {
  std::string_view name;
  std::string_view table;
};

struct ProjectTable {
  std::string_view name;
  std::string_view rows;  // the condition for those of project ?1
  std::span<const RowColumn> row_columns;
};

// All tables with rows of projects, in an order in which they can be emptied:
// a condition looks only at tables further down. Not among them:
// `projects` and `snapshots`, whose row numbers `project` holds; `refs`, which
// all share; `project_counts` (store/call_counts.h).
std::span<const ProjectTable> ProjectTables();

// All three throw SQLite::Exception.

// Deletes all that the project has, and the refs that nobody else has.
void DeleteRows(db::Connection& connection, int64_t project);

// Copies all that `from` has to `to`, which has nothing. Row numbers are moved
// to where there are none yet; the texts, also refs in them, stay as they are.
void CopyRows(db::Connection& connection, int64_t from, int64_t to);

// Deletes everything, projects and snapshots as well, but for the default
// prices.
void DeleteAllRows(db::Connection& connection);

}  // namespace bobbin::store
