// The yardstick for storage: the statements that bobbin executes, with
// nothing around them.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/traffic.h"
#include "query/statement.h"

namespace bobbin::bench {

// One connection to a file, with bobbin's settings. All methods throw
// std::runtime_error.
class BareSqlite {
 public:
  explicit BareSqlite(const std::string& path);

  // Gives a new file bobbin's shape and settings. `synchronous`: NORMAL or
  // FULL.
  void MakeNew(const std::string& synchronous);

  void Exec(const std::string& sql);
  // The SQL functions that bobbin's statements call.
  void AddFunctions();
  // Prepared at the first use, then kept.
  sqlite3_stmt* Prepared(std::string_view sql);
  // Steps once; true when there is a row.
  bool Step(sqlite3_stmt* statement);
  int64_t last_row() const;
  int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const {
      sqlite3_finalize(statement);
    }
  };

  void Check(int code) const;

  std::unique_ptr<sqlite3, Close> database_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>>
      statements_;
};

// Writes calls into a new file.
class BareWriter {
 public:
  // `synchronous`: NORMAL or FULL.
  BareWriter(const std::string& path, const std::string& synchronous);

  // In one transaction. The parts may come in the order of a Traffic only: a
  // start before its end, both once.
  void Write(std::span<const Part> parts);

 private:
  void Start(const Part& part);
  void End(const Part& part);

  BareSqlite sqlite_;
  // In the order of their first use.
  sqlite3_stmt *begin_, *start_, *inputs_, *outputs_, *end_, *commit_;
};

// Writes tables into a new file: each in one transaction, by the statements
// that bobbin executes for rows that are not there yet.
class BareTables {
 public:
  explicit BareTables(const std::string& path);

  // `digests`: of the rows, one behind the other. The rows are new.
  void Write(std::string_view table_digest, std::string_view digests,
             const std::vector<std::string>& rows);

 private:
  BareSqlite sqlite_;
};

// Reads from a file that a bobbin may be serving.
class BareReader {
 public:
  explicit BareReader(const std::string& path);

  // The row number of kProject, which Run() binds from then on.
  int64_t project();
  // The columns id, trace_id and parent_id ("" for NULL) of a row of calls.
  struct Ids {
    std::string id, trace_id, parent_id;
  };
  Ids IdsOf(int64_t row);

  // Executes a statement: binds, reads every column of every row.
  struct Result {
    int64_t rows = 0;
    int64_t bytes = 0;
    double us = 0;  // without preparing
  };
  Result Run(const query::Statement& statement);

 private:
  BareSqlite sqlite_;
  int64_t known_project_ = 0;  // 0: not asked for yet
};

}  // namespace bobbin::bench
