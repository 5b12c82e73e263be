// The commands that look at traces: what they are asked, and the functions
// that run them. Their flags are in look_commands.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command.h"
#include "cli/look_flags.h"

namespace bobbin::cli {

struct LsOptions : LookOptions {
  int64_t limit = 20;
  std::string sort = "started";  // latency, tokens, cost, calls
  std::string text;              // to be found in a trace
};
int RunLs(const LsOptions& options);

struct ShowOptions : LookOptions {
  std::string id;       // or the beginning of one; empty: the newest trace
  bool inputs = false;  // of every call
  bool full = false;    // nothing is cut
};
int RunShow(const ShowOptions& options);

}  // namespace bobbin::cli
