// A terminal of a chosen size with a program on it.
#pragma once

#include <string>

#include "support/process.h"

namespace bobbin::testing {

struct TerminalSize {
  int columns = 80;
  int rows = 50;
};

// Runs `bobbin ARGUMENTS` to its end on a pseudo-terminal (both its output and
// its errors), and returns what it wrote there, with \n for line ends. Local
// time is UTC, there is no pager, and the locale is UTF-8, unless
// `environment` says otherwise.
Finished RunOnTerminal(const Arguments& arguments,
                       const Environment& environment = {},
                       TerminalSize size = {});

}  // namespace bobbin::testing
