#include "store/rows.h"

#include "base/time.h"
#include "json/path.h"
#include "json/write.h"
#include "store/names.h"
#include "store/statement.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using query::RowsColumn;
using query::Type;

void AppendValue(std::string& out, const Query& row, int place,
                 const RowsColumn& column) {
  switch (column.type) {
    case Type::kText:
      json::AppendQuoted(out, row.Text(place));
      return;
    case Type::kTime:
      out += '"';
      AppendTime(out, row.Int(place));
      out += '"';
      return;
    case Type::kDouble:
      json::AppendDouble(out, row.Double(place));
      return;
    case Type::kInt:
      json::AppendInt(out, row.Int(place));
      return;
    case Type::kBool:
      out += row.Int(place) != 0 ? "true" : "false";
      return;
    case Type::kJson: {
      const std::string_view json = json::Find(row.Text(place), column.path);
      out += json.empty() ? "null" : json;
      return;
    }
    case Type::kNull:
      out += "null";
      return;
  }
}

}  // namespace

void AppendRow(std::string& out, const Query& row,
               const std::vector<RowsColumn>& columns) {
  std::string_view separator = "{";
  int place = 0;
  for (const RowsColumn& column : columns) {
    out += separator;
    separator = ",";
    json::AppendQuoted(out, column.name);
    out += ':';
    if (row.IsNull(place)) {
      out += column.path.empty() ? column.if_null : "null";
    } else {
      AppendValue(out, row, place, column);
    }
    ++place;
  }
  out += '}';
}

void RunRows(Connection& connection, std::string_view project_id,
             const query::RowsQuery& query, const RowsVisitor& visitor) {
  // No row has number 0.
  const int64_t project = FindProject(connection, project_id).value_or(0);
  int64_t matching = 0;
  {
    Query count(connection, query.count.sql);
    BindAll(count, query.count, project);
    if (count.Row()) matching = count.Int(0);
  }
  visitor.count(matching);
  if (query.only_count) {
    visitor.row("{\"count(*)\":" + std::to_string(matching) + "}");
    return;
  }
  Query rows(connection, query.rows.sql);
  BindAll(rows, query.rows, project);
  std::string text;
  while (rows.Row()) {
    text.clear();
    AppendRow(text, rows, query.columns);
    if (!visitor.row(text)) return;
  }
}

}  // namespace bobbin::store
