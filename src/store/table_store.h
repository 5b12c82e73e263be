// Keeps tables: lists of rows, known by the digest of their contents.
//
// A row is kept once in its project under its own digest, with the text that
// it was first sent with. Tables share rows, and chunks of rows: a table made
// out of another costs what is new in it, and a short list. Tables and rows
// never change and are never deleted.
//
// Threads, errors and lifetime as in store/call_store.h; but a write that
// fails may leave rows behind that no table has.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "model/table.h"
#include "query/statement.h"
#include "store/names.h"
#include "store/table_plan.h"

namespace bobbin::store {

class TableStore {
 public:
  TableStore(db::Database& database, Names& names)
      : database_(database), names_(names) {}
  TableStore(const TableStore&) = delete;
  TableStore& operator=(const TableStore&) = delete;

  struct NewTable {
    std::string_view project_id;
    std::string_view digest;       // HexSha256(row_digests)
    std::string_view row_digests;  // model::DigestsOf(rows)
    std::span<const model::RawObject> rows;
    int64_t now_us;
  };
  // Keeps the table. One that is there already is not looked at again.
  Status Create(const NewTable& table);

  // Keeps a table of rows that are there already; `digest` is its own.
  //   kInvalid  some rows are not there: the Error's members list their
  //             digests as `missing_row_digests`, the first 1,000 of them.
  Status CreateFromDigests(std::string_view project_id, std::string_view digest,
                           std::span<const std::string_view> row_digests,
                           int64_t now_us);

  struct Updated {
    std::string digest;
    // Of the rows that were appended, popped and inserted, in order, one
    // behind the other.
    std::string row_digests;
  };
  // Keeps the table that comes out when the updates are applied, in order, to
  // the one with `base_digest`, which stays as it is.
  //   kNotFound  no such table in this project.
  //   kInvalid   `Index out of range`.
  Result<Updated> Update(std::string_view project_id,
                         std::string_view base_digest,
                         std::span<const model::TableUpdate> updates,
                         int64_t now_us);

  struct Row {
    int64_t index;  // in the table, from 0
    std::string_view digest, val;
  };
  // Feeds the rows of a query::TableRowsStatement() to `visit`, in order,
  // until it returns false. Holds a read connection meanwhile, so `visit` must
  // not use the database. An unknown project or table has no rows.
  Status Scan(const query::Statement& statement, std::string_view project_id,
              const std::function<bool(const Row&)>& visit) const;

  struct Stats {
    std::string digest;
    int64_t row_count;
    int64_t val_bytes;  // of its rows as they are stored
  };
  // Of those tables that are there, in the order given, each once.
  Result<std::vector<Stats>> StatsOf(
      std::string_view project_id,
      std::span<const std::string_view> digests) const;

  // True if a Scan holds writers up for as long as its `visit` takes, so that
  // a caller should collect first and send later.
  bool scan_blocks_writers() const {
    return database_.durability() == db::Durability::kMemory;
  }

 private:
  // Writes the table unless it is there. `project`: see TableToWrite.
  Status Keep(std::string_view project_id, std::string_view digest,
              const TablePlan& plan, int64_t now_us, int64_t project);

  db::Database& database_;
  Names& names_;
};

// Rows as refs name them (contract section 8), for jobs of Database::Read.
// One statement finds them all, however many; each answer is the row's text,
// or nothing when there is no such table or the table has no such row.
struct RowByDigest {
  std::string_view table_digest, row_digest;
};
struct RowByIndex {
  std::string_view table_digest;
  int64_t index;  // from 0
};
using RowTexts = std::vector<std::optional<std::string>>;
RowTexts FindTableRows(db::Connection& connection, int64_t project,
                       std::span<const RowByDigest> wanted);
RowTexts FindTableRows(db::Connection& connection, int64_t project,
                       std::span<const RowByIndex> wanted);

}  // namespace bobbin::store
