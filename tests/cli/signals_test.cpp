// Signals are for a whole process, so each case has one of its own.

#include "cli/signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <future>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

// The status of a child that has run `body` and then exited with 0.
int StatusAfter(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    cli::BlockStopSignals();
    body();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

void SendMyself(int signal) { kill(getpid(), signal); }

TEST_CASE("a signal that has come is waited for no longer", "[cli]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const int status = StatusAfter([&] {
    SendMyself(signal);
    if (cli::WaitForStopSignal() != signal) _exit(1);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("without impatience nothing is hurried", "[cli]") {
  const int status =
      StatusAfter([] { const cli::Impatience none([] { _exit(1); }); });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("the next signal hurries, once", "[cli]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const int status = StatusAfter([&] {
    int calls = 0;
    {
      std::promise<void> hurried;
      const cli::Impatience impatience([&] {
        ++calls;
        hurried.set_value();
      });
      SendMyself(signal);
      hurried.get_future().wait();
    }
    if (calls != 1) _exit(1);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("one more signal kills", "[cli]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const bool ignored = GENERATE(false, true);
  const int status = StatusAfter([&] {
    if (ignored) std::signal(signal, SIG_IGN);
    std::promise<void> hurried;
    const cli::Impatience impatience([&] { hurried.set_value(); });
    SendMyself(signal);
    hurried.get_future().wait();
    SendMyself(signal);
    std::promise<void>().get_future().wait();
  });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == signal);
}

}  // namespace
}  // namespace bobbin::testing
