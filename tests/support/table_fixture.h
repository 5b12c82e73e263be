// The store of tables, and short ways to fill it: a row `n` is {"n":<n>}.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/table.h"
#include "query/tables_sql.h"
#include "store/table_store.h"
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {

inline std::string NumberRow(int64_t n) {
  return R"({"n":)" + std::to_string(n) + "}";
}
// The rows `first`, ..., `first + count - 1`.
inline std::vector<std::string> NumberRows(int64_t first, int64_t count) {
  std::vector<std::string> rows;
  for (int64_t n = first; n < first + count; ++n) rows.push_back(NumberRow(n));
  return rows;
}
inline std::string DigestOfRow(std::string_view row) {
  const model::RawObject raw{row};
  return model::DigestsOf({&raw, 1});
}

inline std::vector<model::RawObject> RawRows(
    std::span<const std::string> rows) {
  std::vector<model::RawObject> raw;
  for (const std::string& row : rows) raw.push_back({row});
  return raw;
}

class TableFixture : public StoreFixture {
 public:
  using StoreFixture::StoreFixture;
  using Rows = std::vector<std::string>;

  // Keeps a table and returns its digest.
  std::string Create(const Rows& rows, std::string_view project_id = kProject) {
    const std::vector<model::RawObject> raw = RawRows(rows);
    const std::string digests = model::DigestsOf(raw);
    const std::string digest = HexSha256(digests);
    const Status status = tables.Create({.project_id = project_id,
                                         .digest = digest,
                                         .row_digests = digests,
                                         .rows = raw,
                                         .now_us = 1000});
    if (!status.ok()) FAIL(status.error().message);
    return digest;
  }

  static model::TableUpdate Append(std::string_view row) {
    return {
        .kind = model::TableUpdate::Kind::kAppend, .index = 0, .row = {row}};
  }
  static model::TableUpdate Pop(int64_t index) {
    return {.kind = model::TableUpdate::Kind::kPop, .index = index, .row = {}};
  }
  static model::TableUpdate Insert(int64_t index, std::string_view row) {
    return {.kind = model::TableUpdate::Kind::kInsert,
            .index = index,
            .row = {row}};
  }
  // The digest of the new table.
  std::string Update(std::string_view base,
                     const std::vector<model::TableUpdate>& updates) {
    const auto updated = tables.Update(kProject, base, updates, 2000);
    if (!updated.ok()) FAIL(updated.error().message);
    return updated.value().digest;
  }

  static model::TableQueryReq ARequest(std::string_view digest) {
    model::TableQueryReq request;
    request.project_id = kProject;
    request.digest = digest;
    return request;
  }
  // `<index> <val>` of the rows of a query, in order.
  Rows Scan(const model::TableQueryReq& request) {
    const auto statement = query::TableRowsStatement(request);
    if (!statement.ok()) FAIL(statement.error().message);
    Rows rows;
    const Status status =
        tables.Scan(statement.value(), request.project_id,
                    [&](const store::TableStore::Row& row) {
                      rows.push_back(std::to_string(row.index) + " " +
                                     std::string(row.val));
                      return true;
                    });
    if (!status.ok()) FAIL(status.error().message);
    return rows;
  }
  // The texts of all rows, which must be numbered without a gap.
  Rows Vals(std::string_view digest, std::string_view project_id = kProject) {
    model::TableQueryReq request = ARequest(digest);
    request.project_id = project_id;
    Rows rows = Scan(request);
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::string index = std::to_string(i) + " ";
      if (!rows[i].starts_with(index)) FAIL("row " << i << " is " << rows[i]);
      rows[i].erase(0, index.size());
    }
    return rows;
  }

  store::TableStore tables{*database, names};
};

}  // namespace bobbin::testing
