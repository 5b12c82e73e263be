// SQL that a person types, over a file of ours: it can read, and nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/connection.h"

namespace bobbin::db {

struct SqlValue {
  enum class Kind { kNull, kInt, kReal, kText, kBlob };
  Kind kind = Kind::kNull;
  int64_t integer = 0;
  double real = 0;
  std::string_view bytes = {};  // of a text or a blob; until the next row
};

struct UserSql {
  std::string_view text;  // one statement
  // Called once, before the first row; also if there is none.
  std::function<void(const std::vector<std::string>&)> columns;
  // Called for each row, until it returns false.
  std::function<bool(std::span<const SqlValue>)> row;
};

// Runs it within a job of Database::Read. The views `v_x` of the file can also
// be called `x`, as in `calls`; the table of that name is then `main.calls`.
// What would change anything, open another file or settings is refused by
// SQLite's authorizer, and by `query_only` beneath it.
//   kInvalid  SQLite does not understand it, or it was refused; or there are
//             several statements, or none. The message is SQLite's.
// Throws SQLite::Exception when it fails later than that.
Status RunUserSql(Connection& connection, const UserSql& sql);

}  // namespace bobbin::db
