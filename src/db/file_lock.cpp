#include "db/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "db/database.h"

namespace bobbin::db {
namespace {

// The first 16 bytes of every SQLite file (https://sqlite.org/fileformat2.html,
// section 1.3).
constexpr std::string_view kMagic("SQLite format 3\0", 16);

Error Failure(std::string_view type, std::string message) {
  return {Code::kConflict, std::move(message), std::string(type)};
}

bool IsSqlite(int fd) {
  char head[kMagic.size()] = {};
  return pread(fd, head, sizeof head, 0) == static_cast<ssize_t>(sizeof head) &&
         std::string_view(head, sizeof head) == kMagic;
}

Status NotRegular(const std::string& path) {
  return Failure(kNotOpenable, path + " is not a regular file.");
}

Status NotSqlite(const std::string& path) {
  return Failure(kNotSqlite, path + " is not a SQLite file; name another one.");
}

}  // namespace

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(file_is_new_, other.file_is_new_);
  return *this;
}

Result<FileLock> FileLock::Take(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    return Failure(kNotOpenable, "Cannot open " + path + " for writing: " +
                                     std::strerror(errno) + ".");
  }
  FileLock lock(fd);
  struct stat facts = {};
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return NotRegular(path).error();
  }
  lock.file_is_new_ = facts.st_size == 0;
  if (facts.st_size > 0 && !IsSqlite(fd)) return NotSqlite(path).error();
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return Failure(kAlreadyServed,
                   path +
                       " is already served by another bobbin; stop that one "
                       "or name another file.");
  }
  return lock;
}

Status FileLock::Sync() {
  if (fsync(fd_) == 0) return {};
  return Internal(std::string("cannot sync the file: ") + std::strerror(errno));
}

Status CheckFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const bool missing = errno == ENOENT;
    return Failure(
        kNotOpenable,
        missing ? "There is no file " + path + " yet; `bobbin serve` makes it."
                : "Cannot open " + path + ": " + std::strerror(errno) + ".");
  }
  struct stat facts = {};
  Status fit;
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    fit = NotRegular(path);
  } else if (!IsSqlite(fd)) {
    fit = NotSqlite(path);
  }
  close(fd);
  return fit;
}

}  // namespace bobbin::db
