#include "cli/running.h"

#include <utility>

#include "cli/command.h"
#include "cli/signals.h"

namespace bobbin::cli {

int ExitCodeOfBind(const Error& error) {
  if (error.code == Code::kConflict) return kExitPortTaken;
  return error.code == Code::kInvalid ? kExitUsage : kExitFailure;
}

Running::Running(http::Server& server, api::Handler handler) : server_(server) {
  server_.Start(std::move(handler));
}

void Running::Stop() {
  if (std::exchange(stopped_, true)) return;
  const Impatience impatience([this] { server_.HurryStop(); });
  server_.Stop();
}

}  // namespace bobbin::cli
