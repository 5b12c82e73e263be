#include "base/log.h"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace bobbin {
namespace {

// Collects what is written to stderr, and shows every level, while it lives.
class CapturedLog {
 public:
  CapturedLog() : file_(std::tmpfile()), stderr_(dup(STDERR_FILENO)) {
    dup2(fileno(file_), STDERR_FILENO);
    SetLogLevel(LogLevel::kInfo);
  }
  ~CapturedLog() {
    dup2(stderr_, STDERR_FILENO);
    close(stderr_);
    std::fclose(file_);
    SetLogLevel(LogLevel::kWarning);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  std::string Text() const {
    std::string text;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      text += static_cast<char>(c);
    }
    return text;
  }

 private:
  std::FILE* file_;
  int stderr_;
};

std::string Logged(LogLevel level, std::string_view message) {
  const CapturedLog log;
  Log(level, message);
  return log.Text();
}

TEST_CASE("a line names its level", "[log]") {
  CHECK(Logged(LogLevel::kError, "disk is full") == "error: disk is full\n");
  CHECK(Logged(LogLevel::kWarning, "slow") == "warning: slow\n");
  CHECK(Logged(LogLevel::kInfo, "") == "info: \n");
}

TEST_CASE("a message cannot forge a line or drive the terminal", "[log]") {
  CHECK(Logged(LogLevel::kInfo, "a\nerror: b\r\n") ==
        "info: a\\nerror: b\\r\\n\n");
  CHECK(Logged(LogLevel::kInfo, "\t\x1b[31m\x7f") ==
        "info: \\t\\x1b[31m\\x7f\n");
  CHECK(Logged(LogLevel::kInfo, std::string_view("\0x", 2)) ==
        "info: \\x00x\n");
  // U+009B is the same as ESC [ to some terminals; U+00E9 is a letter.
  CHECK(Logged(LogLevel::kInfo, "\xc2\x9bm \xc3\xa9 \xc2\xa0") ==
        "info: \\x9bm \xc3\xa9 \xc2\xa0\n");
  CHECK(Logged(LogLevel::kInfo, "cut off \xc2") == "info: cut off \xc2\n");
}

TEST_CASE("what is below the level is not shown", "[log]") {
  const CapturedLog log;

  SetLogLevel(LogLevel::kWarning);
  CHECK(LogEnabled(LogLevel::kError));
  CHECK(LogEnabled(LogLevel::kWarning));
  CHECK_FALSE(LogEnabled(LogLevel::kInfo));
  Log(LogLevel::kInfo, "hidden");
  Log(LogLevel::kWarning, "shown");

  SetLogLevel(LogLevel::kError);
  Log(LogLevel::kWarning, "hidden");

  CHECK(log.Text() == "warning: shown\n");
}

TEST_CASE("lines of different threads do not mix", "[log]") {
  const CapturedLog log;
  const std::string message(300, 'x');

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&message] {
      for (int k = 0; k < 50; ++k) Log(LogLevel::kInfo, message);
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::string want;
  for (int i = 0; i < 200; ++i) want += "info: " + message + "\n";
  CHECK(log.Text() == want);
}

}  // namespace
}  // namespace bobbin
