#include "http/body.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "http/text.h"

namespace bobbin::http {
namespace {

// Room made at a time: small, so that it is still in the CPU's cache when the
// bytes come.
constexpr size_t kStepBytes = 256 << 10;
constexpr size_t kMaxLineBytes = 4096;
constexpr int kMaxTrailers = 100;

BodyRead WhyNoBytes(ssize_t got) {
  return got == 0 ? BodyRead::kEnded : BodyRead::kSilent;
}

// Appends `count` bytes.
BodyRead ReadBytes(Connection& connection, size_t count, std::string& body) {
  size_t used = body.size();
  const size_t end = used + count;
  while (used < end) {
    if (used == body.size()) body.resize(std::min(end, used + kStepBytes));
    const ssize_t got = connection.Read(body.data() + used, body.size() - used);
    if (got <= 0) return WhyNoBytes(got);
    used += static_cast<size_t>(got);
  }
  return BodyRead::kOk;
}

// The next line, without its CRLF.
BodyRead ReadLine(Connection& connection, std::string& line) {
  line.clear();
  while (!line.ends_with("\r\n")) {
    char c;
    const ssize_t got = connection.Read(&c, 1);
    if (got <= 0) return WhyNoBytes(got);
    if (line.size() == kMaxLineBytes) return BodyRead::kBroken;
    line += c;
  }
  line.resize(line.size() - 2);
  return BodyRead::kOk;
}

// The number at the start of a chunk; what follows a semicolon is for others.
std::optional<size_t> ChunkSize(std::string_view line) {
  const std::string_view digits = TakeUpTo(';', line);
  size_t size = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (error == std::errc::result_out_of_range) {
    return std::numeric_limits<size_t>::max();
  }
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return size;
}

BodyRead SkipTrailers(Connection& connection, std::string& line) {
  for (int i = 0; i < kMaxTrailers; ++i) {
    const BodyRead read = ReadLine(connection, line);
    if (read != BodyRead::kOk || line.empty()) return read;
  }
  return BodyRead::kBroken;
}

BodyRead ReadChunks(Connection& connection, size_t max_bytes,
                    std::string& body) {
  std::string line;
  while (true) {
    BodyRead read = ReadLine(connection, line);
    if (read != BodyRead::kOk) return read;
    const std::optional<size_t> size = ChunkSize(line);
    if (!size) return BodyRead::kBroken;
    if (*size == 0) return SkipTrailers(connection, line);
    if (*size > max_bytes - body.size()) return BodyRead::kTooLarge;
    read = ReadBytes(connection, *size, body);
    if (read == BodyRead::kOk) read = ReadLine(connection, line);
    if (read != BodyRead::kOk) return read;
    if (!line.empty()) return BodyRead::kBroken;
  }
}

}  // namespace

std::optional<Framing> FramingOf(
    std::optional<std::string_view> content_length,
    std::optional<std::string_view> transfer_encoding) {
  if (transfer_encoding) {
    if (content_length || !EqualNoCase(*transfer_encoding, "chunked")) {
      return std::nullopt;
    }
    return Framing{.chunked = true};
  }
  if (!content_length) return Framing{};
  size_t length = 0;
  const char* const last = content_length->data() + content_length->size();
  const auto [end, error] =
      std::from_chars(content_length->data(), last, length);
  if (error == std::errc::invalid_argument || end != last) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    length = std::numeric_limits<size_t>::max();
  }
  return Framing{.length = length};
}

BodyRead ReadBody(Connection& connection, const Framing& framing,
                  size_t max_bytes, std::string& body) {
  if (framing.chunked) return ReadChunks(connection, max_bytes, body);
  if (framing.length > max_bytes) return BodyRead::kTooLarge;
  // Not touched until bytes arrive, so not yet taken from the system.
  body.reserve(framing.length);
  return ReadBytes(connection, framing.length, body);
}

}  // namespace bobbin::http
