#include <malloc.h>

#include "cli/command.h"

int main(int argc, char** argv) {
  // Answers are put together in pieces of some tens of kilobytes. Without
  // this each would be taken from the system, and given back, anew.
  constexpr int kKeptBytes = 1 << 20;
  mallopt(M_TOP_PAD, kKeptBytes);
  mallopt(M_TRIM_THRESHOLD, 2 * kKeptBytes);
  return bobbin::cli::Run(argc, argv);
}
