#include "cli/changes.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace bobbin::cli {
namespace {

// After the first write of a burst, so long is waited for its end.
constexpr int kBurstMs = 50;

Error Refused(const char* what) {
  return Internal(std::string("Cannot watch the file: ") + what + ": " +
                  std::strerror(errno) + ".");
}

class Watch {
 public:
  Watch() : fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}
  ~Watch() {
    if (fd_ >= 0) close(fd_);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The log comes and goes: it is seen through its folder.
  Status Add(const std::filesystem::path& file) {
    name_ = file.filename();
    std::filesystem::path folder = file.parent_path();
    if (folder.empty()) folder = ".";
    constexpr uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_MOVED_TO;
    if (fd_ < 0 || inotify_add_watch(fd_, folder.c_str(), kEvents) < 0) {
      return Refused("inotify");
    }
    return {};
  }

  // Returns when there was a write.
  Status Wait() {
    bool written = false;
    while (true) {
      pollfd wanted{fd_, POLLIN, 0};
      const int ready = poll(&wanted, 1, written ? kBurstMs : -1);
      if (ready < 0 && errno != EINTR) return Refused("poll");
      if (ready == 0) return {};
      if (ready > 0 && TakeEvents()) {
        if (written) return {};
        written = true;
      }
    }
  }

 private:
  bool TakeEvents() {
    bool ours = false;
    alignas(inotify_event) std::array<char, 16 << 10> events{};
    ssize_t size;
    while ((size = read(fd_, events.data(), events.size())) > 0) {
      for (ssize_t at = 0; at < size;) {
        const auto* event =
            reinterpret_cast<const inotify_event*>(events.data() + at);
        const std::string_view name = event->len > 0 ? event->name : "";
        ours = ours || (event->mask & IN_Q_OVERFLOW) != 0 || name == name_ ||
               name == name_ + "-wal";
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    return ours;
  }

  const int fd_;
  std::string name_;
};

}  // namespace

Status FollowFile(const std::string& path, const std::function<bool()>& look) {
  Watch watch;
  if (Status added = watch.Add(path); !added.ok()) return added;
  while (look()) {
    if (Status waited = watch.Wait(); !waited.ok()) return waited;
  }
  return {};
}

}  // namespace bobbin::cli
