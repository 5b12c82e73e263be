// The body of an answer, on its way out.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/request.h"
#include "http/exchange.h"

namespace bobbin::http {

// `{"reason":"...","error_type":"..."}` (contract section 1) for a request that
// the transport itself turns down; `reason` must not need escapes.
std::string ReasonBody(int status, std::string_view reason);

// Zips the body if the client wants it and it is worth it, and says so in the
// headers. A streamed body is left alone, but for the headers; a live one
// altogether.
// Returns whether the body is, or is to be, zipped.
bool Compress(bool accepts_gzip, api::Response& response);

// How a streamed body is sent: `bytes` of them if that is known, else in
// chunks or, to a client that knows none, up to the end of the connection.
struct StreamFormat {
  std::optional<size_t> bytes = {};
  bool chunked = false;
  bool zipped = false;
  bool live = false;  // no piece waits for the next
  std::optional<api::Disruption::Cut> cut = {};
};

// Sends what `stream` produces as the body of `exchange`'s answer, after the
// head that waits there. When that did not work before anything was sent, the
// head is dropped and there is an answer to be given instead; an answer that
// broke off later is seen as such by the client when the connection is closed.
api::StreamEnd SendStream(
    Exchange& exchange, const StreamFormat& format,
    const std::function<api::StreamEnd(const api::Sink&)>& stream);

}  // namespace bobbin::http
