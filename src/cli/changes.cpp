#include "cli/changes.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

namespace bobbin::cli {
namespace {

using Clock = std::chrono::steady_clock;

// A burst of writes has ended when so long there was none; one without an end
// is looked at now and then.
constexpr auto kBurst = std::chrono::milliseconds(50);
constexpr auto kLongestBurst = std::chrono::milliseconds(250);
// What was written can be read only when the writer knows that it is on the
// disk, of which there is no event. So long after a burst we look again.
constexpr auto kOnDisk = std::chrono::seconds(1);

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

  // Returns when there was a write, and some time later once more.
  Status Wait() {
    std::optional<Clock::time_point> until;
    if (again_) until = Clock::now() + kOnDisk;
    Clock::time_point end_of_burst;
    bool written = false;
    while (true) {
      pollfd wanted{fd_, POLLIN, 0};
      const int ready = poll(&wanted, 1, MillisecondsTo(until));
      if (ready < 0 && errno != EINTR) return Refused("poll");
      if (ready > 0 && TakeEvents()) {
        if (!written) end_of_burst = Clock::now() + kLongestBurst;
        written = true;
        until = std::min(Clock::now() + kBurst, end_of_burst);
      }
      if (until && Clock::now() >= *until) {
        again_ = written;
        return {};
      }
    }
  }

 private:
  // For poll(2): -1 is for ever.
  static int MillisecondsTo(std::optional<Clock::time_point> until) {
    if (!until) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
    return static_cast<int>(std::max<int64_t>(0, left.count()));
  }

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
  bool again_ = false;  // we have returned because of a write
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
