// Ending whole families. Each case has a process of its own, whose family it
// is.
#include "cli/descendants.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <limits>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

// The exit code of a child that has adopted orphans and run `body`.
int CodeAfter(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    std::signal(SIGTERM, SIG_DFL);  // the framework would report it
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    cli::AdoptOrphans();
    _exit(body());
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A child that does `what` when it is there.
pid_t Child(const std::function<void()>& what) {
  int ready[2];
  if (pipe(ready) != 0) _exit(100);
  const pid_t child = fork();
  if (child == 0) {
    what();
    // A word, not the end of the pipe: children made by `what` hold it open.
    if (write(ready[1], "x", 1) != 1) _exit(100);
    close(ready[0]);
    close(ready[1]);
    while (true) pause();
  }
  close(ready[1]);
  char dropped;
  [[maybe_unused]] const ssize_t got = read(ready[0], &dropped, 1);
  close(ready[0]);
  return child;
}

constexpr int kLong = std::numeric_limits<int>::max();

TEST_CASE("a process without children has nothing to end", "[cli]") {
  CHECK(CodeAfter([] {
          return static_cast<int>(cli::EndDescendants(kLong, -1));
        }) == 0);
}

TEST_CASE("children that comply are not killed", "[cli]") {
  const auto body = [] {
    int say[2];
    if (pipe(say) != 0) return 100;
    static int out;
    out = say[1];
    Child([] {
      std::signal(SIGTERM, [](int) {
        [[maybe_unused]] const ssize_t wrote = write(out, "x", 1);
        _exit(0);
      });
    });
    const size_t left = cli::EndDescendants(kLong, -1);
    char said = 0;
    const ssize_t got = read(say[0], &said, 1);
    return left == 0 && got == 1 && said == 'x' ? 0 : 1;
  };
  CHECK(CodeAfter(body) == 0);
}

TEST_CASE("a child that is stopped complies, too", "[cli]") {
  CHECK(CodeAfter([] {
          kill(Child([] {}), SIGSTOP);
          return static_cast<int>(cli::EndDescendants(kLong, -1));
        }) == 0);
}

TEST_CASE("what does not comply is killed, grandchildren and orphans too",
          "[cli]") {
  // Without patience, or when something is to be read.
  const bool hurry = GENERATE(false, true);
  const auto body = [hurry] {
    Child([] {
      std::signal(SIGTERM, SIG_IGN);
      Child([] {  // a daemon
        setsid();
        Child([] {});
      });
      if (Child([] { Child([] {}); }) > 0) return;
    });
    kill(Child([] { Child([] { std::signal(SIGTERM, SIG_IGN); }); }), SIGKILL);
    int ready[2];
    if (pipe(ready) != 0 || write(ready[1], "x", 1) != 1) return 100;
    const size_t left = hurry ? cli::EndDescendants(kLong, ready[0])
                              : cli::EndDescendants(0, -1);
    if (left != 0) return 1;
    return waitpid(-1, nullptr, WNOHANG) == -1 ? 0 : 2;
  };
  CHECK(CodeAfter(body) == 0);
}

}  // namespace
}  // namespace bobbin::testing
