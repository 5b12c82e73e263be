// Questions about the rows of one table (feedback, prices), as SQL. Runs
// nothing.
//
// A table is described by a RowsTable, which lives in rows_tables.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/path.h"
#include "model/rows_query.h"
#include "query/fields.h"
#include "query/statement.h"

namespace bobbin::query {

struct RowsField {
  std::string_view name;  // as on the wire
  Type type;
  std::string_view sql;  // "?" stands for the project's id
  bool nullable = true;
  std::string_view if_null = "null";  // JSON, in answers
};

// An index that serves `field = text`, maybe with other texts.
struct RowsIndex {
  std::string_view field;
  std::string_view name;
};

struct RowsTable {
  std::string_view from;               // a table and its alias
  std::string_view alias;              // with a dot: "f."
  std::span<const RowsField> fields;   // the first ones make up an answer
  std::span<const RowsIndex> indexes;  // the best first
  std::string_view index;              // of a project's rows in `order`
  std::string_view order;
};

const RowsTable& FeedbackTable();  // section 10
const RowsTable& PricesTable();    // section 11; a project's own

// One member of each row of an answer, and how to read it.
struct RowsColumn {
  std::string name;
  Type type = Type::kText;
  json::Path path = {};               // within kJson
  std::string_view if_null = "null";  // JSON
};

struct RowsQuery {
  std::vector<RowsColumn> columns;  // of `rows`, by place
  Statement rows;
  // The number of matching rows, whatever `limit` and `offset` say.
  Statement count;
  bool only_count = false;  // `rows` is not to be run
};

// The rows of the request's project that match. Needs the SQL functions of
// db/functions.h. Borrows from `request`.
//   kInvalid  `Unknown field: <x>`; a negative limit or offset; over 16 sort
//             fields; count(*) beside other fields; what query/condition.h
//             and query/expr.h say of the query.
Result<RowsQuery> MakeRowsQuery(const RowsTable& table,
                                const model::RowsQueryReq& request);

// The ids of the rows that a purge names, which is all that it may do.
//   kInvalid  `message`
//   others    as query/expr.h says
Result<std::vector<std::string>> IdsToPurge(std::string_view query,
                                            std::string_view message);

// All feedback on one call of a project, oldest first: parameters are the
// call's id and the project's row (contract section 4.4, include_feedback).
const RowsQuery& CallFeedbackQuery();

}  // namespace bobbin::query
