// Catch2 itself and its main(), compiled once for all test programs.
#include <csignal>

#define CATCH_CONFIG_RUNNER
#include "support/catch.h"

int main(int argc, char** argv) {
  // A test that writes to a connection whose other end is gone shall see the
  // error instead of ending the whole run.
  std::signal(SIGPIPE, SIG_IGN);
  return Catch::Session().run(argc, argv);
}
