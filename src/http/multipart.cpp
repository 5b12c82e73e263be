#include "http/multipart.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "http/text.h"

namespace bobbin::http {
namespace {

constexpr size_t kMaxParts = 1024;
constexpr size_t kMaxBoundaryBytes = 70;  // RFC 2046, section 5.1.1
constexpr size_t kMaxPartHeadBytes = 16 << 10;
constexpr size_t kBufferBytes = 64 << 10;

struct Parameter {
  std::string_view name;
  std::string value;
};

// Takes one `name=value` or `name="value"` from the start of `rest`, and the
// semicolon after it. Nullopt if there is none.
std::optional<Parameter> TakeParameter(std::string_view& rest) {
  const size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Parameter parameter{Trimmed(rest.substr(0, equals)), {}};
  rest = Trimmed(rest.substr(equals + 1));
  if (!rest.starts_with('"')) {
    parameter.value = TakeUpTo(';', rest);
    return parameter;
  }
  size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    // Only a quote is ever escaped: browsers send C:\dir as it is.
    if (rest[i] == '\\' && rest.substr(i + 1).starts_with('"')) ++i;
    parameter.value += rest[i];
  }
  if (i == rest.size()) return std::nullopt;
  rest.remove_prefix(i + 1);
  if (!TakeUpTo(';', rest).empty()) return std::nullopt;
  return parameter;
}

// Reads `form-data; name="..."; filename="..."`.
bool ReadDisposition(std::string_view value, api::Part& part) {
  if (!EqualNoCase(TakeUpTo(';', value), "form-data")) return false;
  bool named = false;
  while (!value.empty()) {
    std::optional<Parameter> parameter = TakeParameter(value);
    if (!parameter) return false;
    if (EqualNoCase(parameter->name, "name")) {
      part.name = std::move(parameter->value);
      named = true;
    } else if (EqualNoCase(parameter->name, "filename")) {
      part.filename = std::move(parameter->value);
    }
  }
  return named;
}

bool ReadHead(std::string_view head, api::Part& part) {
  bool disposed = false;
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    std::string_view value = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view()
                                         : head.substr(end + 2);
    const std::string_view name = TakeUpTo(':', value);
    if (EqualNoCase(name, "Content-Disposition")) {
      disposed = ReadDisposition(value, part);
      if (!disposed) return false;
    } else if (EqualNoCase(name, "Content-Type")) {
      part.content_type = Trimmed(value);
    }
  }
  return disposed;
}

}  // namespace

bool IsMultipart(std::string_view content_type) {
  return EqualNoCase(TakeUpTo(';', content_type), "multipart/form-data");
}

std::optional<std::string> BoundaryOf(std::string_view content_type) {
  TakeUpTo(';', content_type);
  while (std::optional<Parameter> parameter = TakeParameter(content_type)) {
    if (!EqualNoCase(parameter->name, "boundary")) continue;
    const size_t size = parameter->value.size();
    if (size == 0 || size > kMaxBoundaryBytes) return std::nullopt;
    return std::move(parameter->value);
  }
  return std::nullopt;
}

MultipartReader::MultipartReader(std::string_view boundary, Source source)
    : mark_("\r\n--" + std::string(boundary)),
      source_(std::move(source)),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {
  // The first boundary may stand at the very start, without a line break.
  std::memcpy(buffer_.get(), "\r\n", 2);
  end_ = 2;
}

MultipartReader::Outcome MultipartReader::Fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::optional<size_t> got =
      source_(buffer_.get() + end_, kBufferBytes - end_);
  if (!got) return Outcome::kUnread;
  end_ += *got;
  return *got == 0 ? Outcome::kEnd : Outcome::kOk;
}

MultipartReader::Outcome MultipartReader::Find(std::string_view text,
                                               size_t limit, size_t& at) {
  while (true) {
    const std::string_view within = unread().substr(0, limit);
    at = within.find(text);
    if (at != std::string_view::npos) return Outcome::kOk;
    if (within.size() == limit) return Outcome::kMalformed;
    const Outcome filled = Fill();
    if (filled == Outcome::kEnd) return Outcome::kMalformed;
    if (filled != Outcome::kOk) return filled;
  }
}

MultipartReader::Outcome MultipartReader::SkipData() {
  std::string_view ignored;
  Outcome outcome;
  do {
    outcome = Read(ignored);
  } while (outcome == Outcome::kOk);
  return outcome;
}

MultipartReader::Outcome MultipartReader::Next(api::Part& part) {
  const Outcome skipped = SkipData();
  if (skipped != Outcome::kEnd) return skipped;
  return state_ == State::kEnd ? Outcome::kEnd : ReadPartHead(part);
}

// A boundary is followed by two dashes, if it is the last one; otherwise by
// blanks, a line break, the head, an empty line.
MultipartReader::Outcome MultipartReader::ReadPartHead(api::Part& part) {
  while (unread().size() < 2) {
    const Outcome filled = Fill();
    if (filled == Outcome::kEnd) return Outcome::kMalformed;
    if (filled != Outcome::kOk) return filled;
  }
  if (unread().starts_with("--")) return ReadToEnd();

  size_t end = 0;
  Outcome found = Find("\n", kMaxPartHeadBytes, end);
  if (found != Outcome::kOk) return found;
  const bool blank = Trimmed(unread().substr(0, end)) == "\r";
  begin_ += end + 1;
  if (!blank || ++parts_ > kMaxParts) return Outcome::kMalformed;
  found = Find("\r\n\r\n", kMaxPartHeadBytes, end);
  if (found != Outcome::kOk) return found;
  part = {};
  if (!ReadHead(unread().substr(0, end), part)) return Outcome::kMalformed;
  begin_ += end + 2;
  after_head_ = true;
  state_ = State::kData;
  return Outcome::kOk;
}

MultipartReader::Outcome MultipartReader::ReadToEnd() {
  Outcome filled;
  do {
    begin_ = end_;
    filled = Fill();
  } while (filled == Outcome::kOk);
  if (filled == Outcome::kEnd) state_ = State::kEnd;
  return filled;
}

MultipartReader::Outcome MultipartReader::Read(std::string_view& piece) {
  if (state_ != State::kData) return Outcome::kEnd;
  while (true) {
    const std::string_view text = unread();
    const size_t mark = text.find(mark_);
    const bool found = mark != std::string_view::npos;
    if (mark == 0) {
      begin_ += mark_.size();
      after_head_ = false;
      state_ = State::kBoundary;
      return Outcome::kEnd;
    }
    // What may be the start of a boundary is held back.
    const size_t held = std::min(text.size(), mark_.size() - 1);
    const size_t end = found ? mark : text.size() - held;
    const size_t skipped = after_head_ ? 2 : 0;
    if (end > skipped || found) {
      piece = text.substr(skipped, end - skipped);
      begin_ += end;
      after_head_ = false;
      if (!piece.empty()) return Outcome::kOk;
      continue;
    }
    const Outcome filled = Fill();
    if (filled == Outcome::kEnd) return Outcome::kMalformed;
    if (filled != Outcome::kOk) return filled;
  }
}

}  // namespace bobbin::http
