#include "db/user_sql.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace bobbin::db {
namespace {

constexpr std::array<std::string_view, 9> kReadingPragmas{
    "table_info",    "table_xinfo",   "table_list",
    "index_list",    "index_info",    "index_xinfo",
    "database_list", "function_list", "user_version"};

int Authorize(void*, int action, const char* first, const char* second,
              const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return std::string_view(second) == "load_extension" ? SQLITE_DENY
                                                          : SQLITE_OK;
    case SQLITE_PRAGMA: {
      const bool reads =
          std::ranges::find(kReadingPragmas, first) != kReadingPragmas.end();
      // Only these take an argument that is a name and not a new value.
      const bool sets =
          second != nullptr && std::string_view(first) == "user_version";
      return reads && !sets ? SQLITE_OK : SQLITE_DENY;
    }
    default:
      return SQLITE_DENY;
  }
}

class OnlyReading {
 public:
  explicit OnlyReading(sqlite3* handle) : handle_(handle) {
    sqlite3_set_authorizer(handle_, Authorize, nullptr);
  }
  ~OnlyReading() { sqlite3_set_authorizer(handle_, nullptr, nullptr); }
  OnlyReading(const OnlyReading&) = delete;
  OnlyReading& operator=(const OnlyReading&) = delete;

 private:
  sqlite3* handle_;
};

// The transaction that they are made in is rolled back in the end.
void MakeViews(Connection& connection) {
  std::vector<std::string> names;
  {
    Query views(connection,
                "SELECT name FROM main.sqlite_schema WHERE type = 'view' AND "
                "name GLOB 'v_[a-z]*'");
    while (views.Row()) names.emplace_back(views.Text(0));
  }
  connection.Exec("PRAGMA query_only = OFF");
  for (const std::string& name : names) {
    // A name of the schema's, in which there are no quotes.
    connection.Exec("CREATE TEMP VIEW \"" + name.substr(2) +
                    "\" AS SELECT * FROM main.\"" + name + '"');
  }
  connection.Exec("PRAGMA query_only = ON");
}

struct Finalize {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Error Misunderstood(sqlite3* handle) {
  if (sqlite3_errcode(handle) == SQLITE_AUTH) {
    return Invalid(
        "Only statements that read are run here, and only on this file.");
  }
  const std::string_view problem = sqlite3_errmsg(handle);
  // Before it asks whether it may.
  if (problem.starts_with("cannot modify ")) {
    return Invalid("Only statements that read are run here.");
  }
  std::string text = "SQLite says: " + std::string(problem) + ".";
  if (problem.starts_with("no such table")) {
    text +=
        " There are the views calls, call_tree, objects, feedback and costs.";
  }
  return Invalid(std::move(text));
}

Result<Statement> Prepare(sqlite3* handle, std::string_view text) {
  const OnlyReading only_reading(handle);
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v2(
      handle, text.data(), static_cast<int>(text.size()), &made, &rest);
  Statement statement(made);
  if (code != SQLITE_OK) return Misunderstood(handle);
  if (!statement) return Invalid("There is no SQL statement.");
  sqlite3_stmt* second = nullptr;
  const size_t left = text.size() - static_cast<size_t>(rest - text.data());
  const int more = sqlite3_prepare_v2(handle, rest, static_cast<int>(left),
                                      &second, nullptr);
  const Statement another(second);
  if (more != SQLITE_OK || another) {
    return Invalid("Only one statement at a time.");
  }
  if (sqlite3_stmt_readonly(statement.get()) == 0) {
    return Invalid("Only statements that read are run here.");
  }
  return statement;
}

SqlValue ValueOf(sqlite3_stmt* statement, int column) {
  SqlValue value;
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      value.kind = SqlValue::Kind::kInt;
      value.integer = sqlite3_column_int64(statement, column);
      return value;
    case SQLITE_FLOAT:
      value.kind = SqlValue::Kind::kReal;
      value.real = sqlite3_column_double(statement, column);
      return value;
    case SQLITE_NULL:
      return value;
    default:
      break;
  }
  const bool text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
  value.kind = text ? SqlValue::Kind::kText : SqlValue::Kind::kBlob;
  const void* bytes = sqlite3_column_blob(statement, column);
  const int size = sqlite3_column_bytes(statement, column);
  if (bytes != nullptr) {
    value.bytes = {static_cast<const char*>(bytes), static_cast<size_t>(size)};
  }
  return value;
}

}  // namespace

Status RunUserSql(Connection& connection, const UserSql& sql) {
  sqlite3* handle = connection.raw().getHandle();
  MakeViews(connection);
  Result<Statement> prepared = Prepare(handle, sql.text);
  if (!prepared.ok()) return prepared.error();
  sqlite3_stmt* statement = prepared.value().get();
  std::vector<std::string> names;
  const int count = sqlite3_column_count(statement);
  names.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    names.emplace_back(sqlite3_column_name(statement, i));
  }
  sql.columns(names);
  std::vector<SqlValue> values(names.size());
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return {};
    if (code == SQLITE_ERROR) return Misunderstood(handle);
    if (code != SQLITE_ROW) throw SQLite::Exception(handle, code);
    for (int i = 0; i < count; ++i) {
      values[static_cast<size_t>(i)] = ValueOf(statement, i);
    }
    if (!sql.row(values)) return {};
  }
}

}  // namespace bobbin::db
