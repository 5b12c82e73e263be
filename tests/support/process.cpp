#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace bobbin::testing {
namespace {

constexpr int kPatienceMs = 30'000;

int Check(int result, const char* what) {
  if (result < 0) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  }
  return result;
}

void WaitFor(int fd, const char* what) {
  pollfd wanted{fd, POLLIN, 0};
  if (Check(poll(&wanted, 1, kPatienceMs), "poll") == 0) {
    throw std::runtime_error(std::string("waited too long for ") + what);
  }
}

std::vector<std::string> FullEnvironment(const Environment& own) {
  std::vector<std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (text.starts_with("BOBBIN_") || text.starts_with("XDG_DATA_HOME=") ||
        own.contains(std::string(text.substr(0, text.find('='))))) {
      continue;
    }
    all.emplace_back(text);
  }
  for (const auto& [name, value] : own) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Process::Process(const std::string& program, const Arguments& arguments,
                 const Environment& environment, const std::string& folder) {
  std::vector<std::string> command{program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = FullEnvironment(environment);
  const std::vector<char*> argv = Pointers(command);
  const std::vector<char*> envp = Pointers(variables);
  int pipe_ends[2];
  Check(pipe2(pipe_ends, O_CLOEXEC), "pipe2");
  out_ = pipe_ends[0];
  err_ = Check(memfd_create("stderr", MFD_CLOEXEC), "memfd_create");
  const int nothing = Check(open("/dev/null", O_RDONLY | O_CLOEXEC), "open");
  const pid_t parent = getpid();

  pid_ = Check(fork(), "fork");
  if (pid_ == 0) {
    // Only async-signal-safe calls from here on: the test may have threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    signal(SIGPIPE, SIG_DFL);  // the test's own setting is inherited
    dup2(nothing, STDIN_FILENO);
    dup2(pipe_ends[1], STDOUT_FILENO);
    dup2(err_, STDERR_FILENO);
    if (folder.empty() || chdir(folder.c_str()) == 0) {
      execve(program.c_str(), argv.data(), envp.data());
    }
    _exit(127);
  }
  close(pipe_ends[1]);
  close(nothing);
  pid_fd_ =
      Check(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)), "pidfd_open");
}

Process::~Process() {
  if (!exit_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(pid_fd_);
  close(out_);
  close(err_);
}

void Process::Signal(int signal) const { Check(kill(pid_, signal), "kill"); }

bool Process::ReadSome() {
  WaitFor(out_, "output");
  char piece[4096];
  const int count =
      Check(static_cast<int>(read(out_, piece, sizeof piece)), "read");
  unread_.append(piece, static_cast<size_t>(count));
  return count > 0;
}

std::optional<std::string> Process::ReadLine() {
  size_t end;
  while ((end = unread_.find('\n')) == std::string::npos) {
    if (!ReadSome()) return std::nullopt;
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

std::string Process::ReadRest() {
  while (ReadSome()) {
  }
  return std::move(unread_);
}

std::string Process::Stderr() const {
  struct stat facts = {};
  Check(fstat(err_, &facts), "fstat");
  std::string text(static_cast<size_t>(facts.st_size), '\0');
  const ssize_t count = pread(err_, text.data(), text.size(), 0);
  text.resize(count < 0 ? 0 : static_cast<size_t>(count));
  return text;
}

Exit Process::Wait() {
  if (exit_) return *exit_;
  WaitFor(pid_fd_, "the end of a process");
  int status = 0;
  Check(waitpid(pid_, &status, 0), "waitpid");
  exit_ = WIFEXITED(status) ? Exit{.code = WEXITSTATUS(status)}
                            : Exit{.signal = WTERMSIG(status)};
  return *exit_;
}

Finished RunToEnd(const std::string& program, const Arguments& arguments,
                  const Environment& environment) {
  Process process(program, arguments, environment);
  std::string out = process.ReadRest();
  const Exit exit = process.Wait();
  return {exit.code, std::move(out), process.Stderr()};
}

}  // namespace bobbin::testing
