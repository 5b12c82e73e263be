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

void SetOutput(z_stream& stream, char* into, size_t size) {
  stream.next_out = reinterpret_cast<Bytef*>(into);
  stream.avail_out = static_cast<uInt>(std::min(size, kMostAtOnce));
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

Inflater::Inflater(Format format) : format_(format) {
  if (inflateInit2(&stream_, format == Format::kGzip ? kGzipFormat
                                                     : kZlibFormat) != Z_OK) {
    throw std::bad_alloc();
  }
}

Inflater::~Inflater() { inflateEnd(&stream_); }

Inflated Inflater::Read(std::string_view& zipped, char* into, size_t size,
                        size_t& got) {
  got = 0;
  while (got < size) {
    if (at_end_) {
      if (zipped.empty()) return Inflated::kOk;
      if (format_ != Format::kGzip || inflateReset(&stream_) != Z_OK) {
        return Inflated::kBroken;
      }
      at_end_ = false;
    }
    const std::string_view part = zipped.substr(0, kMostAtOnce);
    SetInput(stream_, part);
    SetOutput(stream_, into + got, size - got);
    const uInt room = stream_.avail_out;
    const int outcome = inflate(&stream_, Z_NO_FLUSH);
    zipped.remove_prefix(part.size() - stream_.avail_in);
    got += room - stream_.avail_out;
    at_end_ = outcome == Z_STREAM_END;
    if (at_end_ || outcome == Z_OK) continue;
    // There is room, so a lack of progress is a lack of input.
    return outcome == Z_BUF_ERROR && zipped.empty() ? Inflated::kOk
                                                    : Inflated::kBroken;
  }
  return Inflated::kOk;
}

Inflated Inflate(Format format, std::string_view zipped, size_t max_bytes,
                 std::string& text) {
  Inflater inflater(format);
  // One byte of room beyond the bound shows that the text goes beyond it.
  const size_t room = max_bytes + 1;
  size_t used = 0;
  text.assign(std::min(room, std::max(4 * zipped.size(), kLeastGrowth)), '\0');
  Inflated result = Inflated::kOk;
  while (true) {
    size_t got = 0;
    result = inflater.Read(zipped, text.data() + used, text.size() - used, got);
    used += got;
    if (used > max_bytes) result = Inflated::kTooLarge;
    if (result != Inflated::kOk) break;
    if (used < text.size()) {  // that was all
      if (!inflater.AtEnd()) result = Inflated::kBroken;
      break;
    }
    text.resize(std::min(room, 2 * used));
  }
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
      SetOutput(stream_, zipped.data() + used, zipped.size() - used);
      const uInt before = stream_.avail_out;
      deflate(&stream_, piece.empty() ? flush : Z_NO_FLUSH);
      used += before - stream_.avail_out;
    } while (stream_.avail_out == 0);
  } while (!piece.empty());
  zipped.resize(used);
}

}  // namespace bobbin::http
