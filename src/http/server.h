// The HTTP server: sockets, limits, gzip, who may come in. The only folder
// that knows httplib. It does not know what a request means.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "api/request.h"
#include "base/result.h"

namespace bobbin::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;                       // 0: the system picks one
  size_t max_body_bytes = 32u << 20;  // also after gunzip
  int max_threads = 1024;             // one per open connection
  int idle_timeout_ms = 60'000;       // between requests of a connection
  int read_timeout_ms = 30'000;       // without a byte within a request
  int write_timeout_ms = 30'000;      // without a byte taken by the client
  int drain_timeout_ms = 10'000;      // for running requests, on Stop()
  std::string api_key = {};           // empty: any credentials will do
  bool keep_headers = false;          // requests come with their headers
};

// Serves `handler` on one port.
//
// Threads   One per connection, made on demand up to `max_threads`; a
//           connection beyond that is answered 503 with Retry-After at once.
//           `handler` is called from all of them.
// Errors    Start() returns them; a request's own trouble (too large, bad
//           gzip, not allowed) is answered and logged, never thrown.
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Takes the port. Clients that connect from now on wait.
  //   kConflict  the port is taken.
  //   kInvalid   the host is not an address of this machine, or it is not
  //              loopback and there is no api_key.
  Status Bind();

  // The bound port, after Bind().
  int port() const;

  // Answers with `handler` from now on, in the background. After Bind().
  void Start(api::Handler handler);

  // Stops accepting, closes idle connections, waits for running requests up
  // to `drain_timeout_ms`, then cuts them off. Afterwards `handler` is not
  // running and will not be called. May be called more than once.
  void Stop();

  // Makes Stop(), running or future, cut off running requests at once. What a
  // handler is doing is not interrupted. Any thread.
  void HurryStop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bobbin::http
