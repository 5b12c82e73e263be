// The flags that every command has which serves.
#pragma once

#include <string>

#include "http/server.h"

namespace CLI {
class App;
}

namespace bobbin::cli {

struct ServerFlags {
  http::ServerOptions http = {};
  double query_timeout_s = 30;
  std::string log_level = "warning";

  // Sets what the log shows.
  void ApplyLogLevel() const;
};

// Adds --max-body, --threads, --write-timeout, --query-timeout and
// --log-level, each with its variable BOBBIN_..., to `command`. `flags` must
// outlive it.
void AddServerFlags(CLI::App& command, ServerFlags& flags);

}  // namespace bobbin::cli
