// multipart/form-data bodies (RFC 7578).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/request.h"

namespace bobbin::http {

bool IsMultipart(std::string_view content_type);

// The boundary that a Content-Type names. Nullopt if there is none, or none
// that is allowed.
std::optional<std::string> BoundaryOf(std::string_view content_type);

// Reads a body of parts piece by piece, in memory that depends neither on the
// size of the body nor on that of its parts.
class MultipartReader {
 public:
  // Takes up to `size` bytes of the body, at least one; 0: it has ended;
  // nullopt: it cannot be read.
  using Source = std::function<std::optional<size_t>(char* into, size_t size)>;

  enum class Outcome {
    kOk,
    kEnd,        // of the part, or of the whole body
    kMalformed,  // not a body of parts
    kUnread,     // the source says that it cannot be read
  };

  MultipartReader(std::string_view boundary, Source source);

  // Reads the head of the next part, past what is left of the current one.
  // At the kEnd the source is at its end, too.
  Outcome Next(api::Part& part);

  // The next piece of the part's data, valid until the next call and never
  // empty, or kEnd. After Next().
  Outcome Read(std::string_view& piece);

 private:
  enum class State { kData, kBoundary, kEnd };

  std::string_view unread() const {
    return {buffer_.get() + begin_, end_ - begin_};
  }
  // Puts more of the body behind what is unread. kEnd: there is no more.
  Outcome Fill();
  // Where `text` begins in what is unread; it must end within `limit` bytes.
  Outcome Find(std::string_view text, size_t limit, size_t& at);
  Outcome SkipData();
  // After a boundary.
  Outcome ReadPartHead(api::Part& part);
  Outcome ReadToEnd();

  const std::string mark_;  // a boundary, with the line break before it
  const Source source_;
  // Words for readers who know no MIME may come first: data of no part.
  State state_ = State::kData;
  size_t parts_ = 0;
  // What is unread begins with the line break at the end of the part's head:
  // it may be the one that belongs to a boundary.
  bool after_head_ = false;
  const std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;  // of the unread part of the buffer
  size_t end_ = 0;
};

}  // namespace bobbin::http
