// What the code under test logs.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/log.h"

namespace bobbin::testing {

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

}  // namespace bobbin::testing
