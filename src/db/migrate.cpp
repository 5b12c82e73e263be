#include "db/migrate.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>

#include "base/log.h"
#include "db/database.h"

namespace bobbin::db {
namespace {

int64_t Number(Connection& connection, const char* sql) {
  return connection.raw().execAndGet(sql).getInt64();
}

bool RewritesData(std::string_view sql) {
  return sql.find("\n-- rewrites data\n") != std::string_view::npos;
}

void BackUp(Connection& connection, const std::string& path, int64_t version) {
  SQLite::Database copy(path + ".v" + std::to_string(version) + ".backup",
                        SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup backup(copy, connection.raw());
  const int code = backup.executeStep();
  if (code != SQLITE_DONE) {
    throw SQLite::Exception("cannot write the backup", code);
  }
}

Status CheckOurs(Connection& connection, const std::string& path) {
  const int64_t owner = Number(connection, "PRAGMA application_id");
  if (owner == kApplicationId) return {};
  // A new file has no tables, and nobody has marked it.
  if (owner == 0 && Number(connection, "PRAGMA user_version") == 0 &&
      Number(connection, "SELECT count(*) FROM sqlite_schema") == 0) {
    return {};
  }
  return Error{Code::kConflict,
               path +
                   " is a SQLite database, but not one of bobbin's; name "
                   "another file.",
               std::string(kNotOurs)};
}

}  // namespace

std::span<const EmbeddedFile> Migrations() {
  const std::span<const EmbeddedFile> files = EmbeddedSchema();
  const auto end = std::ranges::find_if_not(
      files, [](const EmbeddedFile& f) { return f.name.ends_with(".sql"); });
  return files.first(static_cast<size_t>(end - files.begin()));
}

Status CheckShape(Connection& connection, const std::string& path,
                  std::span<const EmbeddedFile> migrations) {
  if (Status ours = CheckOurs(connection, path); !ours.ok()) return ours;
  const auto last = static_cast<int64_t>(migrations.size());
  const int64_t shape = Number(connection, "PRAGMA user_version");
  if (shape > last) {
    return Error{Code::kConflict,
                 path + " was written by a newer bobbin (its shape is " +
                     std::to_string(shape) + ", this program knows " +
                     std::to_string(last) + "); update bobbin to open it.",
                 std::string(kNewerFile)};
  }
  return {};
}

Status CheckNotOlder(Connection& connection, const std::string& path,
                     std::span<const EmbeddedFile> migrations) {
  const int64_t shape = Number(connection, "PRAGMA user_version");
  if (shape >= static_cast<int64_t>(migrations.size())) return {};
  return Error{Code::kConflict,
               path + " was written by an older bobbin (its shape is " +
                   std::to_string(shape) + ", this program reads " +
                   std::to_string(migrations.size()) +
                   "). `bobbin serve` brings it up to date when it opens it; "
                   "to look only changes nothing.",
               std::string(kOlderFile)};
}

void Migrate(Connection& connection, const std::string& path,
             std::span<const EmbeddedFile> migrations) {
  const auto last = static_cast<int64_t>(migrations.size());
  const int64_t start = Number(connection, "PRAGMA user_version");
  const auto pending = migrations.subspan(static_cast<size_t>(start));
  if (start > 0 && !pending.empty()) {
    // It may take seconds.
    Log(LogLevel::kWarning, path +
                                " was written by an older bobbin; it is "
                                "brought up to date, and no longer opened by "
                                "that one.");
  }
  const bool rewrites = std::ranges::any_of(
      pending, [](const EmbeddedFile& f) { return RewritesData(f.content); });
  // An empty file has nothing to lose.
  if (start > 0 && rewrites) BackUp(connection, path, start);
  for (int64_t version = start; version < last; ++version) {
    const std::string_view sql =
        migrations[static_cast<size_t>(version)].content;
    SQLite::Transaction transaction(connection.raw(),
                                    SQLite::TransactionBehavior::IMMEDIATE);
    connection.Exec(std::string(sql));
    connection.Exec("PRAGMA application_id = " +
                    std::to_string(kApplicationId));
    connection.Exec("PRAGMA user_version = " + std::to_string(version + 1));
    transaction.commit();
  }
}

}  // namespace bobbin::db
