// Compression of bodies, and who wants it.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace bobbin::http {

// Whether an Accept-Encoding header asks for gzip: named, or by `*`, and not
// with q=0.
bool AcceptsGzip(std::string_view accept_encoding);

// Whether bodies of this media type get smaller. Others are sent as they are.
bool IsCompressible(std::string_view content_type);

enum class Format { kGzip, kDeflate };

enum class Inflated { kOk, kTooLarge, kBroken };

// Unzips one body piece by piece; gzip members may follow one another.
class Inflater {
 public:
  explicit Inflater(Format format);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Unzips up to `size` bytes, and takes what it needed for them off
  // `zipped`. Fewer bytes than `size`: all of `zipped` is used up.
  //   kBroken  not that format, or followed by something else.
  Inflated Read(std::string_view& zipped, char* into, size_t size, size_t& got);

  // Whether the body may end here.
  bool AtEnd() const { return at_end_; }

 private:
  const Format format_;
  bool at_end_ = false;
  z_stream stream_ = {};
};

// Unzips all of `zipped` to `text`; gzip members may follow one another.
// Takes memory as the text grows, never for more than `max_bytes`.
//   kTooLarge  the text is longer than `max_bytes`.
//   kBroken    not that format, cut off, or followed by something else.
Inflated Inflate(Format format, std::string_view zipped, size_t max_bytes,
                 std::string& text);

// Zips one body, whole or piece by piece. The quickest level: bytes between
// two programs on one machine are cheap, time is not.
class GzipWriter {
 public:
  GzipWriter();
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  // Zips `piece` to the end of `zipped`, so far that the receiver can unzip
  // all of it at once.
  void Add(std::string_view piece, std::string& zipped);
  // Zips the last piece, and the end.
  void Finish(std::string_view piece, std::string& zipped);

 private:
  void Deflate(std::string_view piece, int flush, std::string& zipped);
  z_stream stream_ = {};
};

}  // namespace bobbin::http
