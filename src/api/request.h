// A request and its response, as the API sees them. No sockets here: the
// transport (http/, or a test) makes the one and sends the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bobbin::api {

// What comes before the data of one part of a multipart/form-data body (RFC
// 7578).
struct Part {
  std::string name;
  std::string filename = {};
  std::string content_type = {};
};

// A multipart/form-data body that is still on its way in: parts in the
// client's order, the data of each piece by piece, so that a large file is
// never in memory as a whole.
//
// Errors    The body is malformed, too large, or ends early: there is no more
//           to be had, and nothing of what came may be kept. The handler
//           passes the Error on; the transport knows what to answer.
class Form {
 public:
  virtual ~Form() = default;

  // Goes to the next part, past the rest of the current one. False: there was
  // none, and the body has come whole; not before this is it worth keeping.
  virtual Result<bool> Next(Part& part) = 0;

  // The next piece of the part's data, valid until the next call; empty at
  // the end of the part.
  virtual Result<std::string_view> Read() = 0;
};

struct Request {
  std::string method;  // "POST", ...
  std::string path;    // decoded, without the query string
  // Where in `path` a slash was sent encoded (%2F): it is a character of its
  // segment, not the end of one. In order.
  std::vector<size_t> inner_slashes = {};
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded
  std::string content_type = {};   // as sent, or empty
  std::string accept = {};         // as sent, or empty
  std::string if_none_match = {};  // as sent, or empty
  // All headers as sent, those that carry secrets without them: if the
  // transport was told to keep them; else empty.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};  // unzipped; empty for multipart
  Form* form = nullptr;   // of a multipart body that is not empty;
                          // for the handler only, not for its stream
};

// Where a streamed body goes. Returns false when the client is gone or too
// slow: the producer then stops and returns false.
using Sink = std::function<bool(std::string_view)>;

struct StreamEnd;

// Where the body breaks off; what counts is the body before it is zipped.
struct BodyCut {
  std::optional<size_t> bytes = {};  // after so many, or where it ends
  std::optional<size_t> lines = {};  // after so many, if it has more
  bool clean = false;  // as if that were all; else the connection is cut
};

// What the transport is to do to an answer, for clients that are tested with
// answers that go wrong.
struct Disruption {
  using Cut = BodyCut;

  // How long the answer is held back. The wait ends early when the client
  // hangs up or the server stops.
  int64_t delay_ms = 0;
  bool hang = false;    // held back for ever, then the connection is closed
  bool silent = false;  // the connection is closed instead of an answer
  std::optional<Cut> cut = {};
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  // When set, the body is what this writes, and `body` is empty. Called at
  // most once, on the connection's thread, after the handler has returned.
  // The request that this answers is still there.
  std::function<StreamEnd(const Sink&)> stream = {};
  // How much `stream` writes, if that is known; more or less is a failure.
  std::optional<size_t> stream_bytes = {};
  // Each piece of `stream` goes to the client at once, as it is: the next may
  // be long in coming.
  bool stream_is_live = false;
  std::optional<Disruption> disruption = {};
};

// How a stream has ended: true when it is whole. What was sent of one that is
// not whole stays incomplete, and the connection is cut, so that the client
// sees it. But when nothing has been sent yet, `instead` is answered; it
// has no stream of its own.
struct StreamEnd {
  StreamEnd(bool is_whole) : whole(is_whole) {}               // NOLINT
  StreamEnd(Response answer) : instead(std::move(answer)) {}  // NOLINT
  operator bool() const { return whole; }                     // NOLINT

  bool whole = false;
  std::optional<Response> instead = {};
};

// What a transport is given. Thread-safe.
using Handler = std::function<Response(const Request&)>;

}  // namespace bobbin::api
