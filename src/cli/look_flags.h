// What the commands that look have in common.
#pragma once

#include <cstdint>
#include <functional>

#include "cli/filters.h"
#include "cli/look.h"
#include "cli/output.h"
#include "cli/source.h"

namespace CLI {
class App;
}

namespace bobbin::cli {

// The flags that all of them have.
struct LookOptions {
  SourceOptions source;
  Filters filters;
  bool json = false;  // JSON lines, though a person reads
};

// Adds --db, --url and --api-key to `command`, whose parse_complete_callback it
// takes. A flag that says where goes before both
// variables; --db with --url, and BOBBIN_DB with BOBBIN_URL and no flag, are
// usage errors. `source` must outlive `command`.
void AddSourceFlags(CLI::App& command, SourceOptions& source);
// The same, and --json.
void AddLookFlags(CLI::App& command, LookOptions& options);

// What a command works with while it runs.
struct Looking {
  Source& source;
  const Look& look;
  Output& out;
  int64_t now_us;
  bool json;  // JSON lines are wanted: --json, or nobody reads at a terminal
};

// Opens the source and runs `command`; tells the user what went wrong.
// Returns the exit code.
int RunLooking(const LookOptions& options,
               const std::function<Result<int>(const Looking&)>& command);

}  // namespace bobbin::cli
