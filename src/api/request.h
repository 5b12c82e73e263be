// A request and its response, as the API sees them. No sockets here: the
// transport (http/, or a test) makes the one and sends the other.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bobbin::api {

// One part of a multipart/form-data body (RFC 7578).
struct Part {
  std::string name;
  std::string filename = {};
  std::string content_type = {};
  std::string data = {};
};

struct Request {
  std::string method;  // "POST", ...
  std::string path;    // decoded, without the query string
  // Where in `path` a slash was sent encoded (%2F): it is a character of its
  // segment, not the end of one. In order.
  std::vector<size_t> inner_slashes = {};
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded
  std::string content_type = {};  // as sent, or empty
  std::string accept = {};        // as sent, or empty
  std::string body = {};          // unzipped; empty for multipart
  std::vector<Part> parts = {};   // of a multipart body
};

// Where a streamed body goes. Returns false when the client is gone or too
// slow: the producer then stops and returns false.
using Sink = std::function<bool(std::string_view)>;

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  // When set, the body is what this writes, and `body` is empty. Called once,
  // on the connection's thread, after the headers are sent. False cuts the
  // connection, so that the client sees that the answer is incomplete.
  std::function<bool(const Sink&)> stream = {};
};

// What a transport is given. Thread-safe.
using Handler = std::function<Response(const Request&)>;

}  // namespace bobbin::api
