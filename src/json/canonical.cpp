#include "json/canonical.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <span>
#include <vector>

#include "json/chars.h"
#include "json/document.h"

namespace bobbin::json {

// Prints a text that Document has found valid. Members are printed in the
// order of the text; objects whose keys turn out not to be in order are noted
// and put right when all is printed, so that no byte is moved twice however
// deep it lies.
class CanonicalPrinter::Impl {
 public:
  // The view lives until the next call.
  std::string_view Print(std::string_view text) {
    end_ = text.data() + text.size();
    out_.clear();
    unsorted_.clear();
    out_.reserve(text.size() + text.size() / 8);
    PrintValue(text.data());
    if (unsorted_.empty()) return out_;
    std::ranges::sort(unsorted_, {}, &Object::begin);
    sorted_.clear();
    sorted_.reserve(out_.size());
    AppendSorted(sorted_, {0, out_.size()});
    return sorted_;
  }

 private:
  struct Range {  // of bytes in out_
    size_t begin;
    size_t end;
  };
  struct Member {
    std::string_view key;  // decoded
    Range printed;         // key and value
  };
  struct Object {
    size_t begin;  // in out_, braces included
    size_t end;
    std::vector<Range> members;  // in order
  };

  // Each of these takes the place where something begins and returns the
  // place behind it.
  const char* PrintValue(const char* p) {
    switch (*p) {
      case '{':
        return PrintObject(p);
      case '[':
        return PrintArray(p);
      case '"': {
        const char* const close = FindQuote(p + 1);
        AppendString(Decoded(p + 1, close));
        return close + 1;
      }
      case 't':
      case 'n':
        out_.append(p, 4);
        return p + 4;
      case 'f':
        out_.append(p, 5);
        return p + 5;
      default:
        return PrintNumber(p);
    }
  }

  const char* PrintArray(const char* p) {
    out_ += '[';
    p = SkipSpace(p + 1);
    while (*p != ']') {
      p = SkipSpace(PrintValue(p));
      if (*p == ',') {
        out_ += ", ";
        p = SkipSpace(p + 1);
      }
    }
    out_ += ']';
    return p + 1;
  }

  const char* PrintObject(const char* p) {
    const size_t first_member = members_.size();
    const size_t first_key = decoded_keys_.size();
    const size_t begin = out_.size();
    out_ += '{';
    p = SkipSpace(p + 1);
    while (*p != '}') {
      const size_t member_begin = out_.size();
      const char* const close = FindQuote(p + 1);
      const std::string_view key = KeptKey(p + 1, close);
      AppendString(key);
      out_ += ": ";
      p = SkipSpace(SkipSpace(close + 1) + 1);  // a colon between
      p = SkipSpace(PrintValue(p));
      members_.push_back({key, {member_begin, out_.size()}});
      if (*p == ',') {
        out_ += ", ";
        p = SkipSpace(p + 1);
      }
    }
    out_ += '}';
    NoteIfUnsorted(first_member, begin);
    members_.resize(first_member);
    decoded_keys_.resize(first_key);
    return p + 1;
  }

  // Python's int() keeps every digit; its float() is a double.
  const char* PrintNumber(const char* p) {
    const char* const begin = p;
    bool is_float = false;
    for (; p != end_ && *p != ',' && *p != ']' && *p != '}' && !IsSpace(*p);
         ++p) {
      is_float = is_float || *p == '.' || (*p | 0x20) == 'e';
    }
    const std::string_view number(begin, static_cast<size_t>(p - begin));
    if (is_float) {
      AppendFloat(number);
    } else {
      out_ += number == "-0" ? "0" : number;
    }
    return p;
  }

  void AppendFloat(std::string_view text) {
    double number = 0;
    const auto parsed =
        std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc::result_out_of_range) {
      // from_chars does not tell too large from too small; strtod does.
      number = std::strtod(std::string(text).c_str(), nullptr);
    }
    if (std::isinf(number)) {
      out_ += number < 0 ? "-Infinity" : "Infinity";
      return;
    }
    const double size = std::abs(number);
    const bool is_fixed = size == 0 || (size >= 1e-4 && size < 1e16);
    std::array<char, 32> digits;
    const auto printed = std::to_chars(
        digits.begin(), digits.end(), number,
        is_fixed ? std::chars_format::fixed : std::chars_format::scientific);
    out_.append(digits.begin(), printed.ptr);
    if (is_fixed &&
        std::find(digits.begin(), printed.ptr, '.') == printed.ptr) {
      out_ += ".0";
    }
  }

