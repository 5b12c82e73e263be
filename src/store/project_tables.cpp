#include "store/project_tables.h"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

constexpr std::string_view kOfProject = "project = ?1";

constexpr auto kCallRefs = std::to_array<RowColumn>({{"call", "calls"}});
constexpr auto kCallInputs = std::to_array<RowColumn>({{"row_id", "calls"}});
constexpr auto kCallOutputs =
    std::to_array<RowColumn>({{"row_id", "call_outputs"}});
constexpr auto kCalls = std::to_array<RowColumn>(
    {{"row_id", "calls"}, {"op", "ops"}, {"output_row", "call_outputs"}});
constexpr auto kOps = std::to_array<RowColumn>({{"row_id", "ops"}});
constexpr auto kOfObjects = std::to_array<RowColumn>({{"object", "objects"}});
constexpr auto kObjects = std::to_array<RowColumn>({{"row_id", "objects"}});
constexpr auto kFileChunks = std::to_array<RowColumn>({{"file", "files"}});
constexpr auto kFiles = std::to_array<RowColumn>({{"row_id", "files"}});
constexpr auto kFeedback = std::to_array<RowColumn>({{"row_id", "feedback"}});
constexpr auto kPrices = std::to_array<RowColumn>({{"row_id", "prices"}});
constexpr auto kRowChunks =
    std::to_array<RowColumn>({{"row_id", "row_chunks"}});
constexpr auto kTableChunks =
    std::to_array<RowColumn>({{"table_id", "tables"}, {"chunk", "row_chunks"}});
constexpr auto kChunkRows = std::to_array<RowColumn>(
    {{"chunk", "row_chunks"}, {"table_row", "table_rows"}});
constexpr auto kTables = std::to_array<RowColumn>({{"row_id", "tables"}});
constexpr auto kTableRows =
    std::to_array<RowColumn>({{"row_id", "table_rows"}});

constexpr auto kProjectTables = std::to_array<ProjectTable>({
    {"call_refs", "call IN (SELECT row_id FROM calls WHERE project = ?1)",
     kCallRefs},
    {"call_inputs", "row_id IN (SELECT row_id FROM calls WHERE project = ?1)",
     kCallInputs},
    {"call_outputs",
     "row_id IN (SELECT output_row FROM calls WHERE project = ?1)",
     kCallOutputs},
    {"calls", kOfProject, kCalls},
    {"ops", kOfProject, kOps},
    {"object_tags", kOfProject, kOfObjects},
    {"object_aliases", kOfProject, kOfObjects},
    {"objects", kOfProject, kObjects},
    {"file_chunks", "file IN (SELECT row_id FROM files WHERE project = ?1)",
     kFileChunks},
    {"files", kOfProject, kFiles},
    {"feedback", kOfProject, kFeedback},
    {"prices", kOfProject, kPrices},
    // By the rows, and not by the tables: a table that was never finished has
    // left chunks of rows.
    {"row_chunks",
     "row_id IN (SELECT chunk FROM chunk_rows WHERE table_row IN "
     "(SELECT row_id FROM table_rows WHERE project = ?1))",
     kRowChunks},
    {"table_chunks",
     "table_id IN (SELECT row_id FROM tables WHERE project = ?1)",
     kTableChunks},
    {"tables", kOfProject, kTables},
    {"chunk_rows",
     "table_row IN (SELECT row_id FROM table_rows WHERE project = ?1)",
     kChunkRows},
    {"table_rows", kOfProject, kTableRows},
});

// Refs of the project's calls that no call of another project has.
constexpr std::string_view kDeleteOwnRefs =
    "DELETE FROM refs WHERE row_id IN (SELECT ref FROM call_refs WHERE call "
    "IN (SELECT row_id FROM calls WHERE project = ?1)) AND NOT EXISTS (SELECT "
    "1 FROM call_refs other WHERE other.ref = refs.row_id AND other.call NOT "
    "IN (SELECT row_id FROM calls WHERE project = ?1))";

std::string Text(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

// Row numbers of a table that get so much larger in a copy.
using Shifts = std::unordered_map<std::string_view, int64_t>;

// Beyond all that there are, and not by more than the project's rows span: the
// numbers would be used up otherwise when a copy is copied again and again.
int64_t ShiftOf(Connection& connection, const ProjectTable& table,
                int64_t project) {
  Query query(connection, Text({"SELECT (SELECT max(row_id) FROM ", table.name,
                                ") - min(row_id) + 1 FROM ", table.name,
                                " WHERE ", table.rows}));
  query.Bind(project).Row();
  return query.OptInt(0).value_or(0);
}

Shifts ShiftsOf(Connection& connection, int64_t project) {
  Shifts shifts;
  for (const ProjectTable& table : kProjectTables) {
    const RowColumn& first = table.row_columns.front();
    if (first.name == "row_id" && first.table == table.name) {
      shifts[table.name] = ShiftOf(connection, table, project);
    }
  }
  return shifts;
}

// INSERT INTO t (…) SELECT … FROM t: ?1 is the project that is copied, ?2 the
// new one, ?3 and so on what is added to each of `row_columns`.
std::string CopyStatement(Connection& connection, const ProjectTable& table) {
  std::string columns;
  std::string values;
  Query names(connection, "SELECT name FROM pragma_table_info(?)");
  names.Bind(table.name);
  while (names.Row()) {
    const std::string_view name = names.Text(0);
    if (!columns.empty()) columns += ", ";
    if (!values.empty()) values += ", ";
    columns += name;
    if (name == "project") {
      values += "?2";
      continue;
    }
    values += name;
    for (size_t i = 0; i < table.row_columns.size(); ++i) {
      if (table.row_columns[i].name == name) {
        values += " + ?" + std::to_string(i + 3);
      }
    }
  }
  return Text({"INSERT INTO ", table.name, " (", columns, ") SELECT ", values,
               " FROM ", table.name, " WHERE ", table.rows});
}

}  // namespace

std::span<const ProjectTable> ProjectTables() { return kProjectTables; }

void DeleteRows(Connection& connection, int64_t project) {
  Query(connection, kDeleteOwnRefs).Bind(project).Run();
  for (const ProjectTable& table : kProjectTables) {
    Query(connection, Text({"DELETE FROM ", table.name, " WHERE ", table.rows}))
        .Bind(project)
        .Run();
  }
}

void CopyRows(Connection& connection, int64_t from, int64_t to) {
  const Shifts shifts = ShiftsOf(connection, from);
  for (const ProjectTable& table : kProjectTables) {
    const std::string sql = CopyStatement(connection, table);
    Query copy(connection, sql);
    copy.Bind(from).Bind(to);
    for (const RowColumn& column : table.row_columns) {
      copy.Bind(shifts.at(column.table));
    }
    copy.Run();
  }
}

void DeleteAllRows(Connection& connection) {
  // Without a condition SQLite drops the pages of a table as a whole.
  for (const ProjectTable& table : kProjectTables) {
    if (table.name == "prices") continue;
    Query(connection, Text({"DELETE FROM ", table.name})).Run();
  }
  Query(connection, "DELETE FROM prices WHERE project IS NOT NULL").Run();
  Query(connection, "DELETE FROM refs").Run();
  Query(connection, "DELETE FROM projects").Run();
  Query(connection, "DELETE FROM snapshots").Run();
}

}  // namespace bobbin::store
