// The body of an answer, on its way out.
#pragma once

#include <string>
#include <string_view>

#include "api/request.h"
#include "http/exchange.h"

namespace bobbin::http {

// `{"reason":"...","error_type":"..."}` (contract section 1) for a request that
// the transport itself turns down; `reason` must not need escapes.
std::string ReasonBody(int status, std::string_view reason);

// Zips the body if the client wants it and it is worth it, and says so in the
// headers. A streamed body is left alone, but for the headers.
// Returns whether the body is, or is to be, zipped.
bool Compress(bool accepts_gzip, api::Response& response);

// Sends what `stream` produces as the body of `exchange`'s answer, in chunks
// or, to a client that knows none, up to the end of the connection. False:
// the answer is not whole; the client will see that when the connection is
// closed.
bool SendStream(Exchange& exchange, bool chunked, bool zipped,
                const std::function<bool(const api::Sink&)>& stream);

}  // namespace bobbin::http
