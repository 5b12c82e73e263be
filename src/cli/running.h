// A server while it runs, and what its clients have to know.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/backend.h"
#include "http/server.h"

namespace bobbin::cli {

// A key of the form that the SDKs ask for: 40 hexadecimal digits. Where none
// is set any will do.
inline constexpr std::string_view kAnyApiKey =
    "0123456789abcdef0123456789abcdef01234567";

// The exit code for an error of http::Server::Bind().
int ExitCodeOfBind(const Error& error);

// Serves from its beginning to its end, whichever way that comes: the service
// has ended before what it works with is gone. From then on signals to stop
// make the end come sooner (cli/signals.h).
class Running {
 public:
  // `server` is bound; both outlive this.
  Running(http::Server& server, Backend& backend);
  ~Running() { Stop(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // Answers what has come, and no more (http::Server::Stop()); what waits for
  // something to happen waits no longer.
  void Stop();

 private:
  http::Server& server_;
  Backend& backend_;
  bool stopped_ = false;
};

}  // namespace bobbin::cli
