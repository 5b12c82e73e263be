// One SQLite connection with its prepared statements, and the way to use one.
//
// Used only inside a job of Database::Write or ::Read, which owns it for that
// time. SQLite's failures are thrown as SQLite::Exception and end at those two
// doors; a job need not catch them.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3_stmt;

namespace bobbin::db {

class Connection {
 public:
  // Opens `path` (a file name or a URI). Throws SQLite::Exception.
  Connection(const std::string& path, int flags, int busy_timeout_ms);

  SQLite::Database& raw() { return database_; }
  void Exec(const std::string& sql) { database_.exec(sql); }

  // How much memory the statements take that are kept for their next use.
  size_t statement_bytes() const { return statement_bytes_; }

  // BEGIN IMMEDIATE, COMMIT and ROLLBACK. Rollback() does nothing outside a
  // transaction and does not throw: its statement was prepared beforehand.
  void Begin();
  void Commit();
  void Rollback() noexcept;
  // Changes with every rollback, and is never that of another connection: what
  // a job remembers from the database (row numbers, say) is good for as long
  // as this stays the same.
  uint64_t generation() const { return generation_; }
  // Changes with every step of a Query.
  uint64_t steps() const { return steps_; }

  int64_t last_insert_row_id() { return database_.getLastInsertRowid(); }
  int changes() { return database_.getChanges(); }

 private:
  friend class Query;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  // A statement for `sql`: one that is kept, or a new one, which is kept if it
  // is worth it; else `own` holds it. Until its Query is gone it belongs to
  // that one alone. Not a SQLite::Statement: that one can't bind a string_view
  // uncopied.
  sqlite3_stmt* Prepared(std::string_view sql, Statement& own);
  Statement Prepare(std::string_view sql, unsigned flags);

  SQLite::Database database_;
  const Statement rollback_;
  uint64_t generation_;
  uint64_t steps_ = 0;
  std::unordered_map<std::string, Statement, Hash, std::equal_to<>> statements_;
  size_t statement_bytes_ = 0;
  int queries_ = 0;  // that exist and borrow a statement
};

// One use of a prepared statement: bind in order, step, read columns. Text is
// bound without a copy and must live until the Query is gone.
//
//   Query query(connection, "SELECT a FROM t WHERE b = ?");
//   query.Bind(b);
//   while (query.Row()) use(query.Text(0));
class Query {
 public:
  Query(Connection& connection, std::string_view sql)
      : connection_(connection), statement_(connection.Prepared(sql, own_)) {
    ++connection_.queries_;
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::string_view text);
  Query& Bind(const std::optional<std::string_view>& text);
  Query& Bind(int64_t number);
  Query& Bind(double number);
  Query& Bind(const std::optional<int64_t>& number);
  Query& BindNull();
  // Binary data, for a BLOB column.
  Query& BindBlob(std::string_view bytes);

  // Steps; true while there is a row. Columns count from 0.
  bool Row();
  // Steps a statement that returns no rows.
  void Run() { Row(); }

  bool IsNull(int column) const;
  int64_t Int(int column) const;
  double Double(int column) const;
  // The view lives until the next step. A NULL is an empty view whose
  // data() is nullptr.
  std::string_view Text(int column) const;
  std::optional<std::string_view> OptText(int column) const;
  std::optional<int64_t> OptInt(int column) const;

 private:
  void Check(int code) const;

  Connection& connection_;
  Connection::Statement own_;  // if nobody keeps it
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

}  // namespace bobbin::db
