#include "api/stream_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <vector>

namespace bobbin::api {
namespace {

constexpr std::string_view kDefault = "application/jsonl";

struct Range {
  std::string_view type;  // `application/json`
  double weight = 1;
};

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The part of `rest` up to the first `mark` that is not inside quotes,
// trimmed; `rest` is left with what follows the mark.
std::string_view TakeUpTo(char mark, std::string_view& rest) {
  size_t at = 0;
  for (bool quoted = false; at < rest.size(); ++at) {
    if (rest[at] == '"') quoted = !quoted;
    if (quoted && rest[at] == '\\') ++at;
    if (!quoted && rest[at] == mark) break;
  }
  at = std::min(at, rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return Trimmed(part);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    constexpr std::string_view kMarks = "!#$%&'+-.^_`|~";
    return std::isalnum(c) != 0 ||
           kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Nullopt if it is not `type/subtype;parameters` with a weight that is one.
// A `*` is no token here: it names nothing that could be answered.
std::optional<Range> RangeOf(std::string_view text) {
  Range range{.type = TakeUpTo(';', text)};
  const size_t slash = range.type.find('/');
  if (slash == std::string_view::npos ||
      !IsToken(range.type.substr(0, slash)) ||
      !IsToken(range.type.substr(slash + 1))) {
    return std::nullopt;
  }
  while (!text.empty()) {
    const std::string_view parameter = TakeUpTo(';', text);
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    const char* const end = parameter.data() + parameter.size();
    const auto [stop, error] = std::from_chars(
        parameter.data() + 2, end, range.weight, std::chars_format::fixed);
    if (error != std::errc() || stop != end) return std::nullopt;
  }
  return range;
}

bool IsJsonLike(std::string_view type) {
  const std::string lower = Lower(type);
  return lower.starts_with("application/") &&
         lower.find("json") != std::string::npos;
}

bool MayBeTaken(std::string_view type) {
  constexpr std::array<std::string_view, 6> kActive = {"xml", "script", "html",
                                                       "pdf", "flash",  "wasm"};
  const std::string lower = Lower(type);
  return lower.starts_with("application/") &&
         std::ranges::none_of(kActive, [&](std::string_view word) {
           return lower.find(word) != std::string::npos;
         });
}

}  // namespace

std::string StreamType(std::string_view accept) {
  std::vector<Range> ranges;
  size_t count = 0;  // of all that was named, understood or not
  while (!accept.empty()) {
    const std::string_view one = TakeUpTo(',', accept);
    if (one.empty()) continue;
    ++count;
    const std::optional<Range> range = RangeOf(one);
    if (range && range->weight > 0) ranges.push_back(*range);
  }
  std::ranges::stable_sort(ranges, std::ranges::greater(), &Range::weight);
  for (const Range& range : ranges) {
    if (MayBeTaken(range.type) && (count == 1 || IsJsonLike(range.type))) {
      return std::string(range.type);
    }
  }
  return std::string(kDefault);
}

}  // namespace bobbin::api
