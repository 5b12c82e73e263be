#include "cli/line_blocks.h"

#include <cerrno>
#include <cstring>

namespace bobbin::cli {

Result<std::string_view> LineBlocks::Next() {
  text_.erase(0, given_);
  given_ = 0;
  while (true) {
    const size_t end = text_.rfind('\n');
    if (end != std::string::npos && text_.size() >= block_bytes_) {
      given_ = end + 1;
      break;
    }
    const Result<bool> more = ReadMore();
    if (!more.ok()) return more.error();
    if (more.value()) continue;
    given_ = text_.size();
    break;
  }
  return std::string_view(text_).substr(0, given_);
}

Result<bool> LineBlocks::ReadMore() {
  const size_t before = text_.size();
  text_.resize(before + block_bytes_);
  errno = 0;
  in_.read(text_.data() + before, static_cast<std::streamsize>(block_bytes_));
  const auto count = static_cast<size_t>(in_.gcount());
  text_.resize(before + count);
  bytes_ += static_cast<int64_t>(count);
  if (in_.bad() || (count == 0 && errno != 0)) {
    return Invalid(errno != 0 ? std::strerror(errno) : "it can't be read");
  }
  return count > 0;
}

}  // namespace bobbin::cli
