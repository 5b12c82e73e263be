#include "cli/guard.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "cli/descendants.h"
#include "cli/running.h"

namespace bobbin::cli {
namespace {

constexpr std::array kPassed{SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                             SIGUSR1, SIGUSR2, SIGCONT, SIGTSTP,
                             SIGTTIN, SIGTTOU, SIGWINCH};

// For what the command has left behind, to end by itself.
constexpr int kPatienceMs = 2000;

// Our environment with `own` in it.
std::vector<std::string> Environment(
    const std::vector<std::pair<std::string, std::string>>& own) {
  std::vector<std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::ranges::any_of(
        own, [&](const auto& pair) { return pair.first == name; });
    if (!replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : own) {
    all.push_back(name);
    all.back().append("=").append(value);
  }
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

class Guard {
 public:
  Guard(int socket, std::vector<std::string> command,
        const InheritedSignals& inherited)
      : socket_(socket), command_(std::move(command)), inherited_(inherited) {}

  [[noreturn]] void Be();

 private:
  // False: bobbin run is no more.
  bool Receive(Order& order) const {
    return recv(socket_, &order, sizeof order, 0) == sizeof order;
  }
  void Tell(const News& news) const {
    send(socket_, &news, sizeof news, MSG_NOSIGNAL);
  }

  // Starts the command. An errno if it can't be started.
  int Start(const std::string& url);
  void Obey(const Order& order);
  // Sees to what has happened to children.
  void LookAtChildren();

  const int socket_;
  std::vector<std::string> command_;
  const InheritedSignals& inherited_;
  pid_t pid_ = -1;
  bool stopped_ = false;
  bool ended_ = false;
  int status_ = 0;
};

int Guard::Start(const std::string& url) {
  std::vector<std::string> variables = Environment(VariablesFor(url));
  const std::vector<char*> argv = Pointers(command_);
  const std::vector<char*> envp = Pointers(variables);
  const pid_t guard = getpid();
  volatile int error = 0;
  // The child borrows our memory until it has become the command.
  pid_ = vfork();
  if (pid_ < 0) return errno;
  if (pid_ == 0) {
    // Only system calls from here on.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == guard) {
      inherited_.Restore();
      execvpe(argv[0], argv.data(), envp.data());
      error = errno;
    }
    _exit(1);
  }
  if (error != 0) waitpid(pid_, nullptr, 0);
  return error;
}

void Guard::Obey(const Order& order) {
  LookAtChildren();
  if (ended_) return;
  if (order.kind == Order::kMayStop) {
    if (stopped_) kill(getppid(), SIGTSTP);
  } else if (order.signal == SIGCONT) {
    if (stopped_) kill(pid_, SIGCONT);
  } else if (!order.from_terminal) {
    kill(pid_, order.signal);
  }
}

void Guard::LookAtChildren() {
  int status = 0;
  pid_t child;
  while ((child = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0) {
    if (child != pid_) continue;  // an orphan
    if (WIFSTOPPED(status)) {
      stopped_ = true;
      Tell({.kind = News::kStopped});
    } else if (WIFCONTINUED(status)) {
      stopped_ = false;
      kill(getppid(), SIGCONT);
    } else {
      ended_ = true;
      status_ = status;
    }
  }
}

void Guard::Be() {
  prctl(PR_SET_NAME, "bobbin-guard");
  AdoptOrphans();
  // Nothing is for us but what is said over the socket.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);

  Order order;
  if (!Receive(order)) _exit(0);
  const int error = Start(order.url);
  if (error != 0) {
    Tell({.kind = News::kNotStarted, .value = error});
    _exit(0);
  }
  while (!ended_) {
    pollfd events[] = {{socket_, POLLIN, 0}, {children, POLLIN, 0}};
    poll(events, std::size(events), -1);
    signalfd_siginfo dropped;
    while (read(children, &dropped, sizeof dropped) > 0) {
    }
    if (events[0].revents != 0) {
      if (!Receive(order)) {
        EndDescendants(0, -1);
        _exit(0);
      }
      Obey(order);
    }
    LookAtChildren();
  }
  // Whatever bobbin run says now, or that it is no more: hurry.
  const size_t left = EndDescendants(kPatienceMs, socket_);
  Tell(
      {.kind = News::kEnded, .value = status_, .left = static_cast<int>(left)});
  _exit(0);
}

}  // namespace

sigset_t PassedSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kPassed) sigaddset(&set, signal);
  return set;
}

InheritedSignals::InheritedSignals() {
  sigset_t blocked = PassedSignals();
  sigaddset(&blocked, SIGCHLD);
  sigprocmask(SIG_BLOCK, &blocked, &mask_);
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &pipe_);
  // Where it is ignored children vanish without a word.
  struct sigaction usual = {};
  usual.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &usual, &child_);
}

void InheritedSignals::Restore() const {
  sigaction(SIGPIPE, &pipe_, nullptr);
  sigaction(SIGCHLD, &child_, nullptr);
  sigprocmask(SIG_SETMASK, &mask_, nullptr);
}

std::vector<std::pair<std::string, std::string>> VariablesFor(
    const std::string& url) {
  return {{"WF_TRACE_SERVER_URL", url},
          {"WANDB_BASE_URL", url},
          {"WANDB_API_KEY", std::string(kAnyApiKey)},
          {"BOBBIN_URL", url}};
}

void BeGuard(int socket, const std::vector<std::string>& command,
             const InheritedSignals& inherited) {
  Guard(socket, command, inherited).Be();
}

}  // namespace bobbin::cli
