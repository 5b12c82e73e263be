#include "support/terminal.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace bobbin::testing {
namespace {

constexpr int kPatienceMs = 30'000;

std::vector<std::string> Variables(const Environment& own) {
  Environment all{{"TZ", "UTC"},
                  {"PAGER", ""},
                  {"LC_ALL", "C.UTF-8"},
                  {"TERM", "xterm-256color"},
                  {"PATH", "/usr/bin:/bin"}};
  for (const auto& [name, value] : own) all[name] = value;
  std::vector<std::string> texts;
  for (const auto& [name, value] : all) texts.push_back(name + "=" + value);
  return texts;
}

// Everything up to the end of the program.
std::string ReadAll(int fd) {
  std::string text;
  while (true) {
    pollfd wanted{fd, POLLIN, 0};
    if (poll(&wanted, 1, kPatienceMs) == 0) {
      throw std::runtime_error("waited too long for a terminal: " + text);
    }
    char piece[4096];
    const ssize_t count = read(fd, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;  // EIO: the program has gone
    text.append(piece, static_cast<size_t>(count));
  }
}

}  // namespace

Finished RunOnTerminal(const Arguments& arguments,
                       const Environment& environment, TerminalSize size) {
  std::vector<std::string> command{BOBBIN_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = Variables(environment);
  std::vector<char*> argv, envp;
  for (std::string& text : command) argv.push_back(text.data());
  for (std::string& text : variables) envp.push_back(text.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  winsize cells{};
  cells.ws_col = static_cast<unsigned short>(size.columns);
  cells.ws_row = static_cast<unsigned short>(size.rows);
  int fd = -1;
  const pid_t pid = forkpty(&fd, nullptr, nullptr, &cells);
  if (pid < 0) throw std::runtime_error("forkpty");
  if (pid == 0) {
    signal(SIGPIPE, SIG_DFL);
    execve(BOBBIN_BINARY, argv.data(), envp.data());
    _exit(127);
  }
  const std::string raw = ReadAll(fd);
  close(fd);
  int status = 0;
  waitpid(pid, &status, 0);
  Finished finished{WIFEXITED(status) ? WEXITSTATUS(status) : -1, "", ""};
  for (const char c : raw) {
    if (c != '\r') finished.out += c;
  }
  return finished;
}

}  // namespace bobbin::testing
