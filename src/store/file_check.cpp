#include "store/file_check.h"

#include "db/group_commit.h"

namespace bobbin::store {
namespace {

enum class Remedy {
  kNone,      // something has been lost
  kTakeAway,  // no read can reach them, or they are made anew
  kCount,     // see kCountAgain
};

// Rows that should not be: all in `table` where `condition` holds.
struct Rule {
  std::string_view what;
  std::string_view table;
  std::string_view condition;
  Remedy remedy;
};

constexpr const char* kCountAgain =
    "UPDATE calls SET usage = usage_of((SELECT summary FROM call_outputs u"
    " WHERE u.row_id = calls.output_row)) WHERE ";

constexpr Rule kRules[] = {
    {"inputs without a call", "call_inputs",
     "row_id NOT IN (SELECT row_id FROM calls)", Remedy::kTakeAway},
    {"outputs without a call", "call_outputs",
     "row_id NOT IN (SELECT output_row FROM calls"
     " WHERE output_row IS NOT NULL)",
     Remedy::kTakeAway},
    {"refs of no call", "call_refs", "call NOT IN (SELECT row_id FROM calls)",
     Remedy::kTakeAway},
    {"pieces of no file", "file_chunks",
     "file NOT IN (SELECT row_id FROM files)", Remedy::kTakeAway},
    {"tags of no object", "object_tags",
     "object NOT IN (SELECT row_id FROM objects)", Remedy::kTakeAway},
    {"aliases of no object", "object_aliases",
     "object NOT IN (SELECT row_id FROM objects)", Remedy::kTakeAway},
    {"kept counts of calls that are wrong", "project_counts",
     "calls IS NOT (SELECT count(*) FROM calls c WHERE"
     " c.project = project_counts.project AND c.started_at_us IS NOT NULL)"
     " OR roots IS NOT (SELECT count(*) FROM calls c WHERE"
     " c.project = project_counts.project AND c.started_at_us IS NOT NULL"
     " AND c.parent_id IS NULL)",
     Remedy::kTakeAway},
    {"calls whose token counts are not those of their summary", "calls",
     "usage IS NOT usage_of((SELECT summary FROM call_outputs u"
     " WHERE u.row_id = calls.output_row))"
     // Where the summary is lost they are all that is left of it.
     " AND (output_row IS NULL OR EXISTS (SELECT 1 FROM call_outputs u"
     " WHERE u.row_id = calls.output_row AND json_valid(u.summary)))",
     Remedy::kCount},
    {"calls whose inputs are gone", "calls",
     "started_at_us IS NOT NULL"
     " AND row_id NOT IN (SELECT row_id FROM call_inputs)",
     Remedy::kNone},
    {"calls whose output is gone", "calls",
     "output_row IS NOT NULL"
     " AND output_row NOT IN (SELECT row_id FROM call_outputs)",
     Remedy::kNone},
    {"calls whose op is gone", "calls",
     "op IS NOT NULL AND op NOT IN (SELECT row_id FROM ops)", Remedy::kNone},
    {"calls of no project", "calls",
     "project NOT IN (SELECT row_id FROM projects"
     " UNION ALL SELECT row_id FROM snapshots)",
     Remedy::kNone},
    {"files that are not as long as they say", "files",
     "project <> 0 AND size_bytes IS NOT (SELECT"
     " coalesce(sum(length(data)), 0) FROM file_chunks"
     " WHERE file = files.row_id)",
     Remedy::kNone},
    {"chunks of tables that are gone", "table_chunks",
     "chunk NOT IN (SELECT row_id FROM row_chunks)", Remedy::kNone},
    {"rows of tables that are gone", "chunk_rows",
     "table_row NOT IN (SELECT row_id FROM table_rows)", Remedy::kNone},
};

std::string Where(const Rule& rule) {
  return std::string(rule.table) + " WHERE " + std::string(rule.condition);
}

}  // namespace

FileCheck CheckFile(db::Connection& connection) {
  FileCheck found;
  try {
    db::Query pages(connection, "PRAGMA integrity_check(" +
                                    std::to_string(kMostSqliteFindings) + ")");
    while (pages.Row()) {
      if (pages.Text(0) != "ok") found.sqlite.emplace_back(pages.Text(0));
    }
  } catch (const SQLite::Exception& exception) {
    // It gives up where the first page of a table is damaged.
    if (!db::IsDamage(exception)) throw;
    if (found.sqlite.empty()) found.sqlite.emplace_back(exception.what());
  }
  for (const Rule& rule : kRules) {
    int64_t rows = 0;
    try {
      db::Query query(connection, "SELECT count(*) FROM " + Where(rule));
      query.Row();
      rows = query.Int(0);
    } catch (const SQLite::Exception& exception) {
      // What can't be read has been found above.
      if (found.sqlite.empty() || !db::IsDamage(exception)) throw;
    }
    if (rows == 0) continue;
    found.rows.push_back({.what = std::string(rule.what),
                          .rows = rows,
                          .can_mend = rule.remedy != Remedy::kNone});
  }
  return found;
}

std::vector<FileCheck::Finding> MendFile(db::Connection& connection) {
  // First: the rows are found by their indexes.
  connection.Exec("REINDEX");
  std::vector<FileCheck::Finding> mended;
  for (const Rule& rule : kRules) {
    if (rule.remedy == Remedy::kNone) continue;
    db::Query(connection, rule.remedy == Remedy::kTakeAway
                              ? "DELETE FROM " + Where(rule)
                              : kCountAgain + std::string(rule.condition))
        .Run();
    if (connection.changes() == 0) continue;
    mended.push_back({.what = std::string(rule.what),
                      .rows = connection.changes(),
                      .can_mend = true});
  }
  return mended;
}

}  // namespace bobbin::store
