#include "cli/environment.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace bobbin::cli {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void TakeFromVariable(CLI::Option& option, const char* name) {
  const std::string value = Variable(name);
  if (value.empty() || option.count() > 0) return;
  try {
    option.add_result(value);
    option.run_callback();
  } catch (const CLI::ParseError& error) {
    throw CLI::ValidationError(name, error.what());
  }
}

}  // namespace bobbin::cli
