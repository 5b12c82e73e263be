#include "base/new_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace bobbin {
namespace {

namespace fs = std::filesystem;

fs::path FolderOf(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// A name that is not on disk would be lost with the power.
void Flush(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a folder that may not be read has no other way
  fsync(fd);
  close(fd);
}

// Of the NewFile that there is, for the signals.
std::atomic<const char*> draft_path{nullptr};
std::atomic<const char*> beside_path{nullptr};

// The signal itself comes again when this has returned, and then ends the
// process: SA_RESETHAND.
void TakeAway(int signal) {
  for (const auto* path : {&draft_path, &beside_path}) {
    if (const char* const name = path->load()) unlink(name);
  }
  raise(signal);
}

}  // namespace

NewFile::NewFile(std::string path, std::string_view beside)
    : path_(std::move(path)),
      draft_(path_ + "." + std::to_string(getpid()) + ".unfinished"),
      beside_(beside.empty() ? "" : draft_ + std::string(beside)) {
  draft_path = draft_.c_str();
  if (!beside_.empty()) beside_path = beside_.c_str();
  TakeAwayOnSignals();
}

NewFile::~NewFile() {
  for (const Before& before : before_) {
    sigaction(before.signal, &before.action, nullptr);
  }
  draft_path = beside_path = nullptr;
  std::error_code ignored;  // there is nothing more to be done about it
  if (!done_) fs::remove(draft_, ignored);
  if (!beside_.empty()) fs::remove(beside_, ignored);
}

void NewFile::TakeAwayOnSignals() {
  struct sigaction action = {};
  action.sa_handler = TakeAway;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigfillset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    // Who has it ignored (nohup) wants to go on.
    if (before.sa_handler != SIG_DFL) continue;
    sigaction(signal, &action, nullptr);
    before_.push_back({signal, before});
  }
}

Status NewFile::Check() const {
  std::error_code error;
  if (fs::exists(fs::symlink_status(path_, error))) return IsThere();
  const fs::path folder = FolderOf(path_);
  if (fs::is_directory(folder, error)) return {};
  return CannotWrite("there is no folder " + folder.string());
}

Status NewFile::Become() {
  done_ = renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, path_.c_str(),
                    RENAME_NOREPLACE) == 0;
  // Not every file system can; a second name does not replace either.
  const bool linked =
      !done_ && errno == EINVAL && link(draft_.c_str(), path_.c_str()) == 0;
  if (!done_ && !linked) {
    return errno == EEXIST ? IsThere() : CannotWrite(std::strerror(errno));
  }
  Flush(FolderOf(path_));
  return {};
}

Error NewFile::CannotWrite(const std::string& reason) const {
  return Invalid("Cannot write " + path_ + ": " + reason + ".");
}

Error NewFile::IsThere() const {
  return {Code::kConflict, path_ + " is there already, and is not replaced."};
}

}  // namespace bobbin
