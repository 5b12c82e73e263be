#include "cli/end_watch.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "cli/signals.h"

namespace bobbin::cli {
namespace {

// Reads what has come; false at the end.
bool DropInput() {
  char dropped[4096];
  const ssize_t got = read(STDIN_FILENO, dropped, sizeof dropped);
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

}  // namespace

EndWatch::~EndWatch() {
  if (parent_ >= 0) close(parent_);
}

Status EndWatch::WatchParent() {
  const pid_t parent = getppid();
  if (parent == 0) {
    return Internal(
        "Cannot watch the parent process: it is in another PID namespace.");
  }
  parent_ = static_cast<int>(syscall(SYS_pidfd_open, parent, 0));
  const int error = parent_ < 0 ? errno : 0;
  // Its number may have gone to another process before we asked for that.
  parent_gone_ = error == ESRCH || getppid() != parent;
  if (parent_gone_ || error == 0) return {};
  return Internal("Cannot watch the parent process: " +
                  std::string(std::strerror(error)) + ".");
}

void EndWatch::Wait() const {
  if (parent_gone_) return;
  if (parent_ < 0 && !stdin_) {
    WaitForStopSignal();
    return;
  }
  const sigset_t signals = StopSignals();
  const int stop = signalfd(-1, &signals, SFD_CLOEXEC);
  while (true) {
    // poll(2) skips what is -1.
    pollfd events[] = {{stop, POLLIN, 0},
                       {parent_, POLLIN, 0},
                       {stdin_ ? STDIN_FILENO : -1, POLLIN, 0}};
    if (poll(events, std::size(events), -1) <= 0) continue;
    if (events[0].revents != 0 || events[1].revents != 0 || !DropInput()) break;
  }
  close(stop);
}

}  // namespace bobbin::cli
