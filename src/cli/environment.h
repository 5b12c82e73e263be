// What the environment says.
#pragma once

#include <string>

namespace CLI {
class Option;
}

namespace bobbin::cli {

// Names the file that traces are kept in.
inline constexpr const char* kDbVariable = "BOBBIN_DB";

// An environment variable, or "".
std::string Variable(const char* name);

// Gives `option` the value of the variable `name`, checked like one that was
// given on the command line, unless one was or the variable is empty. For
// where CLI11's own way (envname) is no use: it makes the two look alike.
// Throws CLI::ValidationError, which names the variable.
void TakeFromVariable(CLI::Option& option, const char* name);

}  // namespace bobbin::cli
