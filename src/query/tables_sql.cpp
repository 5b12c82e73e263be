#include "query/tables_sql.h"

#include <algorithm>
#include <limits>
#include <string>

#include "json/path.h"
#include "query/limits.h"

namespace bobbin::query {
namespace {

using model::Direction;
using model::SortBy;
using model::TableQueryReq;

// Contract section 3, "Limits".
constexpr size_t kMaxSortKeys = 16;

// t: the chunks of the table, c: their places, r: the rows.
constexpr std::string_view kRowColumns =
    "SELECT t.first_index + c.position AS original_index, r.digest, r.val";
constexpr std::string_view kAlongTable =
    " FROM table_chunks t"
    " CROSS JOIN chunk_rows c ON c.chunk = t.chunk"
    " CROSS JOIN table_rows r ON r.row_id = c.table_row"
    " WHERE t.";

bool Filters(const TableQueryReq& request) {
  return request.filter && request.filter->row_digests &&
         !request.filter->row_digests->empty();
}

bool Sorts(const TableQueryReq& request) {
  return request.sort_by && !request.sort_by->empty();
}

bool IsPath(std::string_view field) {
  if (field.empty()) return false;
  return std::ranges::none_of(
      json::ParsePath(field),
      [](const json::PathPart& part) { return part.name.empty(); });
}

Status Check(const TableQueryReq& request) {
  if (request.limit.value_or(0) < 0) {
    return Invalid("limit must not be negative");
  }
  if (request.offset.value_or(0) < 0) {
    return Invalid("offset must not be negative");
  }
  if (Filters(request) &&
      request.filter->row_digests->size() > kMaxListEntries) {
    return Invalid(
        "Parameter: 'row_digests' request length is greater than max length "
        "(1000). Actual length: " +
        std::to_string(request.filter->row_digests->size()));
  }
  if (!Sorts(request)) return {};
  if (request.sort_by->size() > kMaxSortKeys) {
    return Invalid("sort_by takes at most " + std::to_string(kMaxSortKeys) +
                   " fields");
  }
  for (const SortBy& key : *request.sort_by) {
    if (!IsPath(key.field)) {
      return Invalid("Invalid sort field: '" + std::string(key.field) +
                     "'. Expected a path inside a row's val");
    }
  }
  return {};
}

// `table_id = ...`; an unknown table has no row number, so nothing is found.
void AddIsTable(Statement& out, const TableQueryReq& request) {
  out.Add("table_id = (SELECT row_id FROM tables WHERE project = ?",
          ProjectRow{});
  out.Add(" AND digest = ?)", request.digest);
}

// The place of the first row of the page is known: its chunk is found by
// number, and so is its place in that.
void AddPageOfTable(Statement& out, const TableQueryReq& request) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const int64_t begin = request.offset.value_or(0);
  const int64_t limit = request.limit.value_or(kMost);
  const int64_t end = limit > kMost - begin ? kMost : begin + limit;
  out.Add(kRowColumns);
  out.Add(kAlongTable);
  AddIsTable(out, request);
  out.Add(
      " AND t.first_index >= (SELECT max(first_index) FROM table_chunks "
      "WHERE ");
  AddIsTable(out, request);
  out.Add(" AND first_index <= ?)", begin);
  out.Add(" AND t.first_index < ?", end);
  out.Add(" AND c.position >= ? - t.first_index", begin);
  out.Add(" AND c.position < ? - t.first_index", end);
  out.Add(" ORDER BY t.first_index, c.position");
}

// The rows that match, each found by its digest and then in this table.
void AddFiltered(Statement& out, const TableQueryReq& request) {
  out.Add(
      " FROM table_rows r"
      " CROSS JOIN chunk_rows c ON c.table_row = r.row_id"
      " CROSS JOIN table_chunks t ON t.chunk = c.chunk"
      " WHERE r.project = ?",
      ProjectRow{});
  std::string_view separator = " AND r.digest IN (?";
  for (const std::string_view digest : *request.filter->row_digests) {
    out.Add(separator, digest);
    separator = ", ?";
  }
  out.Add(") AND t.");
  AddIsTable(out, request);
}

void AddOrder(Statement& out, const TableQueryReq& request) {
  out.Add(" ORDER BY ");
  if (Sorts(request)) {
    for (const SortBy& key : *request.sort_by) {
      const std::string_view way =
          key.direction == Direction::kAscending ? " ASC" : " DESC";
      // Missing ones last, then by number, then by text, as calls are.
      out.Add("json_text_at(r.val, ?) IS NULL, ", key.field);
      out.Add("json_number_at(r.val, ?)", key.field);
      out.Add(way);
      out.Add(" NULLS LAST, json_text_at(r.val, ?)", key.field);
      out.Add(way);
      out.Add(", ");
    }
  }
  out.Add("original_index");
}

}  // namespace

Result<Statement> TableRowsStatement(const TableQueryReq& request) {
  if (Status status = Check(request); !status.ok()) return status.error();
  Statement out;
  if (!Filters(request) && !Sorts(request)) {
    AddPageOfTable(out, request);
    return out;
  }
  // Only row numbers and what they are sorted by go through the sorter; the
  // rows themselves are read for the page alone. LIMIT keeps SQLite from
  // merging the two queries, CROSS JOIN keeps the order of the inner one.
  out.Add(
      "SELECT s.original_index, r.digest, r.val FROM ("
      "SELECT t.first_index + c.position AS original_index, r.row_id AS row");
  if (Filters(request)) {
    AddFiltered(out, request);
  } else {
    out.Add(kAlongTable);
    AddIsTable(out, request);
  }
  AddOrder(out, request);
  out.Add(" LIMIT ?", request.limit.value_or(-1));
  out.Add(" OFFSET ?", request.offset.value_or(0));
  out.Add(") s CROSS JOIN table_rows r ON r.row_id = s.row");
  return out;
}

}  // namespace bobbin::query
