#include "store/table_store.h"

#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "json/write.h"
#include "query/tables_sql.h"
#include "store/statement.h"
#include "store/table_sql.h"
#include "store/table_writer.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using model::TableUpdate;

// What an answer names of what is missing.
constexpr size_t kMaxNamed = 1000;

std::optional<int64_t> FindTable(Connection& connection, int64_t project,
                                 std::string_view digest) {
  Query find(connection, kFindTable);
  if (!find.Bind(project).Bind(digest).Row()) return std::nullopt;
  return find.Int(0);
}

// A JSON string that SQLite reads as the digest. It would end one at a zero
// byte, so that the wrong row could be found: no digest has one.
void AppendDigestText(std::string& out, std::string_view digest) {
  json::AppendQuoted(out,
                     digest.find('\0') == std::string_view::npos ? digest : "");
}

// The digests of rows that are not there, each once.
std::vector<std::string_view> MissingRows(
    Connection& connection, int64_t project,
    std::span<const std::string_view> digests) {
  std::vector<std::string_view> missing;
  std::unordered_set<std::string_view> seen;
  for (const std::string_view digest : digests) {
    Query find(connection, kFindTableRow);
    if (find.Bind(project).Bind(digest).Row()) continue;
    if (seen.insert(digest).second) missing.push_back(digest);
  }
  return missing;
}

Error RowsNotFound(std::span<const std::string_view> missing) {
  Error error =
      Invalid("Row digests not found: " + std::string(missing.front()) +
              (missing.size() == 1
                   ? ""
                   : " and " + std::to_string(missing.size() - 1) + " more"));
  std::string_view separator = R"(,"missing_row_digests":[)";
  for (const std::string_view digest :
       missing.first(std::min(missing.size(), kMaxNamed))) {
    error.members += separator;
    json::AppendQuoted(error.members, digest);
    separator = ",";
  }
  error.members += ']';
  return error;
}

struct LoadedPlan {
  TablePlan plan;
  int64_t project = 0;
};

Result<LoadedPlan> LoadPlan(db::Database& database, std::string_view project_id,
                            std::string_view digest) {
  int64_t row = 0;
  std::vector<TablePlan::Chunk> chunks;
  std::vector<char> digests;
  const Status status = database.Read([&](Connection& connection) -> Status {
    chunks.clear();
    digests.clear();
    const std::optional<int64_t> project = FindProject(connection, project_id);
    Query table(connection, kFindTable);
    if (!project || !table.Bind(*project).Bind(digest).Row()) {
      return NotFound("Table " + std::string(digest) + " not found");
    }
    row = *project;
    digests.reserve(static_cast<size_t>(table.Int(1)) * kDigestChars);
    Query list(connection, kListChunks);
    list.Bind(table.Int(0));
    while (list.Row()) {
      const std::string_view of_chunk = list.Text(2);
      chunks.push_back({.chunk = list.Int(0),
                        .val_bytes = list.Int(1),
                        .row_count = of_chunk.size() / kDigestChars});
      digests.insert(digests.end(), of_chunk.begin(), of_chunk.end());
    }
    return {};
  });
  if (!status.ok()) return status.error();
  return LoadedPlan{TablePlan(chunks, std::move(digests)), row};
}

RowTexts FindRows(Connection& connection, int64_t project, size_t count,
                  std::string_view sql, const std::string& wanted) {
  RowTexts texts(count);
  Query rows(connection, sql);
  rows.Bind(project).Bind(std::string_view(wanted));
  while (rows.Row()) texts[static_cast<size_t>(rows.Int(0))] = rows.Text(1);
  return texts;
}

}  // namespace

Status TableStore::Keep(std::string_view project_id, std::string_view digest,
                        const TablePlan& plan, int64_t now_us,
                        int64_t project) {
  bool known = false;
  Status status = database_.Read([&](Connection& connection) -> Status {
    const std::optional<int64_t> row = FindProject(connection, project_id);
    known = row && FindTable(connection, *row, digest);
    return {};
  });
  if (!status.ok() || known) return status;
  return WriteTable(database_, names_,
                    {.project_id = project_id,
                     .digest = digest,
                     .plan = plan,
                     .now_us = now_us,
                     .project = project});
}

Status TableStore::Create(const NewTable& table) {
  TablePlan plan;
  size_t at = 0;
  for (const model::RawObject& row : table.rows) {
    plan.Append({.digest = table.row_digests.substr(at, kDigestChars),
                 .val = row.json});
    at += kDigestChars;
  }
  return Keep(table.project_id, table.digest, plan, table.now_us, 0);
}

