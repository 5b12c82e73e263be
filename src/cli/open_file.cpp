#include "cli/open_file.h"

#include <cmath>
#include <filesystem>
#include <iostream>

#include "cli/command.h"
#include "cli/default_path.h"
#include "db/file_lock.h"
#include "db/migrate.h"

namespace bobbin::cli {
namespace {

// Takes away a file that is empty, unless somebody serves it.
void RemoveIfEmpty(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return;
  const Result<db::FileLock> lock = db::FileLock::Take(path);
  if (lock.ok() && lock.value().file_is_new()) {
    std::filesystem::remove(path, error);  // or it stays: it is empty
  }
}

}  // namespace

Result<std::unique_ptr<db::Database>> OpenFile(db::OpenOptions options) {
  if (options.durability != db::Durability::kMemory) {
    Status folders = MakeFoldersFor(options.path);
    if (!folders.ok()) {
      return Error{Code::kInvalid, folders.error().message,
                   std::string(db::kNotOpenable)};
    }
  }
  options.migrations = db::Migrations();
  return db::Database::Open(options);
}

Result<std::unique_ptr<db::Database>> OpenPlace(const Place& place,
                                                double query_timeout_s) {
  db::OpenOptions open{.path = place.db};
  // However little was asked for, it is not 0, which would be for ever.
  open.query_timeout_us =
      static_cast<int64_t>(std::ceil(query_timeout_s * 1e6));
  if (place.ephemeral) {
    open.durability = db::Durability::kMemory;
    return OpenFile(open);
  }
  open.durability = place.durability == "normal" ? db::Durability::kNormal
                                                 : db::Durability::kFull;
  std::error_code error;
  const bool is_new = !std::filesystem::exists(place.db, error) && !error;
  Result<std::unique_ptr<db::Database>> database = OpenFile(open);
  // A disk that is full, say: do not leave behind what is no database.
  if (!database.ok() && is_new) RemoveIfEmpty(place.db);
  return database;
}

int ExitCodeOf(const Error& error) {
  if (error.type == db::kNotOpenable) return kExitNotOpenable;
  if (error.type == db::kFileDamaged && error.code == Code::kConflict) {
    return kExitNotOpenable;
  }
  if (error.type == db::kNotSqlite || error.type == db::kNotOurs) {
    return kExitNotSqlite;
  }
  if (error.type == db::kNewerFile) return kExitNewerFile;
  if (error.type == db::kAlreadyServed) return kExitAlreadyServed;
  if (error.type == db::kOlderFile) return kExitOlderFile;
  return kExitFailure;
}

int Fail(const Error& error, int exit_code) {
  std::cerr << "bobbin: " << error.message << '\n';
  return exit_code;
}

}  // namespace bobbin::cli
