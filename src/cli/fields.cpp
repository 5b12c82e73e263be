#include "cli/fields.h"

#include <charconv>
#include <cmath>

#include "base/time.h"
#include "json/number.h"
#include "json/write.h"

namespace bobbin::cli {

json::Value Member(json::Value object, std::string_view key) {
  if (!object.exists() || !object.is(json::Kind::kObject)) return {};
  json::Value found;
  for (json::Value v = object.first(); v.exists(); v = v.next()) {
    if (v.key() == key) found = v;  // of duplicates the last counts
  }
  return found;
}

std::string TextOf(json::Value value) {
  if (!value.exists() || !value.is(json::Kind::kString)) return "";
  return std::string(value.text());
}

std::string TextOf(json::Value object, std::string_view key) {
  return TextOf(Member(object, key));
}

std::optional<double> NumberOf(json::Value object, std::string_view key) {
  const json::Value value = Member(object, key);
  if (!value.exists() || !value.is(json::Kind::kNumber)) return std::nullopt;
  const std::string_view raw = value.raw();
  double number = 0;
  const auto [end, error] =
      std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

std::optional<int64_t> IntOf(json::Value object, std::string_view key) {
  const json::Value value = Member(object, key);
  if (value.exists() && value.is(json::Kind::kNumber)) {
    const auto number = json::ReadDecimal(value.raw());
    const auto exact = number ? json::ToInt64(*number) : std::nullopt;
    if (exact) return exact;
  }
  constexpr double kLargest = 9e18;
  const std::optional<double> number = NumberOf(object, key);
  if (!number || std::fabs(*number) > kLargest) return std::nullopt;
  return std::llround(*number);
}

std::optional<int64_t> TimeOf(json::Value object, std::string_view key) {
  const std::string text = TextOf(object, key);
  if (text.empty()) return std::nullopt;
  const ParsedTime time = ParseTime(text);
  if (!time.why.empty()) return std::nullopt;
  return time.us;
}

void AddText(std::string& body, std::string_view key, std::string_view text) {
  json::AppendQuoted(body, key);
  body += ':';
  json::AppendQuoted(body, text);
  body += ',';
}

void AddRaw(std::string& body, std::string_view key, std::string_view json) {
  json::AppendQuoted(body, key);
  body += ':';
  body += json;
  body += ',';
}

}  // namespace bobbin::cli