  void AppendString(std::string_view text) {
    const char* p = text.data();
    const char* const end = p + text.size();
    out_ += '"';
    while (true) {
      const char* const special = FindEscaped(p, end);
      out_.append(p, special);
      if (special == end) break;
      p = special + AppendEscaped(special, end);
    }
    out_ += '"';
  }

  // Python escapes DEL as well.
  static const char* FindEscaped(const char* p, const char* end) {
    const char* const special = SkipPlain(p, end);
    const std::string_view plain(p, static_cast<size_t>(special - p));
    const size_t del = plain.find('\x7f');
    return del == std::string_view::npos ? special : p + del;
  }

  // Returns how many bytes the character at `p` has.
  int AppendEscaped(const char* p, const char* end) {
    const int length = IsSurrogate(p, end) ? 3 : SequenceLength(p, end);
    const uint32_t c = CodePoint(p, length);
    if (c < 0x7f) {
      AppendAsciiEscape(out_, *p);
    } else if (c < 0x10000) {
      AppendUnicodeEscape(out_, c);
    } else {
      AppendUnicodeEscape(out_, 0xd800 + ((c - 0x10000) >> 10));
      AppendUnicodeEscape(out_, 0xdc00 + (c & 0x3ff));
    }
    return length;
  }

  // Of equal keys the last counts.
  void NoteIfUnsorted(size_t first_member, size_t begin) {
    const auto members = std::span(members_).subspan(first_member);
    const auto not_before = [](const Member& a, const Member& b) {
      return a.key >= b.key;
    };
    if (std::ranges::adjacent_find(members, not_before) == members.end()) {
      return;
    }
    std::ranges::stable_sort(members, {}, &Member::key);
    Object object{begin, out_.size(), {}};
    for (auto member = members.begin(); member != members.end(); ++member) {
      const auto next = member + 1;
      if (next == members.end() || next->key != member->key) {
        object.members.push_back(member->printed);
      }
    }
    unsorted_.push_back(std::move(object));
  }

  void AppendSorted(std::string& sorted, Range range) const {
    size_t done = range.begin;
    auto object = std::ranges::lower_bound(unsorted_, done, {}, &Object::begin);
    while (object != unsorted_.end() && object->begin < range.end) {
      sorted.append(out_, done, object->begin - done);
      sorted += '{';  // no value ends with a brace of this kind
      for (const Range& member : object->members) {
        if (sorted.back() != '{') sorted += ", ";
        AppendSorted(sorted, member);
      }
      sorted += '}';
      done = object->end;
      object = std::ranges::lower_bound(unsorted_, done, {}, &Object::begin);
    }
    sorted.append(out_, done, range.end - done);
  }

  std::string_view Decoded(const char* begin, const char* end) {
    const std::string_view raw(begin, static_cast<size_t>(end - begin));
    if (raw.find('\\') == std::string_view::npos) return raw;
    scratch_.clear();
    AppendUnescaped(scratch_, raw);
    return scratch_;
  }

  std::string_view KeptKey(const char* begin, const char* end) {
    const std::string_view key = Decoded(begin, end);
    if (key.data() == begin) return key;
    return decoded_keys_.emplace_back(key);
  }

  const char* FindQuote(const char* p) const {
    while (*p != '"') {
      p = SkipPlain(p, end_);
      if (*p == '\\') p += 2;
      while (static_cast<signed char>(*p) < 0) ++p;
    }
    return p;
  }

  const char* SkipSpace(const char* p) const {
    while (p != end_ && IsSpace(*p)) ++p;
    return p;
  }

  const char* end_ = nullptr;
  std::string out_;
  std::string sorted_;                    // out_ with its objects put right
  std::vector<Member> members_;           // of the objects that are open
  std::deque<std::string> decoded_keys_;  // theirs, where escapes were
  std::vector<Object> unsorted_;
  std::string scratch_;
};

CanonicalPrinter::CanonicalPrinter() : impl_(std::make_unique<Impl>()) {}

CanonicalPrinter::~CanonicalPrinter() = default;

std::string_view CanonicalPrinter::Print(std::string_view valid) {
  return impl_->Print(valid);
}

Result<std::string> Canonical(std::string_view text) {
  Document document;
  const SyntaxError error = document.Parse(text, 0);
  if (!error.message.empty()) return Invalid(std::string(error.message));
  return std::string(CanonicalPrinter().Print(document.root().raw()));
}

}  // namespace bobbin::json
