#include "http/gzip.h"

#include <limits>
#include <optional>

#include "support/catch.h"

namespace bobbin::http {
namespace {

std::string Gzip(std::string_view text) {
  std::string zipped;
  GzipWriter().Finish(text, zipped);
  return zipped;
}

// In the format that HTTP calls deflate.
std::string Zlib(std::string_view text) {
  uLongf size = compressBound(text.size());
  std::string zipped(size, '\0');
  compress(reinterpret_cast<Bytef*>(zipped.data()), &size,
           reinterpret_cast<const Bytef*>(text.data()), text.size());
  zipped.resize(size);
  return zipped;
}

std::string Noise(size_t size) {
  std::string noise(size, '\0');
  unsigned state = 1;
  for (char& c : noise) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return noise;
}

constexpr size_t kNoLimit = std::numeric_limits<int>::max();

TEST_CASE("Accept-Encoding asks for gzip, or not", "[http]") {
  const auto [header, accepts] =
      GENERATE(table<std::string_view, bool>({{"", false},
                                              {"gzip", true},
                                              {"GZIP", true},
                                              {"x-gzip", true},
                                              {"gzip, deflate, br", true},
                                              {"deflate,gzip;q=1.0", true},
                                              {"br;q=1.0, gzip;q=0.5", true},
                                              {"gzip ; q=0.001", true},
                                              {"gzip;q=0", false},
                                              {"gzip; q=0.000", false},
                                              {"gzip;Q=0", false},
                                              {"gzip;q=0, *", false},
                                              {"*", true},
                                              {"*;q=0", false},
                                              {"*;q=0, gzip", true},
                                              {"identity", false},
                                              {"br, deflate", false},
                                              {"notgzip", false},
                                              {",,;;=,", false}}));
  CAPTURE(header);
  CHECK(AcceptsGzip(header) == accepts);
}

TEST_CASE("text is worth zipping, bytes are not", "[http]") {
  for (const std::string_view type :
       {"application/json", "Application/JSON; charset=utf-8", "text/html",
        "application/jsonl", "application/x-ndjson", "application/ld+json",
        "text/javascript", "image/svg+xml"}) {
    CAPTURE(type);
    CHECK(IsCompressible(type));
  }
  for (const std::string_view type :
       {"", "application/octet-stream", "image/png", "application/zip",
        "application/x-text"}) {
    CAPTURE(type);
    CHECK_FALSE(IsCompressible(type));
  }
}

TEST_CASE("what was zipped unzips to the same", "[http]") {
  const std::string text =
      GENERATE(std::string(), std::string("x"), std::string(300'000, 'x'),
               Noise(1), Noise(4096), Noise(300'000), std::string(1, '\0'));
  std::string back;
  CHECK(Inflate(Format::kGzip, Gzip(text), kNoLimit, back) == Inflated::kOk);
  CHECK((back == text));
  CHECK(Inflate(Format::kDeflate, Zlib(text), kNoLimit, back) == Inflated::kOk);
  CHECK((back == text));
}

// Unzips piece by piece; nothing if it is broken.
std::optional<std::string> InPieces(Format format, std::string_view zipped,
                                    size_t in, size_t out) {
  Inflater inflater(format);
  std::string text;
  std::string buffer(out, '\0');
  while (true) {
    const std::string_view given = zipped.substr(0, in);
    zipped.remove_prefix(given.size());
    std::string_view piece = given;
    size_t got = 0;
    do {
      if (inflater.Read(piece, buffer.data(), out, got) != Inflated::kOk) {
        return std::nullopt;
      }
      text.append(buffer, 0, got);
    } while (got == out);
    CHECK(piece.empty());
    if (given.empty()) break;
  }
  if (!inflater.AtEnd()) return std::nullopt;
  return text;
}

TEST_CASE("pieces of any size make the same text", "[http]") {
  const size_t in = GENERATE(1u, 7u, 4096u);
  const size_t out = GENERATE(1u, 100u, 65536u);
  CAPTURE(in, out);
  const std::string text = Noise(3000) + std::string(50'000, 'x');
  CHECK((InPieces(Format::kGzip, Gzip(text), in, out) == text));
  CHECK((InPieces(Format::kDeflate, Zlib(text), in, out) == text));
  CHECK((InPieces(Format::kGzip, Gzip("one ") + Gzip("") + Gzip("two"), in,
                  out) == "one two"));
  CHECK_FALSE(InPieces(Format::kGzip, Gzip(text) + "more", in, out));
  CHECK_FALSE(InPieces(Format::kGzip, Gzip(text).substr(0, 3000), in, out));
  CHECK_FALSE(InPieces(Format::kDeflate, Zlib("x") + Zlib("y"), in, out));
  CHECK_FALSE(InPieces(Format::kGzip, "", in, out));
}

TEST_CASE("gzip members may follow one another", "[http]") {
  std::string back;
  CHECK(Inflate(Format::kGzip, Gzip("one ") + Gzip("") + Gzip("two"), kNoLimit,
                back) == Inflated::kOk);
  CHECK(back == "one two");
}

TEST_CASE("unzipping stops at the bound", "[http]") {
  const size_t size = GENERATE(1, 4096, 100'000);
  const std::string zipped = Gzip(std::string(size, 'x'));
  std::string back;
  CHECK(Inflate(Format::kGzip, zipped, size, back) == Inflated::kOk);
  CHECK(back.size() == size);
  CHECK(Inflate(Format::kGzip, zipped, size - 1, back) == Inflated::kTooLarge);
  CHECK(Inflate(Format::kGzip, zipped, 0, back) == Inflated::kTooLarge);
}

TEST_CASE("the bound holds for all members together", "[http]") {
  std::string back;
  CHECK(Inflate(Format::kGzip, Gzip("1234") + Gzip("5678"), 7, back) ==
        Inflated::kTooLarge);
}

TEST_CASE("what is not whole, or not that format, is broken", "[http]") {
  const std::string zipped = Gzip("a text");
  std::string flipped = zipped;
  flipped[zipped.size() - 6] ^= 1;  // in the checksum
  const std::string wrong =
      GENERATE_COPY(std::string(), std::string("plain"), zipped.substr(0, 5),
                    zipped.substr(0, zipped.size() - 1), zipped + "more",
                    zipped + zipped.substr(0, 5), flipped, Zlib("a text"));
  std::string back;
  CHECK(Inflate(Format::kGzip, wrong, kNoLimit, back) == Inflated::kBroken);
  CHECK(Inflate(Format::kDeflate, zipped, kNoLimit, back) == Inflated::kBroken);
  CHECK(Inflate(Format::kDeflate, Zlib("x") + Zlib("y"), kNoLimit, back) ==
        Inflated::kBroken);
}

TEST_CASE("a piece can be unzipped before the next one is zipped", "[http]") {
  GzipWriter writer;
  z_stream reader = {};
  inflateInit2(&reader, MAX_WBITS + 16);
  for (const std::string& piece :
       {std::string("first"), Noise(100'000), std::string(100'000, 'x')}) {
    std::string zipped;
    writer.Add(piece, zipped);
    std::string back(piece.size() + 1, '\0');
    reader.next_in = reinterpret_cast<Bytef*>(zipped.data());
    reader.avail_in = static_cast<uInt>(zipped.size());
    reader.next_out = reinterpret_cast<Bytef*>(back.data());
    reader.avail_out = static_cast<uInt>(back.size());
    inflate(&reader, Z_SYNC_FLUSH);
    back.resize(back.size() - reader.avail_out);
    CHECK((back == piece));
  }
  inflateEnd(&reader);
}

}  // namespace
}  // namespace bobbin::http
