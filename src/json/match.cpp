#include "json/match.h"

#include <algorithm>

#include "json/chars.h"
#include "json/path.h"
#include "json/write.h"

namespace bobbin::json {
namespace {

constexpr std::string_view kTrue = "true";
constexpr std::string_view kFalse = "false";

bool IsString(std::string_view raw) { return raw.starts_with('"'); }
bool IsContainer(std::string_view raw) {
  return raw.starts_with('{') || raw.starts_with('[');
}
bool IsNumber(std::string_view raw) {
  return !raw.empty() &&
         (raw.front() == '-' || (raw.front() >= '0' && raw.front() <= '9'));
}

// `5.0` as `5`: a number whose fraction is zero and that has no exponent,
// without the fraction. Else empty.
std::string_view WithoutZeros(std::string_view raw) {
  if (!IsNumber(raw)) return {};
  const size_t point = raw.find('.');
  if (point == std::string_view::npos ||
      raw.find_first_not_of('0', point + 1) != std::string_view::npos) {
    return {};
  }
  return raw.substr(0, point);
}

int Sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

Decimal OfBool(bool value) {
  return value ? *ReadDecimal("1") : *ReadDecimal("0");
}

bool Less(const Decimal& a, const Decimal& b) { return Compare(a, b) < 0; }

}  // namespace

std::string_view AsText(std::string_view raw, std::string& scratch) {
  if (IsString(raw)) {
    const std::string_view inside = raw.substr(1, raw.size() - 2);
    if (inside.find('\\') == std::string_view::npos) return inside;
    scratch.clear();
    AppendUnescaped(scratch, inside);
    return scratch;
  }
  if (IsContainer(raw)) {
    scratch.clear();
    AppendMinified(scratch, raw);
    return scratch;
  }
  return raw == "null" ? std::string_view() : raw;
}

void AppendMinified(std::string& out, std::string_view raw) {
  const char* p = raw.data();
  const char* const end = p + raw.size();
  while (p != end) {
    if (IsSpace(*p)) {
      ++p;
      continue;
    }
    if (*p != '"') {
      out += *p++;
      continue;
    }
    const char* close = p + 1;
    bool escaped = false;
    while (*(close = SkipPlain(close, end)) != '"') {
      escaped = escaped || *close == '\\';
      close += *close == '\\' ? 2 : 1;
    }
    const std::string_view text(p, static_cast<size_t>(close + 1 - p));
    if (escaped) {
      AppendQuoted(out, Unquote(text));
    } else {
      out += text;
    }
    p = close + 1;
  }
}

Constant::Sort Constant::SortOf(std::string_view json) {
  if (IsString(json)) return Sort::kText;
  if (json == kTrue || json == kFalse) return Sort::kBool;
  if (!IsNumber(json)) return Sort::kNull;
  return json.find_first_of(".eE") == std::string_view::npos ? Sort::kInt
                                                             : Sort::kDouble;
}

std::optional<Decimal> Constant::NumberOf(std::string_view json) {
  if (json == kTrue || json == kFalse) return OfBool(json == kTrue);
  return ReadDecimal(json);
}

Constant::Constant(std::string_view json) : sort_(SortOf(json)) {
  text_ = sort_ == Sort::kText ? Unquote(json) : std::string(json);
  if (sort_ != Sort::kText) {
    number_ = NumberOf(text_).value_or(Decimal());
  }
}

std::optional<Decimal> Constant::Cast(std::string_view raw, Sort sort,
                                      std::string& scratch) {
  if (IsNumber(raw)) return ReadDecimal(raw);
  const bool is_bool = raw == kTrue || raw == kFalse;
  if (!is_bool && !IsString(raw)) return std::nullopt;
  const std::string_view text = AsText(raw, scratch);
  if (text == kTrue || text == kFalse) {
    if (sort != Sort::kBool) return std::nullopt;
    return OfBool(text == kTrue);
  }
  std::optional<Decimal> number = ReadDecimal(text);
  if (number && sort == Sort::kInt && !number->is_integer()) return {};
  return number;
}

std::optional<bool> Constant::Equals(std::string_view raw,
                                     std::string& scratch) const {
  if (sort_ == Sort::kNull) return !IsPresent(raw);
  if (sort_ == Sort::kText) {
    if (AsText(raw, scratch) == text_) return true;
    const std::string_view whole = WithoutZeros(raw);
    return !whole.empty() && whole == text_;
  }
  const std::optional<Decimal> number = Cast(raw, sort_, scratch);
  if (!number) return std::nullopt;
  return Compare(*number, number_) == 0;
}

std::optional<int> Constant::Order(std::string_view raw,
                                   std::string& scratch) const {
  if (sort_ == Sort::kNull) return std::nullopt;
  if (sort_ == Sort::kText) return Sign(AsText(raw, scratch).compare(text_));
  const std::optional<Decimal> number = Cast(raw, sort_, scratch);
  if (!number) return std::nullopt;
  return Compare(*number, number_);
}

ConstantList::ConstantList(std::string_view json) : json_(json) {
  Document document;
  document.Parse(json_, 1);
  for (Value v = document.root().first(); v.exists(); v = v.next()) {
    const Constant::Sort sort = Constant::SortOf(v.raw());
    if (sort == Constant::Sort::kNull) {
      has_null_ = true;
      continue;
    }
    // One that is not an integer makes all of them doubles.
    if (sort_ != Constant::Sort::kDouble) sort_ = sort;
    if (sort == Constant::Sort::kText) {
      texts_.emplace_back(v.text());
    } else {
      numbers_.push_back(*Constant::NumberOf(v.raw()));
    }
  }
  std::ranges::sort(texts_);
  std::ranges::sort(numbers_, Less);
}

std::optional<bool> ConstantList::Has(std::string_view raw,
                                      std::string& scratch) const {
  if (has_null_ && !IsPresent(raw)) return true;
  if (sort_ == Constant::Sort::kNull) return false;
  if (sort_ == Constant::Sort::kText) {
    const auto has = [this](std::string_view text) {
      return std::binary_search(texts_.begin(), texts_.end(), text,
                                std::less<std::string_view>());
    };
    if (has(AsText(raw, scratch))) return true;
    const std::string_view whole = WithoutZeros(raw);
    return !whole.empty() && has(whole);
  }
  const std::optional<Decimal> number = Constant::Cast(raw, sort_, scratch);
  if (!number) return std::nullopt;
  return std::ranges::binary_search(numbers_, *number, Less);
}

bool SameValue(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (OrderOf(a, b) == 0) return true;
  std::string scratch;
  const auto is_whole = [&scratch](std::string_view number,
                                   std::string_view other) {
    const std::string_view whole = WithoutZeros(number);
    return !whole.empty() && whole == AsText(other, scratch);
  };
  return is_whole(a, b) || is_whole(b, a);
}

int OrderOf(std::string_view a, std::string_view b) {
  if (IsNumber(a) && IsNumber(b)) {
    return Compare(*ReadDecimal(a), *ReadDecimal(b));
  }
  std::string scratch_a;
  std::string scratch_b;
  return Sign(AsText(a, scratch_a).compare(AsText(b, scratch_b)));
}

}  // namespace bobbin::json