Status TableStore::CreateFromDigests(
    std::string_view project_id, std::string_view digest,
    std::span<const std::string_view> row_digests, int64_t now_us) {
  int64_t project = 0;
  Status status = database_.Read([&](Connection& connection) -> Status {
    project = FindProject(connection, project_id).value_or(0);
    const std::vector<std::string_view> missing =
        MissingRows(connection, project, row_digests);
    if (!missing.empty()) return RowsNotFound(missing);
    return {};
  });
  if (!status.ok()) return status;
  TablePlan plan;
  for (const std::string_view row : row_digests) plan.Append({.digest = row});
  return Keep(project_id, digest, plan, now_us, project);
}

Result<TableStore::Updated> TableStore::Update(
    std::string_view project_id, std::string_view base_digest,
    std::span<const TableUpdate> updates, int64_t now_us) {
  Result<LoadedPlan> loaded = LoadPlan(database_, project_id, base_digest);
  if (!loaded.ok()) return std::move(loaded).error();
  TablePlan plan = std::move(loaded.value().plan);
  std::vector<model::RawObject> rows;
  for (const TableUpdate& update : updates) {
    if (update.kind != TableUpdate::Kind::kPop) rows.push_back(update.row);
  }
  const std::string digests = model::DigestsOf(rows);
  Updated updated;
  updated.row_digests.reserve(updates.size() * kDigestChars);
  size_t at = 0;
  for (const TableUpdate& update : updates) {
    if (update.kind == TableUpdate::Kind::kPop) {
      const Result<std::string_view> popped = plan.Pop(update.index);
      if (!popped.ok()) return popped.error();
      updated.row_digests += popped.value();
      continue;
    }
    const PlannedRow row{
        .digest = std::string_view(digests).substr(at, kDigestChars),
        .val = update.row.json};
    at += kDigestChars;
    if (update.kind == TableUpdate::Kind::kAppend) {
      plan.Append(row);
    } else if (Status status = plan.Insert(update.index, row); !status.ok()) {
      return std::move(status).error();
    }
    updated.row_digests += row.digest;
  }
  updated.digest = plan.Digest();
  Status status =
      Keep(project_id, updated.digest, plan, now_us, loaded.value().project);
  if (!status.ok()) return std::move(status).error();
  return updated;
}

Status TableStore::Scan(const query::Statement& statement,
                        std::string_view project_id,
                        const std::function<bool(const Row&)>& visit) const {
  return database_.Read([&](Connection& connection) -> Status {
    Query rows(connection, statement.sql);
    BindAll(rows, statement, FindProject(connection, project_id).value_or(0));
    while (rows.Row()) {
      if (!visit({.index = rows.Int(query::kOriginalIndex),
                  .digest = rows.Text(query::kRowDigest),
                  .val = rows.Text(query::kRowVal)})) {
        break;
      }
    }
    return {};
  });
}

Result<std::vector<TableStore::Stats>> TableStore::StatsOf(
    std::string_view project_id,
    std::span<const std::string_view> digests) const {
  std::string wanted = "[";
  for (const std::string_view digest : digests) {
    if (wanted.size() > 1) wanted += ',';
    AppendDigestText(wanted, digest);
  }
  wanted += ']';
  std::vector<Stats> stats;
  const Status status = database_.Read([&](Connection& connection) -> Status {
    stats.clear();
    Query rows(connection, kStatsOfTables);
    rows.Bind(FindProject(connection, project_id).value_or(0))
        .Bind(std::string_view(wanted));
    while (rows.Row()) {
      stats.push_back({std::string(rows.Text(0)), rows.Int(1), rows.Int(2)});
    }
    return {};
  });
  if (!status.ok()) return status.error();
  return stats;
}

RowTexts FindTableRows(Connection& connection, int64_t project,
                       std::span<const RowByDigest> wanted) {
  std::string list = "[";
  for (const RowByDigest& row : wanted) {
    list += list.size() > 1 ? ",[" : "[";
    AppendDigestText(list, row.table_digest);
    list += ',';
    AppendDigestText(list, row.row_digest);
    list += ']';
  }
  list += ']';
  return FindRows(connection, project, wanted.size(), kRowsByDigest, list);
}

RowTexts FindTableRows(Connection& connection, int64_t project,
                       std::span<const RowByIndex> wanted) {
  std::string list = "[";
  for (const RowByIndex& row : wanted) {
    list += list.size() > 1 ? ",[" : "[";
    AppendDigestText(list, row.table_digest);
    list += ',';
    json::AppendInt(list, row.index);
    list += ']';
  }
  list += ']';
  return FindRows(connection, project, wanted.size(), kRowsByIndex, list);
}

}  // namespace bobbin::store
