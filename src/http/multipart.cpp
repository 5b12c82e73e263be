#include "http/multipart.h"

#include <cstddef>
#include <string>
#include <utility>

#include "http/text.h"

namespace bobbin::http {
namespace {

constexpr size_t kMaxParts = 1024;
constexpr size_t kMaxBoundaryBytes = 70;  // RFC 2046, section 5.1.1
constexpr size_t kMaxHeadBytes = 16 << 10;

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

std::string BoundaryOf(std::string_view content_type) {
  TakeUpTo(';', content_type);
  while (std::optional<Parameter> parameter = TakeParameter(content_type)) {
    if (EqualNoCase(parameter->name, "boundary")) {
      return std::move(parameter->value);
    }
  }
  return {};
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

std::optional<std::vector<api::Part>> ParseMultipart(
    std::string_view content_type, std::string_view body) {
  const std::string boundary = BoundaryOf(content_type);
  if (boundary.empty() || boundary.size() > kMaxBoundaryBytes) {
    return std::nullopt;
  }
  // The line break before a boundary belongs to it. The first one may stand
  // at the very start, or after words for readers who know no MIME.
  const std::string mark = "\r\n--" + boundary;
  const std::string_view first = std::string_view(mark).substr(2);
  if (!body.starts_with(first)) {
    const size_t preamble = body.find(mark);
    if (preamble == std::string_view::npos) return std::nullopt;
    body.remove_prefix(preamble + 2);
  }
  body.remove_prefix(first.size());

  std::vector<api::Part> parts;
  while (!body.starts_with("--")) {
    // After a boundary: blanks, a line break, the head, an empty line.
    if (TakeUpTo('\n', body) != "\r") return std::nullopt;
    const size_t head_end = body.substr(0, kMaxHeadBytes).find("\r\n\r\n");
    if (head_end == std::string_view::npos || parts.size() == kMaxParts) {
      return std::nullopt;
    }
    const size_t data = head_end + 4;
    // From the empty line on, whose line break may be the boundary's.
    const size_t data_end = body.find(mark, data - 2);
    api::Part part;
    if (data_end == std::string_view::npos ||
        !ReadHead(body.substr(0, head_end), part)) {
      return std::nullopt;
    }
    if (data_end > data) part.data = body.substr(data, data_end - data);
    parts.push_back(std::move(part));
    body.remove_prefix(data_end + mark.size());
  }
  return parts;
}

}  // namespace bobbin::http
