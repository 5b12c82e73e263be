#include "cli/descendants.h"

#include <dirent.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace bobbin::cli {
namespace {

using Clock = std::chrono::steady_clock;

// For the system to take down what was killed.
constexpr auto kKillTime = std::chrono::seconds(5);

// The parent of a process; 0: it is gone.
pid_t ParentOf(const std::string& process) {
  std::ifstream stat("/proc/" + process + "/stat");
  std::string line;
  std::getline(stat, line);
  // `42 (name) S 41 ...`, and the name may hold anything.
  const size_t end = line.rfind(')');
  if (end == std::string::npos || line.size() < end + 4) return 0;
  return static_cast<pid_t>(std::atoi(line.c_str() + end + 4));
}

std::vector<pid_t> Descendants() {
  struct Close {
    void operator()(DIR* folder) const { closedir(folder); }
  };
  std::unordered_map<pid_t, std::vector<pid_t>> children;
  const std::unique_ptr<DIR, Close> folder(opendir("/proc"));
  if (!folder) return {};
  while (const dirent* entry = readdir(folder.get())) {
    const pid_t process = std::atoi(entry->d_name);
    if (process > 0) children[ParentOf(entry->d_name)].push_back(process);
  }
  std::vector<pid_t> found = children[getpid()];
  for (size_t i = 0; i < found.size(); ++i) {
    const std::vector<pid_t>& below = children[found[i]];
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

void Signal(const std::vector<pid_t>& processes, int signal) {
  for (const pid_t process : processes) kill(process, signal);
}

// Whether there are children, after those that have ended are reaped.
bool HaveChildren() {
  pid_t ended;
  do {
    ended = waitpid(-1, nullptr, WNOHANG);
  } while (ended > 0);
  return ended == 0 || errno != ECHILD;
}

// Wakes up when a child has ended.
class ChildEvents {
 public:
  ChildEvents() {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    fd_ = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~ChildEvents() { close(fd_); }
  ChildEvents(const ChildEvents&) = delete;
  ChildEvents& operator=(const ChildEvents&) = delete;

  // False: `until` has come, or `hurry_fd` has something to read.
  bool Wait(Clock::time_point until, int hurry_fd) const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd events[] = {{fd_, POLLIN, 0}, {hurry_fd, POLLIN, 0}};
    poll(events, std::size(events), static_cast<int>(left.count()));
    signalfd_siginfo dropped;
    while (read(fd_, &dropped, sizeof dropped) > 0) {
    }
    return events[1].revents == 0;
  }

 private:
  int fd_;
};

}  // namespace

void AdoptOrphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

size_t EndDescendants(int patience_ms, int hurry_fd) {
  if (!HaveChildren()) return 0;
  const ChildEvents events;
  if (patience_ms > 0) {
    const std::vector<pid_t> asked = Descendants();
    Signal(asked, SIGTERM);
    Signal(asked, SIGCONT);  // one that is stopped could not comply
    const auto until = Clock::now() + std::chrono::milliseconds(patience_ms);
    while (HaveChildren() && events.Wait(until, hurry_fd)) {
    }
  }
  // A process may have made another one that we have not seen. When it ends
  // that one is our child, and it is its turn.
  const auto until = Clock::now() + kKillTime;
  while (HaveChildren()) {
    const std::vector<pid_t> left = Descendants();
    Signal(left, SIGKILL);
    if (!events.Wait(until, -1)) return left.size();
  }
  return 0;
}

}  // namespace bobbin::cli
