// HTTP/1.1 on one connection: a request in, its answer out. httplib reads and
// writes the heads; bodies, compression and limits are ours.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "api/request.h"
#include "http/connection.h"
#include "http/guard.h"

namespace bobbin::http {

// A whole answer after which the connection is closed, for when there is no
// request to answer. `reason` and `header` (with its CRLF) are sent as they
// are.
std::string ClosingAnswer(int status, std::string_view reason,
                          std::string_view header = {});

// What a header holds for us when `value` was sent in it: httplib decodes %xx
// there as it does in an address.
std::string HeaderAsRead(const std::string& value);

// Threads   Any number, each with a connection of its own; `handler` is
//           called from all of them.
// Lifetime  Borrows `guard` and `stopping`.
class Protocol {
 public:
  struct Options {
    size_t max_body_bytes = 0;
    bool keep_headers = false;  // in api::Request
  };

  // When `stopping` is set, answers say that the connection closes.
  Protocol(const Guard& guard, api::Handler handler, const Options& options,
           const std::atomic<bool>& stopping);
  ~Protocol();
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;

  // Reads the request whose first byte has come, and answers it. What cannot
  // be read whole, is not let in or is too large is answered here; the
  // handler sees whole requests only. False: the connection must be closed.
  bool ServeRequest(Connection& connection);

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace bobbin::http
