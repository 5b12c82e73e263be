// One request and its answer, while they are under way.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/request.h"
#include "http/body.h"
#include "http/connection.h"
#include "http/guard.h"

namespace bobbin::http {

// How the body of a request is wrapped.
enum class Coding { kNone, kGzip, kDeflate, kUnknown };

// What of the head of a request the transport itself needs. The views are
// into the request.
struct Head {
  Visitor visitor;
  std::optional<std::string_view> content_length;
  std::optional<std::string_view> transfer_encoding;
  Coding coding = Coding::kNone;
  bool accepts_gzip = false;
  bool close = false;       // Connection: close
  bool keep_alive = false;  // Connection: keep-alive
  bool ambiguous = false;   // a header that may come once came twice

  // Takes note of one header line.
  void Add(std::string_view name, std::string_view value);
};

struct Exchange {
  Connection& connection;
  api::Request request = {};
  Head head = {};
  std::optional<Framing> framing = {};
  size_t head_bytes = 0;    // read so far
  bool begun = false;       // the head has been read
  bool whole = false;       // all of the request has been read
  bool keep_alive = false;  // the connection is fit for another request
  bool cut = false;         // the answer was broken off
  int status = 0;           // of the answer; 0: none yet
  size_t body_bytes = 0;    // of the answer
};

// Why the body is not even read, or nullopt: `guard` says so, the head makes
// no sense or announces what we do not take.
std::optional<Refusal> Refuse(const Exchange& exchange, const Guard& guard,
                              size_t max_body_bytes);

// Reads the body into the request: unzipped, and in parts if it has any.
// Nullopt, or why the request must not be handled.
std::optional<Refusal> TakeBody(Exchange& exchange, size_t max_body_bytes);

}  // namespace bobbin::http
