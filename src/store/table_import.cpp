#include "store/table_import.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "store/table_sql.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

struct Row {
  int64_t row;
  int64_t val_bytes;
};

struct Chunk {
  int64_t row;
  int64_t val_bytes;
  int64_t row_count;
};

// The next chunk of just these rows, past chunk `after`. `first` is one of
// them.
std::optional<Chunk> FindChunk(Connection& connection, int64_t first,
                               std::string_view digests, int64_t after) {
  Query find(connection,
             "SELECT k.row_id, k.val_bytes, k.digests FROM chunk_rows c "
             "CROSS JOIN row_chunks k ON k.row_id = c.chunk "
             "WHERE c.table_row = ? AND c.position = 0 AND c.chunk > ? "
             "ORDER BY c.chunk");
  find.Bind(first).Bind(after);
  while (find.Row()) {
    if (find.Text(2) != digests) continue;
    return Chunk{
        .row = find.Int(0),
        .val_bytes = find.Int(1),
        .row_count = static_cast<int64_t>(digests.size() / kDigestChars)};
  }
  return std::nullopt;
}

Chunk MakeChunk(Connection& connection, const std::vector<Row>& rows,
                std::string_view digests) {
  Chunk chunk{
      .row = 0, .val_bytes = 0, .row_count = static_cast<int64_t>(rows.size())};
  for (const Row& row : rows) chunk.val_bytes += row.val_bytes;
  Query(connection, kAddChunk).Bind(chunk.val_bytes).Bind(digests).Run();
  chunk.row = connection.last_insert_row_id();
  int64_t position = 0;
  for (const Row& row : rows) {
    Query(connection, kAddChunkRow)
        .Bind(chunk.row)
        .Bind(position++)
        .Bind(row.row)
        .Run();
  }
  return chunk;
}

// The last chunk that a table has of just these rows: it has each once.
using LastChunks = std::unordered_map<std::string, int64_t>;

Result<Chunk> ImportChunk(Connection& connection, int64_t project,
                          json::Value list, LastChunks& last_chunks) {
  json::Document document;
  if (!list.is(json::Kind::kArray) ||
      !document.Parse(list.raw(), 1).message.empty() ||
      !document.root().first().exists()) {
    return Invalid("`rows` is not a list of lists of digests");
  }
  std::vector<Row> rows;
  std::string digests;
  for (json::Value v = document.root().first(); v.exists(); v = v.next()) {
    if (!v.is(json::Kind::kString) || v.text().size() != kDigestChars) {
      return Invalid("`rows` is not a list of lists of digests");
    }
    Query find(connection, kFindTableRow);
    if (!find.Bind(project).Bind(v.text()).Row()) {
      return Invalid("row " + std::string(v.text()) +
                     " has not come before its table");
    }
    rows.push_back({find.Int(0), find.Int(1)});
    digests += v.text();
  }
  int64_t& last = last_chunks[digests];
  const std::optional<Chunk> known =
      FindChunk(connection, rows.front().row, digests, last);
  const Chunk chunk = known ? *known : MakeChunk(connection, rows, digests);
  last = chunk.row;
  return chunk;
}

bool HasTable(Connection& connection, int64_t project,
              std::string_view digest) {
  Query find(connection, kFindTable);
  return find.Bind(project).Bind(digest).Row();
}

}  // namespace

Result<bool> ImportTableRow(Connection& connection, int64_t project,
                            const TransferLine& line) {
  const std::string_view val = line.Text(TableRowField::kVal);
  if (line.Text(TableRowField::kDigest).size() != kDigestChars) {
    return Invalid("`digest` is not one of a row");
  }
  Query(connection, kAddTableRow)
      .Bind(project)
      .Bind(line.Text(TableRowField::kDigest))
      .Bind(static_cast<int64_t>(val.size()))
      .Bind(val)
      .Run();
  return connection.changes() > 0;
}

Result<bool> ImportTable(Connection& connection, int64_t project,
                         const TransferLine& line) {
  const std::string_view digest = line.Text(TableField::kDigest);
  if (HasTable(connection, project, digest)) return false;
  std::vector<Chunk> chunks;
  LastChunks last_chunks;
  Chunk all{.row = 0, .val_bytes = 0, .row_count = 0};
  for (json::Value v = line.Json(TableField::kRows).first(); v.exists();
       v = v.next()) {
    const Result<Chunk> chunk =
        ImportChunk(connection, project, v, last_chunks);
    if (!chunk.ok()) return chunk.error();
    chunks.push_back(chunk.value());
    all.val_bytes += chunk.value().val_bytes;
    all.row_count += chunk.value().row_count;
  }
  Query(connection, kAddTable)
      .Bind(project)
      .Bind(digest)
      .Bind(all.row_count)
      .Bind(all.val_bytes)
      .Bind(line.Int(TableField::kCreatedAt))
      .Run();
  const int64_t table = connection.last_insert_row_id();
  int64_t first_index = 0;
  for (const Chunk& chunk : chunks) {
    Query(connection, kAddTableChunk)
        .Bind(table)
        .Bind(first_index)
        .Bind(chunk.row)
        .Run();
    first_index += chunk.row_count;
  }
  return true;
}

}  // namespace bobbin::store
