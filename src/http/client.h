// A client for another bobbin's port: what commands use with --url.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::http {

struct ClientOptions {
  std::string url;           // http://HOST[:PORT], as READY= says it
  std::string api_key = {};  // sent if it is not empty
  int connect_timeout_ms = 5'000;
  int read_timeout_ms = 60'000;  // without a byte; 0: wait for ever
};

// What came back. `body` is empty if a sink took it.
struct Reply {
  int status = 0;
  std::string body = {};
};

// Threads   One at a time; but Stop() from any.
class Client {
 public:
  //   kInvalid  that is no address of a bobbin. https is none: put a tunnel
  //             in front.
  static Result<std::unique_ptr<Client>> Make(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Takes a piece of a body. False: no more is wanted.
  using Sink = std::function<bool(std::string_view)>;

  // Sends a request (`json` is the body of a POST) and waits for the answer.
  // The body of a 200 goes to `sink`, if there is one, as it comes; that the
  // sink wants no more is no error.
  //   kNotFound  nobody answers there.
  //   kBusy      the answer broke off or did not come in time.
  Result<Reply> Get(const std::string& path, const Sink& sink = {});
  Result<Reply> Post(const std::string& path, std::string_view json,
                     const Sink& sink = {});

  // Ends a request that is under way.
  void Stop();

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bobbin::http
