#include "cli/running.h"

#include <utility>

#include "cli/command.h"
#include "cli/signals.h"

namespace bobbin::cli {

int ExitCodeOfBind(const Error& error) {
  if (error.code == Code::kConflict) return kExitPortTaken;
  return error.code == Code::kInvalid ? kExitUsage : kExitFailure;
}

Running::Running(http::Server& server, Backend& backend)
    : server_(server), backend_(backend) {
  server_.Start([&backend](const api::Request& request) {
    return backend.Answer(request);
  });
}

void Running::Stop() {
  if (std::exchange(stopped_, true)) return;
  const Impatience impatience([this] { server_.HurryStop(); });
  backend_.EndWaits();
  server_.Stop();
}

}  // namespace bobbin::cli
