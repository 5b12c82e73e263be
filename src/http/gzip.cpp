#include "http/gzip.h"

#include <algorithm>
#include <new>

#include "http/text.h"

namespace bobbin::http {
namespace {

constexpr int kZlibFormat = MAX_WBITS;
constexpr int kGzipFormat = MAX_WBITS + 16;
// zlib counts in 32 bits; bodies beyond that are handed over in parts.
constexpr size_t kMostAtOnce = 1u << 30;
constexpr size_t kLeastGrowth = 4096;

void SetInput(z_stream& stream, std::string_view piece) {
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
}

void SetOutput(z_stream& stream, std::string& text, size_t used) {
  stream.next_out = reinterpret_cast<Bytef*>(text.data() + used);
  stream.avail_out =
      static_cast<uInt>(std::min(text.size() - used, kMostAtOnce));
}

bool IsZeroWeight(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = TakeUpTo(';', parameters);
    if (parameter.size() < 2 || (parameter[0] | 0x20) != 'q' ||
        parameter[1] != '=') {
      continue;
    }
    return parameter.substr(2).find_first_not_of("0.") ==
           std::string_view::npos;
  }
  return false;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view parameters = TakeUpTo(',', accept_encoding);
    const std::string_view coding = TakeUpTo(';', parameters);
    const bool wanted = !IsZeroWeight(parameters);
    if (EqualNoCase(coding, "gzip") || EqualNoCase(coding, "x-gzip")) {
      return wanted;
    }
    if (coding == "*") any = wanted;
  }
  return any;
}

bool IsCompressible(std::string_view content_type) {
  const std::string_view type = TakeUpTo(';', content_type);
  return StartsWithNoCase(type, "text/") || EndsWithNoCase(type, "json") ||
         EndsWithNoCase(type, "jsonl") || EndsWithNoCase(type, "javascript") ||
         EndsWithNoCase(type, "xml");
}

Inflated Inflate(Format format, std::string_view zipped, size_t max_bytes,
                 std::string& text) {
  z_stream stream = {};
  if (inflateInit2(&stream, format == Format::kGzip ? kGzipFormat
                                                    : kZlibFormat) != Z_OK) {
    throw std::bad_alloc();
  }
  // One byte of room beyond the bound shows that the text goes beyond it.
  const size_t room = max_bytes + 1;
  size_t used = 0;
  text.assign(std::min(room, std::max(4 * zipped.size(), kLeastGrowth)), '\0');
  Inflated result = Inflated::kBroken;
  while (true) {
    if (stream.avail_in == 0) {
      const std::string_view part = zipped.substr(0, kMostAtOnce);
      zipped.remove_prefix(part.size());
      SetInput(stream, part);
    }
    if (used == text.size()) text.resize(std::min(room, 2 * used));
    SetOutput(stream, text, used);
    const uInt before = stream.avail_out;
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    used += before - stream.avail_out;
    if (used > max_bytes) {
      result = Inflated::kTooLarge;
      break;
    }
    if (outcome == Z_STREAM_END) {
      if (stream.avail_in == 0 && zipped.empty()) {
        result = Inflated::kOk;
        break;
      }
      if (format != Format::kGzip || inflateReset(&stream) != Z_OK) break;
    } else if (outcome != Z_OK) {
      break;  // Z_BUF_ERROR too: there is room, so the input has ended
    }
  }
  inflateEnd(&stream);
  text.resize(result == Inflated::kOk ? used : 0);
  return result;
}

GzipWriter::GzipWriter() {
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kGzipFormat,
                   MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

GzipWriter::~GzipWriter() { deflateEnd(&stream_); }

void GzipWriter::Add(std::string_view piece, std::string& zipped) {
  Deflate(piece, Z_SYNC_FLUSH, zipped);
}

void GzipWriter::Finish(std::string_view piece, std::string& zipped) {
  Deflate(piece, Z_FINISH, zipped);
}

void GzipWriter::Deflate(std::string_view piece, int flush,
                         std::string& zipped) {
  size_t used = zipped.size();
  do {
    const std::string_view part = piece.substr(0, kMostAtOnce);
    piece.remove_prefix(part.size());
    SetInput(stream_, part);
    do {
      zipped.resize(used + std::max(part.size() / 4, kLeastGrowth));
      SetOutput(stream_, zipped, used);
      const uInt before = stream_.avail_out;
      deflate(&stream_, piece.empty() ? flush : Z_NO_FLUSH);
      used += before - stream_.avail_out;
    } while (stream_.avail_out == 0);
  } while (!piece.empty());
  zipped.resize(used);
}

}  // namespace bobbin::http
