#include "db/backup.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "base/new_file.h"

namespace bobbin::db {
namespace {

// A megabyte or so: often enough for a person who watches.
constexpr int kPagesAtOnce = 256;

void CopyPages(Connection& connection, const std::string& path,
               const std::function<void(int64_t, int64_t)>& progress) {
  SQLite::Database copy(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup backup(copy, connection.raw());
  int code = SQLITE_OK;
  while ((code = backup.executeStep(kPagesAtOnce)) == SQLITE_OK) {
    const int64_t pages = backup.getTotalPageCount();
    progress(pages - backup.getRemainingPageCount(), pages);
  }
  // Somebody locked the copy.
  if (code != SQLITE_DONE) throw SQLite::Exception(sqlite3_errstr(code), code);
}

}  // namespace

Status BackUp(Connection& connection, const std::string& path,
              const std::function<void(int64_t, int64_t)>& progress) {
  NewFile file(path, "-journal");
  Status can = file.Check();
  if (!can.ok()) return can;
  // The snapshot begins here, and the copy is all of one moment.
  Query(connection, "SELECT count(*) FROM sqlite_schema").Run();

  try {
    CopyPages(connection, file.draft(), progress);
  } catch (const SQLite::Exception& exception) {
    return file.CannotWrite(exception.what());
  }
  return file.Become();
}

}  // namespace bobbin::db
