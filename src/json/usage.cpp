#include "json/usage.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "json/number.h"
#include "json/write.h"

namespace bobbin::json {
namespace {

// Containers from the summary down to a model's counts.
constexpr int kDownToCounts = 3;

int64_t Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<int64_t>::min()
               : std::numeric_limits<int64_t>::max();
}

// An integer, as lenient as the request was when the count came in.
std::optional<int64_t> IntegerOf(Value value) {
  std::string_view text;
  switch (value.kind()) {
    case Kind::kNumber:
      text = value.raw();
      break;
    case Kind::kString: {
      constexpr std::string_view kBlanks = " \t\n\r\v\f";
      text = value.text();
      const size_t begin = text.find_first_not_of(kBlanks);
      if (begin == std::string_view::npos) return std::nullopt;
      text = text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
      break;
    }
    case Kind::kTrue:
      return 1;
    case Kind::kFalse:
    case Kind::kNull:
    case Kind::kArray:
    case Kind::kObject:
      return std::nullopt;
  }
  const std::optional<Decimal> number = ReadDecimal(text);
  if (!number || !number->is_integer()) return std::nullopt;
  return ToInt64(*number);
}

struct Row {
  std::string_view name;
  int64_t TokenCounts::*count;
};
constexpr auto kRows = std::to_array<Row>({
    {"prompt_tokens", &TokenCounts::prompt},
    {"input_tokens", &TokenCounts::prompt},
    {"completion_tokens", &TokenCounts::completion},
    {"output_tokens", &TokenCounts::completion},
    {"cache_read_input_tokens", &TokenCounts::cache_read},
    {"cache_creation_input_tokens", &TokenCounts::cache_creation},
    {"requests", &TokenCounts::requests},
    {"total_tokens", &TokenCounts::total},
});

// The counts in the order in which calls are kept with them.
constexpr auto kPlaces = std::to_array<int64_t TokenCounts::*>(
    {&TokenCounts::requests, &TokenCounts::prompt, &TokenCounts::completion,
     &TokenCounts::total, &TokenCounts::cache_read,
     &TokenCounts::cache_creation});

void AppendCounts(std::string& out, const TokenCounts& counts) {
  size_t length = kPlaces.size();
  while (length > 0 && counts.*(kPlaces[length - 1]) == 0) --length;
  out += '[';
  for (size_t i = 0; i < length; ++i) {
    if (i > 0) out += ',';
    AppendInt(out, counts.*(kPlaces[i]));
  }
  out += ']';
}

std::string TextFrom(Value first_model) {
  // Of a model that is given twice the last counts.
  std::unordered_map<std::string_view, Value> last;
  if (first_model.exists() && first_model.next().exists()) {
    for (Value v = first_model; v.exists(); v = v.next()) last[v.key()] = v;
  }
  std::string out;
  for (Value v = first_model; v.exists(); v = v.next()) {
    if (!v.is(Kind::kObject)) continue;
    if (!last.empty() && last.at(v.key()).raw().data() != v.raw().data()) {
      continue;
    }
    out += out.empty() ? '{' : ',';
    AppendQuoted(out, v.key());
    out += ':';
    AppendCounts(out, ReadTokenCounts(v));
  }
  if (!out.empty()) out += '}';
  return out;
}

}  // namespace

int64_t TokenCounts::all() const {
  return total != 0 ? total : Sum(prompt, completion);
}

void TokenCounts::Add(const TokenCounts& more) {
  total = Sum(all(), more.all());
  requests = Sum(requests, more.requests);
  prompt = Sum(prompt, more.prompt);
  completion = Sum(completion, more.completion);
  cache_read = Sum(cache_read, more.cache_read);
  cache_creation = Sum(cache_creation, more.cache_creation);
}

TokenCounts ReadTokenCounts(Value model) {
  // Of a name that is given twice the last counts.
  std::array<int64_t, kRows.size()> found{};
  for (Value v = model.first(); v.exists(); v = v.next()) {
    for (size_t i = 0; i < kRows.size(); ++i) {
      if (v.key() != kRows[i].name) continue;
      if (const std::optional<int64_t> count = IntegerOf(v)) found[i] = *count;
    }
  }
  TokenCounts counts;
  for (size_t i = 0; i < kRows.size(); ++i) {
    int64_t& sum = counts.*(kRows[i].count);
    sum = Sum(sum, found[i]);
  }
  return counts;
}

Value UsageReader::First(std::string_view summary) {
  if (!document_.Parse(summary, kDownToCounts).message.empty()) return {};
  const Value root = document_.root();
  if (!root.is(Kind::kObject)) return {};
  Value usage;
  for (Value v = root.first(); v.exists(); v = v.next()) {
    if (v.key() == "usage") usage = v;
  }
  if (!usage.exists() || !usage.is(Kind::kObject)) return {};
  return usage.first();
}

std::string UsageText(UsageReader& reader, std::string_view summary) {
  return TextFrom(reader.First(summary));
}

std::string UsageText(Value usage) {
  if (!usage.exists() || !usage.is(Kind::kObject)) return {};
  return TextFrom(usage.first());
}

bool UsageTextReader::Next() {
  // `{` before the first, `,` before the others, `}` after the last
  if (rest_.size() < 2 || rest_.front() == '}') return false;
  rest_.remove_prefix(1);
  return ReadModel() && ReadCounts();
}

bool UsageTextReader::ReadModel() {
  if (rest_.front() != '"') return false;
  size_t end = 1;
  bool escaped = false;
  while (end < rest_.size() && rest_[end] != '"') {
    if (rest_[end] == '\\') {
      escaped = true;
      ++end;
    }
    ++end;
  }
  if (end >= rest_.size()) return false;
  model_ = rest_.substr(1, end - 1);
  if (escaped) {
    Document name;
    if (!name.Parse(rest_.substr(0, end + 1), 1).message.empty()) return false;
    name_ = name.root().text();
    model_ = name_;
  }
  rest_.remove_prefix(end + 1);
  return true;
}

bool UsageTextReader::ReadCounts() {
  constexpr std::string_view kBegin = ":[";
  counts_ = {};
  if (!rest_.starts_with(kBegin)) return false;
  const char* at = rest_.data() + kBegin.size();
  const char* const end = rest_.data() + rest_.size();
  for (const auto place : kPlaces) {
    if (at == end || *at == ']') break;
    const auto [stop, error] = std::from_chars(at, end, counts_.*place);
    if (error != std::errc() || stop == end) return false;
    at = stop + (*stop == ',' ? 1 : 0);
  }
  if (at == end || *at != ']') return false;
  rest_.remove_prefix(static_cast<size_t>(at + 1 - rest_.data()));
  return true;
}

}  // namespace bobbin::json
