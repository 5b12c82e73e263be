// Takes the body of a request from its connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/connection.h"

namespace bobbin::http {

// How a body says where it ends (RFC 9112, section 6). Without a word about
// it there is none.
struct Framing {
  bool chunked = false;
  size_t length = 0;  // unless chunked
};

// From the values of Content-Length and Transfer-Encoding. A length that
// does not fit is the largest there is. Nullopt if they make no sense: a
// request that two readers could end in different places is not taken.
std::optional<Framing> FramingOf(
    std::optional<std::string_view> content_length,
    std::optional<std::string_view> transfer_encoding);

enum class BodyRead {
  kOk,
  kTooLarge,
  kBroken,  // not what chunks look like
  kEnded,   // the peer has closed the connection before the end
  kSilent,  // no byte for `Timeouts::read_ms`, or the connection broke
};

// Reads a body piece by piece. Unless all results are kOk, up to the end, the
// connection is of no use for further requests.
class BodyReader {
 public:
  // Borrows `connection`.
  BodyReader(Connection& connection, const Framing& framing, size_t max_bytes);

  // Says how many bytes come at least; 0: the body has ended. To find out may
  // mean to wait for the head of the next chunk.
  //   kTooLarge  the body is longer than `max_bytes`.
  BodyRead Ahead(size_t& bytes);
  // Takes up to `size` bytes, at least one; 0: the body has ended.
  BodyRead Read(char* into, size_t size, size_t& got);

 private:
  BodyRead NextChunk();

  Connection& connection_;
  const bool chunked_;
  size_t ahead_ = 0;
  size_t room_;         // for further chunks
  bool begun_ = false;  // the first chunk
  bool ended_;
  std::string line_;
};

// Reads the whole body to `body`. Takes memory as bytes arrive, not as they
// are announced, and never for more than `max_bytes`. Unless the result is
// kOk the connection is of no use for further requests.
BodyRead ReadBody(Connection& connection, const Framing& framing,
                  size_t max_bytes, std::string& body);

}  // namespace bobbin::http
