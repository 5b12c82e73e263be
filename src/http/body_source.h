// The body of a request as it was before the client wrapped it up.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "http/body.h"
#include "http/connection.h"
#include "http/guard.h"
#include "http/gzip.h"

namespace bobbin::http {

// Why a body that could not be read is refused; nullopt for kOk.
std::optional<Refusal> WhyUnread(BodyRead read);
std::optional<Refusal> WhyUnread(Inflated inflated);

// Reads a body piece by piece, out of its chunks and unzipped, in memory that
// does not depend on its size.
class BodySource {
 public:
  // `zipped`: in which format, if any. `max_bytes` bounds the body both as it
  // comes and unzipped. Borrows `connection`.
  BodySource(Connection& connection, const Framing& framing,
             std::optional<Format> zipped, size_t max_bytes);

  // Takes up to `size` bytes, at least one; 0: the body has come to its end.
  // Nullopt, or why there is nothing more to be had.
  std::optional<Refusal> Read(char* into, size_t size, size_t& got);

 private:
  static constexpr size_t kZippedBytes = 16 << 10;

  std::optional<Refusal> ReadZipped(char* into, size_t size, size_t& got);

  BodyReader reader_;
  size_t room_;  // for unzipped bytes
  std::unique_ptr<Inflater> inflater_;
  std::unique_ptr<char[]> buffer_;  // of zipped bytes
  std::string_view zipped_;         // the unread part of the buffer
};

}  // namespace bobbin::http
