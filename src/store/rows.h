// Running the questions of query/rows_sql.h. Used by the stores.
//
// Both functions throw SQLite::Exception; they are for jobs of db::Database.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"
#include "query/rows_sql.h"

namespace bobbin::store {

// Appends the row that `row` stands on as a JSON object. JSON comes out as it
// was sent, times as in contract section 3.
void AppendRow(std::string& out, const db::Query& row,
               const std::vector<query::RowsColumn>& columns);

// Where the rows of an answer go.
struct RowsVisitor {
  // How many rows match; called first.
  std::function<void(int64_t)> count;
  // Each row, a JSON object, until it returns false. The view lives until
  // then.
  std::function<bool(std::string_view)> row;
};

// Runs `query` for a project; an unknown one has no rows.
void RunRows(db::Connection& connection, std::string_view project_id,
             const query::RowsQuery& query, const RowsVisitor& visitor);

}  // namespace bobbin::store
