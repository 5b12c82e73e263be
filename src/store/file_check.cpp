#include "store/file_check.h"

namespace bobbin::store {
namespace {

// Rows that should not be: all in `table` where `condition` holds. Those that
// no read can reach may be taken away; of others something has been lost.
struct Rule {
  std::string_view what;
  std::string_view table;
  std::string_view condition;
  bool unreachable;
};

constexpr Rule kRules[] = {
    {"inputs without a call", "call_inputs",
     "row_id NOT IN (SELECT row_id FROM calls)", true},
    {"outputs without a call", "call_outputs",
     "row_id NOT IN (SELECT output_row FROM calls"
     " WHERE output_row IS NOT NULL)",
     true},
    {"refs of no call", "call_refs", "call NOT IN (SELECT row_id FROM calls)",
     true},
    {"pieces of no file", "file_chunks",
     "file NOT IN (SELECT row_id FROM files)", true},
    {"tags of no object", "object_tags",
     "object NOT IN (SELECT row_id FROM objects)", true},
    {"aliases of no object", "object_aliases",
     "object NOT IN (SELECT row_id FROM objects)", true},
    {"kept counts of calls that are wrong", "project_counts",
     "calls IS NOT (SELECT count(*) FROM calls c WHERE"
     " c.project = project_counts.project AND c.started_at_us IS NOT NULL)"
     " OR roots IS NOT (SELECT count(*) FROM calls c WHERE"
     " c.project = project_counts.project AND c.started_at_us IS NOT NULL"
     " AND c.parent_id IS NULL)",
     true},
    {"calls whose inputs are gone", "calls",
     "started_at_us IS NOT NULL"
     " AND row_id NOT IN (SELECT row_id FROM call_inputs)",
     false},
    {"calls whose output is gone", "calls",
     "output_row IS NOT NULL"
     " AND output_row NOT IN (SELECT row_id FROM call_outputs)",
     false},
    {"calls whose op is gone", "calls",
     "op IS NOT NULL AND op NOT IN (SELECT row_id FROM ops)", false},
    {"calls of no project", "calls",
     "project NOT IN (SELECT row_id FROM projects"
     " UNION ALL SELECT row_id FROM snapshots)",
     false},
    {"files that are not as long as they say", "files",
     "project <> 0 AND size_bytes IS NOT (SELECT"
     " coalesce(sum(length(data)), 0) FROM file_chunks"
     " WHERE file = files.row_id)",
     false},
    {"chunks of tables that are gone", "table_chunks",
     "chunk NOT IN (SELECT row_id FROM row_chunks)", false},
    {"rows of tables that are gone", "chunk_rows",
     "table_row NOT IN (SELECT row_id FROM table_rows)", false},
};

std::string Where(const Rule& rule) {
  return std::string(rule.table) + " WHERE " + std::string(rule.condition);
}

}  // namespace

FileCheck CheckFile(db::Connection& connection) {
  FileCheck found;
  db::Query pages(connection, "PRAGMA integrity_check(" +
                                  std::to_string(kMostSqliteFindings) + ")");
  while (pages.Row()) {
    if (pages.Text(0) != "ok") found.sqlite.emplace_back(pages.Text(0));
  }
  for (const Rule& rule : kRules) {
    db::Query query(connection, "SELECT count(*) FROM " + Where(rule));
    query.Row();
    if (query.Int(0) == 0) continue;
    found.rows.push_back({.what = std::string(rule.what),
                          .rows = query.Int(0),
                          .can_mend = rule.unreachable});
  }
  return found;
}

void MendFile(db::Connection& connection) {
  // First: the rows are found by their indexes.
  connection.Exec("REINDEX");
  for (const Rule& rule : kRules) {
    if (rule.unreachable) connection.Exec("DELETE FROM " + Where(rule));
  }
}

}  // namespace bobbin::store
