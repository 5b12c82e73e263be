// A report: rows that SQL has made, and how to write them as JSON. Runs
// nothing. The statements need the SQL functions of db/functions.h.
#pragma once

#include <vector>

#include "query/rows_sql.h"
#include "query/statement.h"

namespace bobbin::query {

struct Report {
  Statement rows;
  std::vector<RowsColumn> columns;  // of `rows`, by place
};

}  // namespace bobbin::query
