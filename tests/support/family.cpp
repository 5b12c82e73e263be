#include "support/family.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace bobbin::testing {
namespace {

constexpr int kPatienceMs = 30'000;

int Check(int result, const std::string& what) {
  if (result < 0) throw std::runtime_error(what + ": " + std::strerror(errno));
  return result;
}

bool WaitFor(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return Check(poll(&wanted, 1, kPatienceMs), "poll") > 0;
}

}  // namespace

Relative::Relative(pid_t pid)
    : pid_(pid),
      pid_fd_(Check(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)),
                    "pidfd_open " + std::to_string(pid))) {}

Relative::~Relative() {
  if (pid_fd_ < 0) return;
  // A test that fails leaves nobody behind either.
  if (Alive()) kill(pid_, SIGKILL);
  close(pid_fd_);
}

void Relative::Signal(int signal) const { Check(kill(pid_, signal), "kill"); }

bool Relative::Alive() const {
  pollfd wanted{pid_fd_, POLLIN, 0};
  return poll(&wanted, 1, 0) == 0;
}

char Relative::State() const {
  std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(stat, line);
  const size_t end = line.rfind(") ");
  return end == std::string::npos ? 'X' : line[end + 2];
}

bool Relative::WaitForEnd() const { return WaitFor(pid_fd_); }

Gate::Gate(const std::string& path) : path_(path) {
  Check(mkfifo(path.c_str(), 0600), "mkfifo");
}

void Gate::Open(const std::string& line) const {
  const int fd = Check(open(path_.c_str(), O_WRONLY | O_CLOEXEC), "open");
  const std::string text = line + '\n';
  Check(static_cast<int>(write(fd, text.data(), text.size())), "write");
  close(fd);
}

OnTerminal::OnTerminal(const std::string& program, const Arguments& arguments,
                       const Environment& environment) {
  const pid_t parent = getpid();
  winsize size = {.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  pid_ = Check(forkpty(&master_, nullptr, nullptr, &size), "forkpty");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    for (const auto& [name, value] : environment) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  fcntl(master_, F_SETFD, FD_CLOEXEC);
}

OnTerminal::~OnTerminal() {
  if (!reaped_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  HangUp();
}

void OnTerminal::Type(const std::string& text) const {
  Check(static_cast<int>(write(master_, text.data(), text.size())), "write");
}

void OnTerminal::Resize(int columns, int rows) const {
  winsize size = {};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  Check(ioctl(master_, TIOCSWINSZ, &size), "TIOCSWINSZ");
}

std::string OnTerminal::ReadUntil(const std::string& text) {
  size_t found;
  while ((found = unread_.find(text)) == std::string::npos) {
    char piece[4096];
    const ssize_t got =
        WaitFor(master_) ? read(master_, piece, sizeof piece) : 0;
    if (got <= 0) {
      throw std::runtime_error("'" + text + "' did not come, but: " + unread_);
    }
    unread_.append(piece, static_cast<size_t>(got));
  }
  const std::string read = unread_.substr(0, found + text.size());
  unread_.erase(0, found + text.size());
  return read;
}

void OnTerminal::HangUp() {
  if (master_ >= 0) close(master_);
  master_ = -1;
}

Exit OnTerminal::Wait() {
  const int pid_fd =
      Check(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)), "pidfd_open");
  const bool ended = WaitFor(pid_fd);
  close(pid_fd);
  if (!ended) throw std::runtime_error("waited too long for a process");
  int status = 0;
  Check(waitpid(pid_, &status, 0), "waitpid");
  reaped_ = true;
  return WIFEXITED(status) ? Exit{.code = WEXITSTATUS(status)}
                           : Exit{.signal = WTERMSIG(status)};
}

}  // namespace bobbin::testing
