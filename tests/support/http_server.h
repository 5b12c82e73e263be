// A transport on a port of its own, with a handler that the test makes up.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "http/server.h"
#include "support/raw_http.h"

namespace bobbin::testing {

class HttpServer {
 public:
  explicit HttpServer(api::Handler handler, http::ServerOptions options = {})
      : server_(std::move(options)) {
    const Status bound = server_.Bind();
    if (!bound.ok()) throw std::runtime_error(bound.error().message);
    server_.Start(std::move(handler));
  }

  int port() const { return server_.port(); }
  http::Server& server() { return server_; }

 private:
  http::Server server_;
};

// Answers `METHOD PATH?NAME=VALUE|CONTENT-TYPE|BODY` as text/plain.
inline api::Response Echo(const api::Request& request) {
  std::string text = request.method + ' ' + request.path;
  char mark = '?';
  for (const auto& [name, value] : request.query) {
    text += std::exchange(mark, '&') + name + '=' + value;
  }
  text += '|' + request.content_type + '|' + request.body;
  return {.content_type = "text/plain", .body = text};
}

// The body with which the transport itself turns a request down.
inline bool IsError(const RawReply& reply, std::string_view type) {
  return reply.body.starts_with(R"({"reason":")") &&
         reply.body.ends_with("\",\"error_type\":\"" + std::string(type) +
                              "\"}");
}

// The answer to one request on a connection of its own.
inline RawReply Ask(int port, std::string_view request) {
  RawClient client(port);
  client.Send(request);
  return client.ReadReply();
}

}  // namespace bobbin::testing
