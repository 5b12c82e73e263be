#include "db/connection.h"

#include <sqlite3.h>

#include <atomic>
#include <utility>

namespace bobbin::db {
namespace {

// Queries are made of parts, so their texts vary; what is kept of them is
// bounded. A long text is a long list of a client's, hardly ever seen again.
constexpr size_t kMaxStatementBytes = 1 << 20;
constexpr size_t kLongText = 2 << 10;

// More than there will ever be rollbacks of one connection.
uint64_t FirstGeneration() {
  static std::atomic<uint64_t> connections{0};
  return ++connections << 40;
}

}  // namespace

Connection::Connection(const std::string& path, int flags, int busy_timeout_ms)
    : database_(path, flags, busy_timeout_ms),
      rollback_(Prepare("ROLLBACK", SQLITE_PREPARE_PERSISTENT)),
      generation_(FirstGeneration()) {}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Connection::Statement Connection::Prepare(std::string_view sql,
                                          unsigned flags) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.getHandle(), sql.data(),
                                      static_cast<int>(sql.size()), flags,
                                      &statement, nullptr);
  if (code != SQLITE_OK) {
    throw SQLite::Exception(database_.getHandle(), code);
  }
  return Statement(statement);
}

sqlite3_stmt* Connection::Prepared(std::string_view sql, Statement& own) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second.get();
  if (sql.size() > kLongText) {
    own = Prepare(sql, 0);
    return own.get();
  }
  if (statement_bytes_ >= kMaxStatementBytes && queries_ == 0) {
    statements_.clear();
    statement_bytes_ = 0;
  }
  Statement statement = Prepare(sql, SQLITE_PREPARE_PERSISTENT);
  sqlite3_stmt* const kept = statement.get();
  statements_.emplace(std::string(sql), std::move(statement));
  statement_bytes_ += sql.size() + static_cast<size_t>(sqlite3_stmt_status(
                                       kept, SQLITE_STMTSTATUS_MEMUSED, 0));
  return kept;
}

void Connection::Begin() { Query(*this, "BEGIN IMMEDIATE").Run(); }

void Connection::Commit() { Query(*this, "COMMIT").Run(); }

void Connection::Rollback() noexcept {
  ++generation_;
  // After some errors (a full disk) SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) return;
  sqlite3_step(rollback_.get());
  sqlite3_reset(rollback_.get());
}

Query::~Query() {
  sqlite3_reset(statement_);
  // Bound text is borrowed: it may be gone before the next use.
  sqlite3_clear_bindings(statement_);
  --connection_.queries_;
}

void Query::Check(int code) const {
  if (code != SQLITE_OK) {
    throw SQLite::Exception(connection_.raw().getHandle(), code);
  }
}

Query& Query::Bind(std::string_view text) {
  // A null pointer would bind NULL; an empty text is not NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  Check(sqlite3_bind_text64(statement_, ++bound_, data, text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Query& Query::Bind(const std::optional<std::string_view>& text) {
  return text ? Bind(*text) : BindNull();
}

Query& Query::Bind(int64_t number) {
  Check(sqlite3_bind_int64(statement_, ++bound_, number));
  return *this;
}

Query& Query::Bind(double number) {
  Check(sqlite3_bind_double(statement_, ++bound_, number));
  return *this;
}

Query& Query::Bind(const std::optional<int64_t>& number) {
  return number ? Bind(*number) : BindNull();
}

Query& Query::BindNull() {
  Check(sqlite3_bind_null(statement_, ++bound_));
  return *this;
}

Query& Query::BindBlob(std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  Check(sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(),
                            SQLITE_STATIC));
  return *this;
}

bool Query::Row() {
  ++connection_.steps_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw SQLite::Exception(connection_.raw().getHandle(), code);
}

bool Query::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Query::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Query::Double(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Query::Text(int column) const {
  // sqlite3_column_blob does not add the closing zero that _text would.
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return IsNull(column) ? std::string_view() : "";
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

std::optional<std::string_view> Query::OptText(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

std::optional<int64_t> Query::OptInt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

}  // namespace bobbin::db
