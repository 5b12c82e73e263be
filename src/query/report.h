// A report: rows that SQL has made, and how to write them as JSON. Runs
// nothing. The statements need the SQL functions of db/functions.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/rows_sql.h"
#include "query/statement.h"

namespace bobbin::query {

struct Report {
  Statement rows;
  std::vector<RowsColumn> columns;  // of `rows`, by place
};

// Adds `begin` ("SELECT ") and the list of `columns`, each with a name, a type
// and its sql.
template <class Columns>
void SelectColumns(Report& report, std::string_view begin,
                   const Columns& columns) {
  std::string_view separator = begin;
  for (const auto& column : columns) {
    report.rows.Add(separator);
    separator = ", ";
    report.rows.Add(column.sql);
    report.columns.push_back(
        {.name = std::string(column.name), .type = column.type});
  }
}

}  // namespace bobbin::query
