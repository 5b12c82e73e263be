#include "cli/open_file.h"

#include <iostream>

#include "cli/command.h"
#include "cli/default_path.h"
#include "db/migrate.h"

namespace bobbin::cli {

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

int ExitCodeOf(const Error& error) {
  if (error.type == db::kNotOpenable) return kExitNotOpenable;
  if (error.type == db::kNotSqlite || error.type == db::kNotOurs) {
    return kExitNotSqlite;
  }
  if (error.type == db::kNewerFile) return kExitNewerFile;
  if (error.type == db::kAlreadyServed) return kExitAlreadyServed;
  return kExitFailure;
}

int Fail(const Error& error, int exit_code) {
  std::cerr << "bobbin: " << error.message << '\n';
  return exit_code;
}

}  // namespace bobbin::cli
