#include "cli/output.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "base/display.h"
#include "cli/command.h"
#include "cli/environment.h"

namespace bobbin::cli {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

bool IsOnPath(const std::string& program) {
  std::string path = Variable("PATH");
  if (path.empty()) path = "/usr/bin:/bin";
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    const std::string file = path.substr(begin, end - begin) + '/' + program;
    if (access(file.c_str(), X_OK) == 0) return true;
    begin = end + 1;
  }
  return false;
}

// Whether the shell would find the program, as far as can be seen: the output
// would be lost if it did not.
bool CanStart(std::string_view command) {
  const std::string program(command.substr(0, command.find(' ')));
  const bool plain = std::ranges::all_of(program, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
  });
  if (!plain) return true;
  return program.find('/') == std::string::npos
             ? IsOnPath(program)
             : access(program.c_str(), X_OK) == 0;
}

// Empty: none.
std::string PagerCommand() {
  std::string pager = "less -FRX";
  if (std::getenv("PAGER") != nullptr) pager = Variable("PAGER");
  return pager == "cat" || !CanStart(pager) ? "" : pager;
}

// Starts `command` with a pipe for its standard input; -1: not possible.
std::pair<pid_t, int> StartPager(const std::string& command) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {-1, -1};
  // `less` alone, as many set it, would show colours as their codes.
  setenv("LESS", "FRX", 0);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[0], STDIN_FILENO);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  close(ends[0]);
  if (pid > 0) return {pid, ends[1]};
  close(ends[1]);
  return {-1, -1};
}

}  // namespace

bool Output::Put(std::string_view text) {
  while (open_ && !text.empty()) {
    const ssize_t written = write(fd_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      open_ = false;
    } else {
      text.remove_prefix(static_cast<size_t>(written));
    }
  }
  return open_;
}

bool Output::Page() {
  const std::string command = PagerCommand();
  if (command.empty()) return false;
  const auto [pid, fd] = StartPager(command);
  if (pid < 0) return false;
  // The reader may go at any time; Ctrl-C is for the pager.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);
  pager_ = pid;
  fd_ = fd;
  return true;
}

bool Output::Write(std::string_view text) {
  if (!open_) return false;
  held_ += text;
  if (direct_) {
    if (held_.size() < kBufferBytes) return true;
    return Put(std::exchange(held_, {}));
  }
  if (!look_.terminal) {
    direct_ = true;
    return true;
  }
  lines_ += static_cast<int>(std::ranges::count(text, '\n'));
  if (lines_ < look_.height) return true;
  Page();
  direct_ = true;
  return Put(std::exchange(held_, {}));
}

bool Output::WriteJson(std::string_view line) {
  if (!look_.terminal) {
    Write(line);
    return Write("\n");
  }
  return Write(HarmlessJson(line) + '\n');
}

bool Output::Flush() { return Put(std::exchange(held_, {})); }

bool Output::Finish() {
  const bool written = Put(std::exchange(held_, {}));
  if (pager_ < 0) return written;
  close(fd_);
  while (waitpid(pager_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pager_ = -1;
  fd_ = STDOUT_FILENO;
  open_ = false;
  return true;
}

int FailToWrite() {
  return Fail(Internal("Cannot write all of the output."), kExitFailure);
}

}  // namespace bobbin::cli
