#include "db/backup.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace bobbin::db {
namespace {

namespace fs = std::filesystem;

// A megabyte or so: often enough for a person who watches.
constexpr int kPagesAtOnce = 256;

Error CannotWrite(const std::string& path, const std::string& reason) {
  return Error{Code::kInvalid, "Cannot write " + path + ": " + reason + "."};
}

Error IsThere(const std::string& path) {
  return Error{Code::kConflict,
               path + " is there already; a backup replaces no file."};
}

// A name that is not on disk would be lost with the power.
void Flush(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a folder that may not be read has no other way
  fsync(fd);
  close(fd);
}

// The file that is not yet a copy, gone unless it became one.
class Unfinished {
 public:
  explicit Unfinished(const std::string& path)
      : path_(path + "." + std::to_string(getpid()) + ".unfinished") {}
  ~Unfinished() {
    std::error_code ignored;  // there is nothing more to be done about it
    if (!done_) fs::remove(path_, ignored);
    fs::remove(path_ + "-journal", ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  const std::string& path() const { return path_; }

  // Gives it its name.
  Status Become(const std::string& path) {
    done_ = renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str(),
                      RENAME_NOREPLACE) == 0;
    if (done_) return Status();
    // Not every file system can; a second name does not replace either.
    if (errno == EINVAL && link(path_.c_str(), path.c_str()) == 0) {
      return Status();
    }
    if (errno == EEXIST) return IsThere(path);
    return CannotWrite(path, std::strerror(errno));
  }

 private:
  const std::string path_;
  bool done_ = false;
};

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
  std::error_code error;
  if (fs::exists(fs::symlink_status(path, error))) return IsThere(path);
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  // SQLite would only say that it can't open the file.
  if (!fs::is_directory(folder, error)) {
    return CannotWrite(path, "there is no folder " + folder.string());
  }
  // The snapshot begins here, and the copy is all of one moment.
  Query(connection, "SELECT count(*) FROM sqlite_schema").Run();

  Unfinished unfinished(path);
  try {
    CopyPages(connection, unfinished.path(), progress);
  } catch (const SQLite::Exception& exception) {
    return CannotWrite(path, exception.what());
  }
  Status named = unfinished.Become(path);
  if (named.ok()) Flush(folder);
  return named;
}

}  // namespace bobbin::db
