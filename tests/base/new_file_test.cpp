#include "base/new_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;

size_t FilesIn(const TempDir& dir) {
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    files += entry.path().empty() ? 0 : 1;
  }
  return files;
}

// The status of a child that has run `body` and then exited with 0.
int StatusAfter(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    body();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST_CASE("a new file has its name when it is whole", "[base]") {
  const TempDir dir;
  const std::string path = dir.File("new");
  NewFile file(path, "-more");
  REQUIRE(file.Check().ok());
  std::ofstream(file.draft()) << "all";
  std::ofstream(file.draft() + "-more") << "work";
  CHECK(!fs::exists(path));
  REQUIRE(file.Become().ok());
  CHECK(FileText(path) == "all");
}

TEST_CASE("a file that is not finished leaves nothing", "[base]") {
  const TempDir dir;
  {
    NewFile file(dir.File("new"), "-more");
    std::ofstream(file.draft()) << "half";
    std::ofstream(file.draft() + "-more") << "work";
  }
  CHECK(FilesIn(dir) == 0);
}

TEST_CASE("a signal that ends the process takes the draft along", "[base]") {
  const TempDir dir;
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  const int status = StatusAfter([&] {
    std::signal(signal, SIG_DFL);
    NewFile file(dir.File("new"), "-more");
    std::ofstream(file.draft()) << "half";
    std::ofstream(file.draft() + "-more") << "work";
    raise(signal);
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == signal);
  CHECK(FilesIn(dir) == 0);
}

TEST_CASE("a signal that is ignored goes on to be", "[base]") {
  const TempDir dir;
  const int status = StatusAfter([&] {
    std::signal(SIGHUP, SIG_IGN);
    NewFile file(dir.File("new"));
    std::ofstream(file.draft()) << "all";
    raise(SIGHUP);
    if (!file.Become().ok()) _exit(1);
  });
  CHECK(status == 0);
  CHECK(FileText(dir.File("new")) == "all");
}

TEST_CASE("signals do what they did when the file is done", "[base]") {
  const TempDir dir;
  const int status = StatusAfter([&] {
    std::signal(SIGINT, SIG_DFL);
    { NewFile file(dir.File("new")); }
    struct sigaction now = {};
    sigaction(SIGINT, nullptr, &now);
    if (now.sa_handler != SIG_DFL) _exit(1);
  });
  CHECK(status == 0);
}

}  // namespace
}  // namespace bobbin::testing
