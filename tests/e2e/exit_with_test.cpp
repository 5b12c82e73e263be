// `bobbin serve --exit-with-parent` and `--exit-on-stdin-close`.
#include <csignal>
#include <filesystem>
#include <string>

#include "support/catch.h"
#include "support/family.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

// A shell that starts `bobbin serve`, tells its number and its address, and
// waits.
struct Parent {
  explicit Parent(const Arguments& flags)
      : process("/bin/bash", WithFlags(flags), {{"port", dir.File("port")}}) {}

  static Arguments WithFlags(const Arguments& flags) {
    Arguments all{"-c",
                  // The number first, whichever of the two is faster.
                  "(echo $BASHPID; exec \"$0\" serve --ephemeral --port 0 "
                  "--port-file \"$port\" \"$@\") & wait",
                  BOBBIN_BINARY};
    all.insert(all.end(), flags.begin(), flags.end());
    return all;
  }

  std::string Line() { return process.ReadLine().value_or(""); }

  TempDir dir;
  Process process;
};

TEST_CASE("with --exit-with-parent a server ends cleanly when that is killed",
          "[e2e]") {
  Parent parent({"--exit-with-parent"});
  const Relative server(std::stoi(parent.Line()));
  const std::string ready = parent.Line();
  REQUIRE_THAT(ready, Catch::StartsWith("READY="));
  CHECK(Client(ready.substr(6)).Get("/health").status == 200);
  CHECK(fs::exists(parent.dir.File("port")));
  parent.process.Signal(SIGKILL);
  parent.process.Wait();
  CHECK(server.WaitForEnd());
  CHECK_FALSE(fs::exists(parent.dir.File("port")));
}

TEST_CASE("without it a server outlives its parent", "[e2e]") {
  Parent parent({});
  const Relative server(std::stoi(parent.Line()));
  const std::string ready = parent.Line();
  parent.process.Signal(SIGKILL);
  parent.process.Wait();
  CHECK(Client(ready.substr(6)).Get("/health").status == 200);
  CHECK(server.Alive());
}

TEST_CASE("with --exit-with-parent a signal still ends a server", "[e2e]") {
  Served bobbin({"--ephemeral", "--exit-with-parent"});
  CHECK(bobbin.Stop() == 0);
}

TEST_CASE("BOBBIN_EXIT_ON_STDIN_CLOSE is obeyed, and nothing is no input",
          "[e2e]") {
  // A test's standard input is /dev/null.
  Process bobbin(BOBBIN_BINARY, {"serve", "--ephemeral", "--port", "0"},
                 {{"BOBBIN_EXIT_ON_STDIN_CLOSE", "1"}});
  CHECK(bobbin.Wait().code == 0);
}

TEST_CASE("with --exit-on-stdin-close a server ends when its input does",
          "[e2e]") {
  const TempDir dir;
  const Gate gate(dir.File("gate"));
  // The shell holds the other end, and says something first.
  Process shell("/bin/bash",
                {"-c",
                 "(echo noise; read < \"$1\") | \"$0\" serve --ephemeral "
                 "--port 0 --exit-on-stdin-close; echo code ${PIPESTATUS[1]}",
                 BOBBIN_BINARY, dir.File("gate")});
  const std::string ready = shell.ReadLine().value_or("");
  REQUIRE_THAT(ready, Catch::StartsWith("READY="));
  CHECK(Client(ready.substr(6)).Get("/health").status == 200);
  gate.Open();
  CHECK(shell.ReadLine() == "code 0");
}

}  // namespace
}  // namespace bobbin::testing
