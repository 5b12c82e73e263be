#include "db/wal_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace bobbin::db {
namespace {

// A file that is on the disk can still lack its name there.
bool SyncFolderOf(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

}  // namespace

WalFile::~WalFile() {
  if (fd_ >= 0) close(fd_);
}

int WalFile::Descriptor() {
  const int known = fd_.load(std::memory_order_acquire);
  if (known >= 0) return known;
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) return fd_;
  const int fd = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (fd >= 0 && !SyncFolderOf(path_)) {
    close(fd);
    return -1;
  }
  fd_ = fd;
  return fd;
}

Status WalFile::SyncOnce() {
  const int fd = Descriptor();
  if (fd < 0 || fdatasync(fd) != 0) {
    return Internal("cannot sync " + path_ + ": " + std::strerror(errno));
  }
  return {};
}

Status WalFile::Sync() {
  if (failed_) {
    return Internal("the disk failed to sync " + path_ +
                    ": nothing can be promised until a restart");
  }
  Status synced = SyncOnce();
  if (!synced.ok()) failed_ = true;
  return synced;
}

}  // namespace bobbin::db
