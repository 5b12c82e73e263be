#include "db/wal_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bobbin::db {

WalFile::~WalFile() {
  if (fd_ >= 0) close(fd_);
}

int WalFile::Descriptor() {
  const int known = fd_.load(std::memory_order_acquire);
  if (known >= 0) return known;
  const std::lock_guard lock(mutex_);
  if (fd_ < 0) fd_ = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  return fd_;
}

Status WalFile::Sync() {
  const int fd = Descriptor();
  if (fd < 0 || fdatasync(fd) != 0) {
    return Internal("cannot sync " + path_ + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace bobbin::db
