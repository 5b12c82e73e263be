// Whether a file is whole: SQLite's pages, and what our rows say of each
// other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/connection.h"

namespace bobbin::store {

struct FileCheck {
  struct Finding {
    std::string what = {};  // `inputs without a call`
    int64_t rows = 0;
    bool can_mend = false;  // by MendFile(), with no loss of what can be read
  };

  // What SQLite's integrity_check says, at most kMostSqliteFindings lines;
  // none if all is well.
  std::vector<std::string> sqlite = {};
  std::vector<Finding> rows = {};  // only those that were found

  bool sound() const { return sqlite.empty() && rows.empty(); }
};

inline constexpr int kMostSqliteFindings = 20;

// Reads every page and every row once. Of a table with a damaged page, which
// `sqlite` then tells, the rows are not looked at. Throws SQLite::Exception
// where the file is too far gone for that.
FileCheck CheckFile(db::Connection& connection);

// Within a job of Database::Write: builds every index anew from its table,
// takes away rows that no read can reach, and puts counts right. Returns what
// was mended. Throws SQLite::Exception.
std::vector<FileCheck::Finding> MendFile(db::Connection& connection);

}  // namespace bobbin::store
