// A long text, read in blocks of whole lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::cli {

// Threads   One.
class LineBlocks {
 public:
  // Borrows `in`. A block is about so long, and never less than a line.
  LineBlocks(std::istream& in, size_t block_bytes)
      : in_(in), block_bytes_(block_bytes) {}

  // The next lines, until the next call; empty at the end. The last one of
  // all may have no line break.
  //   kInvalid  it can't be read; the message is the system's reason.
  Result<std::string_view> Next();

  // How much has been read.
  int64_t bytes() const { return bytes_; }

 private:
  // False: there was no more.
  Result<bool> ReadMore();

  std::istream& in_;
  const size_t block_bytes_;
  std::string text_;
  size_t given_ = 0;  // so much of it was the last block
  int64_t bytes_ = 0;
};

}  // namespace bobbin::cli
