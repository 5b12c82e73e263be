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

BodyReader::BodyReader(Connection& connection, const Framing& framing,
                       size_t max_bytes)
    : connection_(connection),
      chunked_(framing.chunked),
      ahead_(framing.length),
      room_(max_bytes),
      ended_(!framing.chunked) {}

BodyRead BodyReader::NextChunk() {
  if (begun_) {  // the line break after the last one
    const BodyRead read = ReadLine(connection_, line_);
    if (read != BodyRead::kOk) return read;
    if (!line_.empty()) return BodyRead::kBroken;
  }
  begun_ = true;
  const BodyRead read = ReadLine(connection_, line_);
  if (read != BodyRead::kOk) return read;
  const std::optional<size_t> size = ChunkSize(line_);
  if (!size) return BodyRead::kBroken;
  if (*size > room_) return BodyRead::kTooLarge;
  room_ -= *size;
  ahead_ = *size;
  ended_ = *size == 0;
  return ended_ ? SkipTrailers(connection_, line_) : BodyRead::kOk;
}

BodyRead BodyReader::Ahead(size_t& bytes) {
  BodyRead read = BodyRead::kOk;
  if (ahead_ == 0 && !ended_) read = NextChunk();
  if (!chunked_ && ahead_ > room_) read = BodyRead::kTooLarge;
  bytes = ahead_;
  return read;
}

BodyRead BodyReader::Read(char* into, size_t size, size_t& got) {
  got = 0;
  size_t ahead = 0;
  const BodyRead read = Ahead(ahead);
  if (read != BodyRead::kOk || ahead == 0) return read;
  const ssize_t count = connection_.Read(into, std::min(size, ahead));
  if (count <= 0) return WhyNoBytes(count);
  got = static_cast<size_t>(count);
  ahead_ -= got;
  return BodyRead::kOk;
}

BodyRead ReadBody(Connection& connection, const Framing& framing,
                  size_t max_bytes, std::string& body) {
  BodyReader reader(connection, framing, max_bytes);
  while (true) {
    size_t ahead = 0;
    BodyRead read = reader.Ahead(ahead);
    if (read != BodyRead::kOk || ahead == 0) return read;
    // Not touched until bytes arrive, so not yet taken from the system.
    if (!framing.chunked && body.empty()) body.reserve(ahead);
    size_t used = body.size();
    const size_t end = used + std::min(ahead, kStepBytes);
    body.resize(end);
    while (used < end) {
      size_t got = 0;
      read = reader.Read(body.data() + used, end - used, got);
      if (read != BodyRead::kOk) return read;
      used += got;
    }
  }
}

}  // namespace bobbin::http
