// An environment variable of the test itself, until the end of its scope.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace bobbin::testing {

// Threads   Not while another thread looks at the environment.
class ScopedVariable {
 public:
  // Unset with nullopt.
  ScopedVariable(std::string name, const std::optional<std::string>& value)
      : name_(std::move(name)) {
    if (const char* old = std::getenv(name_.c_str())) old_ = old;
    Set(value);
  }
  ~ScopedVariable() { Set(old_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void Set(const std::optional<std::string>& value) const {
    if (value) {
      setenv(name_.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name_.c_str());
    }
  }

  const std::string name_;
  std::optional<std::string> old_;
};

}  // namespace bobbin::testing
