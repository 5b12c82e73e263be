// One request and its answer, while they are under way.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
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
  std::unique_ptr<api::Form> form = {};  // the request's
  // Why the body turned out to be of no use while the handler read its form:
  // to be answered, whatever the handler says.
  std::optional<Refusal> refusal = {};
  size_t head_bytes = 0;    // read so far
  bool begun = false;       // the head has been read
  bool whole = false;       // all of the request has been read
  bool keep_alive = false;  // the connection is fit for another request
  bool cut = false;         // the answer was broken off
  bool silent = false;      // there is to be no answer
  int status = 0;           // of the answer; 0: none yet
  size_t body_bytes = 0;    // of the answer
  // The head of a streamed answer waits here for the first piece of its body:
  // until then another answer can be given instead.
  bool holds_head = false;
  std::string head_to_send = {};
};

// Why the body is not even read, or nullopt: `guard` says so, the head makes
// no sense or announces what we do not take.
std::optional<Refusal> Refuse(const Exchange& exchange, const Guard& guard,
                              size_t max_body_bytes);

// Reads the body into the request, unzipped; if it has parts, makes the
// request's form, which reads it later. Nullopt, or why the request must not
// be handled.
std::optional<Refusal> TakeBody(Exchange& exchange, size_t max_body_bytes);

// Reads what the handler has left of the request's form: a client reads no
// answer before it has sent everything, and a body that is malformed further
// on is refused all the same.
void FinishForm(Exchange& exchange);

}  // namespace bobbin::http
