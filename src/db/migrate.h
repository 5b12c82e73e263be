// Brings a file to the newest shape: numbered SQL files, each in one
// transaction, counted in `PRAGMA user_version`.
#pragma once

#include <span>
#include <string>

#include "base/embedded.h"
#include "base/result.h"
#include "db/connection.h"

namespace bobbin::db {

// `PRAGMA application_id` of our files: "bobn". It keeps us from writing our
// tables into a stranger's database.
inline constexpr int kApplicationId = 0x626f626e;

// The migrations among the files that are part of the program.
std::span<const EmbeddedFile> Migrations();

// Says whether `connection`'s file is one that Migrate() can work on; reads
// only.
//   type kNewerFile  user_version is beyond the last migration.
//   type kNotOurs    a database with tables, or another's mark, that is not
//                    ours.
Status CheckShape(Connection& connection, const std::string& path,
                  std::span<const EmbeddedFile> migrations);

// Whether it has seen all migrations; reads only.
//   type kOlderFile  it has not.
Status CheckNotOlder(Connection& connection, const std::string& path,
                     std::span<const EmbeddedFile> migrations);

// Runs the migrations that the file has not seen yet. The n-th entry of
// `migrations` (from 1) leads to user_version n. When one of them has a line
// `-- rewrites data`, a copy of the file is made first, beside it, as
// `<path>.v<old version>.backup`. Throws SQLite::Exception; the file is then
// at the version of the last migration that went through.
void Migrate(Connection& connection, const std::string& path,
             std::span<const EmbeddedFile> migrations);

}  // namespace bobbin::db
