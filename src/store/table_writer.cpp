#include "store/table_writer.h"

#include <string>
#include <vector>

#include "store/table_sql.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using Piece = TablePlan::Piece;

// A transaction ends when it has this much; some 30 ms of work.
constexpr size_t kRowsAtOnce = 4096;
constexpr size_t kBytesAtOnce = 4 << 20;

struct Kept {
  int64_t row = 0;  // row_id of a row or a chunk
  int64_t val_bytes = 0;
};

// Makes the row, or finds it; throws nothing when it is neither: row is 0.
Kept KeepRow(Connection& connection, int64_t project, const PlannedRow& row) {
  if (row.val) {
    const auto bytes = static_cast<int64_t>(row.val->size());
    Query(connection, kAddTableRow)
        .Bind(project)
        .Bind(row.digest)
        .Bind(bytes)
        .Bind(*row.val)
        .Run();
    if (connection.changes() > 0) {
      return {connection.last_insert_row_id(), bytes};
    }
  }
  Query find(connection, kFindTableRow);
  if (!find.Bind(project).Bind(row.digest).Row()) return {};
  return {find.Int(0), find.Int(1)};
}

Result<Kept> KeepChunk(Connection& connection, int64_t project,
                       const Piece& piece) {
  std::vector<int64_t> rows;
  rows.reserve(piece.rows.size());
  std::string digests;
  digests.reserve(piece.rows.size() * piece.rows.front().digest.size());
  int64_t val_bytes = 0;
  for (const PlannedRow& row : piece.rows) {
    const Kept kept = KeepRow(connection, project, row);
    if (kept.row == 0) {
      return Internal("row " + std::string(row.digest) + " is not kept");
    }
    rows.push_back(kept.row);
    val_bytes += kept.val_bytes;
    digests += row.digest;
  }
  Query(connection, kAddChunk)
      .Bind(val_bytes)
      .Bind(std::string_view(digests))
      .Run();
  const int64_t chunk = connection.last_insert_row_id();
  int64_t position = 0;
  for (const int64_t row : rows) {
    Query(connection, kAddChunkRow)
        .Bind(chunk)
        .Bind(position++)
        .Bind(row)
        .Run();
  }
  return Kept{chunk, val_bytes};
}

void KeepTable(Connection& connection, int64_t project,
               const TableToWrite& table, const std::vector<Kept>& chunks) {
  int64_t val_bytes = 0;
  for (const Kept& chunk : chunks) val_bytes += chunk.val_bytes;
  Query(connection, kAddTable)
      .Bind(project)
      .Bind(table.digest)
      .Bind(static_cast<int64_t>(table.plan.row_count()))
      .Bind(val_bytes)
      .Bind(table.now_us)
      .Run();
  if (connection.changes() == 0) return;  // somebody was faster
  const int64_t row = connection.last_insert_row_id();
  int64_t first_index = 0;
  for (size_t i = 0; i < chunks.size(); ++i) {
    Query(connection, kAddTableChunk)
        .Bind(row)
        .Bind(first_index)
        .Bind(chunks[i].row)
        .Run();
    first_index += static_cast<int64_t>(table.plan.pieces()[i].row_count());
  }
}

size_t BytesOf(const Piece& piece) {
  size_t bytes = 0;
  for (const PlannedRow& row : piece.rows) bytes += row.val.value_or("").size();
  return bytes;
}

// The piece behind the last one of a transaction that begins with `first`.
size_t EndOfBatch(const std::vector<Piece>& pieces, size_t first) {
  size_t rows = 0;
  size_t bytes = 0;
  size_t end = first;
  while (end < pieces.size() && rows < kRowsAtOnce && bytes < kBytesAtOnce) {
    rows += pieces[end].rows.size();
    bytes += BytesOf(pieces[end]);
    ++end;
  }
  return end;
}

}  // namespace

Status WriteTable(db::Database& database, Names& names,
                  const TableToWrite& table) {
  const std::vector<Piece>& pieces = table.plan.pieces();
  std::vector<Kept> chunks;
  chunks.reserve(pieces.size());
  int64_t project = table.project;
  size_t first = 0;
  do {
    const size_t end = EndOfBatch(pieces, first);
    int64_t written = 0;
    Status status = database.Write([&](Connection& connection) -> Status {
      const int64_t now = names.Project(connection, table.project_id);
      if (project != 0 && project != now) {
        return Error{Code::kBusy,
                     "The project was reset while the table came; try again."};
      }
      written = now;
      chunks.resize(first);
      for (size_t i = first; i < end; ++i) {
        const Piece& piece = pieces[i];
        if (!piece.is_new()) {
          chunks.push_back({piece.chunk, piece.val_bytes});
          continue;
        }
        Result<Kept> chunk = KeepChunk(connection, now, piece);
        if (!chunk.ok()) return std::move(chunk).error();
        chunks.push_back(chunk.value());
      }
      if (end == pieces.size()) KeepTable(connection, now, table, chunks);
      return {};
    });
    if (!status.ok()) return status;
    project = written;
    first = end;
  } while (first < pieces.size());
  return {};
}

}  // namespace bobbin::store
