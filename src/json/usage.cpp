#include "json/usage.h"

#include <array>
#include <limits>
#include <optional>

#include "json/number.h"

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

bool HasUsage(UsageReader& reader, std::string_view summary) {
  for (Value v = reader.First(summary); v.exists(); v = v.next()) {
    if (v.is(Kind::kObject)) return true;
  }
  return false;
}

}  // namespace bobbin::json
