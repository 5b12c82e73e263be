#include "cli/guarded_command.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "cli/descendants.h"

namespace bobbin::cli {
namespace {

constexpr int kSignalled = 128;

int ExitCodeOfStatus(int status) {
  return WIFSIGNALED(status) ? kSignalled + WTERMSIG(status)
                             : WEXITSTATUS(status);
}

// Whether SIGTSTP stops this process, or waits until it is allowed to again.
void LetStop(bool may) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(may ? SIG_UNBLOCK : SIG_BLOCK, &stop, nullptr);
}

bool AsksToEnd(int signal) {
  return signal == SIGINT || signal == SIGQUIT || signal == SIGTERM ||
         signal == SIGHUP;
}

}  // namespace

GuardedCommand::GuardedCommand(pid_t guard, int socket)
    : guard_(guard), socket_(socket) {}

Result<std::unique_ptr<GuardedCommand>> GuardedCommand::Make(
    const std::vector<std::string>& command) {
  const InheritedSignals inherited;
  AdoptOrphans();
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0) {
    return Internal(
        "Cannot make a socket: " + std::string(std::strerror(errno)) + ".");
  }
  const pid_t guard = fork();
  if (guard == 0) {
    close(sockets[0]);
    BeGuard(sockets[1], command, inherited);
  }
  const int error = errno;
  close(sockets[1]);
  if (guard < 0) {
    close(sockets[0]);
    return Internal(
        "Cannot make a process: " + std::string(std::strerror(error)) + ".");
  }
  return std::unique_ptr<GuardedCommand>(new GuardedCommand(guard, sockets[0]));
}

GuardedCommand::~GuardedCommand() {
  close(socket_);  // which ends the guard, and that what it guards
  if (!reaped_) waitpid(guard_, nullptr, 0);
}

void GuardedCommand::Tell(const Order& order) const {
  send(socket_, &order, sizeof order, MSG_NOSIGNAL);
}

bool GuardedCommand::Receive(News& news) const {
  return recv(socket_, &news, sizeof news, 0) == sizeof news;
}

void GuardedCommand::PassOn(const signalfd_siginfo& signal) const {
  const int number = static_cast<int>(signal.ssi_signo);
  if (number == SIGCONT) LetStop(false);
  // What the system sends comes from the terminal, and goes to the command as
  // well. But that the terminal is gone, only a session's leader is told.
  const bool from_terminal = signal.ssi_code == SI_KERNEL &&
                             (number != SIGHUP || getsid(0) != getpid());
  if (from_terminal && !AsksToEnd(number)) return;
  Tell({.kind = Order::kSignal,
        .signal = number,
        .from_terminal = from_terminal});
}

GuardedCommand::End GuardedCommand::Run(const std::string& url) {
  Order start;
  url.copy(start.url, sizeof start.url - 1);
  Tell(start);
  const sigset_t passed = PassedSignals();
  const int signals = signalfd(-1, &passed, SFD_CLOEXEC | SFD_NONBLOCK);
  std::optional<End> end;
  while (!end) {
    pollfd events[] = {{signals, POLLIN, 0}, {socket_, POLLIN, 0}};
    if (poll(events, std::size(events), -1) < 0) continue;
    signalfd_siginfo signal;
    while (read(signals, &signal, sizeof signal) > 0) PassOn(signal);
    if (events[1].revents == 0) continue;
    News news;
    if (!Receive(news)) {
      waitpid(guard_, nullptr, 0);
      reaped_ = true;
      const size_t left = EndDescendants(0, -1);
      end = {.exit_code = kSignalled + SIGKILL,
             .left = static_cast<int>(left),
             .guard_died = true};
    } else if (news.kind == News::kStopped) {
      LetStop(true);
      Tell({.kind = Order::kMayStop});
    } else if (news.kind == News::kNotStarted) {
      end = {.not_started = news.value};
    } else {
      end = {.exit_code = ExitCodeOfStatus(news.value), .left = news.left};
    }
  }
  close(signals);
  return *end;
}

}  // namespace bobbin::cli
