// Where traces are kept, and how safely: the flags that depend on each other.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace bobbin::cli {

struct Place {
  std::string db;  // empty: nobody has named a file, and there is no home
  bool ephemeral = false;
  std::string durability = "full";  // of a file: full or normal
};

// Adds --db, --ephemeral and --durability, each with its variable BOBBIN_...,
// to `command`, whose parse_complete_callback it takes. A flag that says
// where goes before both variables that do. Contradictions are usage errors:
//   --db with --ephemeral, or BOBBIN_DB with BOBBIN_EPHEMERAL and no flag;
//   --durability for traces in memory (BOBBIN_DURABILITY, a preference that
//   may be set once for all, is no matter then).
// `place` must outlive `command`.
void AddPlaceFlags(CLI::App& command, Place& place);

}  // namespace bobbin::cli
