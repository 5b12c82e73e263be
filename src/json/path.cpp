#include "json/path.h"

#include <charconv>

#include "json/chars.h"

namespace bobbin::json {
namespace {

// Walks over a text that is known to be valid.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  char Peek() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void Take() { ++at_; }

  // Passes one value and returns its text.
  std::string_view Value() {
    const char first = Peek();
    const size_t begin = at_;
    if (first == '"') {
      String();
    } else if (first == '{' || first == '[') {
      Container();
    } else {
      while (at_ < text_.size() && !Ends(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  static bool Ends(char c) {
    return c == ',' || c == '}' || c == ']' || IsSpace(c);
  }

  void String() {
    const char* const end = text_.data() + text_.size();
    ++at_;
    while (text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2 : 1;
      at_ = static_cast<size_t>(SkipPlain(text_.data() + at_, end) -
                                text_.data());
    }
    ++at_;
  }

  void Container() {
    int depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        String();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    } while (depth > 0);
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool SameKey(std::string_view raw, const std::string& name) {
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner == name;
  return Unquote(raw) == name;
}

std::string_view Member(std::string_view object, const std::string& name) {
  Cursor cursor(object);
  cursor.Take();
  std::string_view found;
  while (cursor.Peek() != '}') {
    if (cursor.Peek() == ',') {
      cursor.Take();
      cursor.Peek();
    }
    const std::string_view key = cursor.Value();
    cursor.Peek();
    cursor.Take();  // the colon
    const std::string_view value = cursor.Value();
    if (SameKey(key, name)) found = value;
  }
  return found;
}

// Goes through the elements, up to number `wanted`; returns it, or else how
// many there are.
std::string_view Walk(std::string_view array, int64_t wanted, int64_t& count) {
  Cursor cursor(array);
  cursor.Take();
  for (count = 0; cursor.Peek() != ']'; ++count) {
    if (cursor.Peek() == ',') cursor.Take();
    const std::string_view value = cursor.Value();
    if (count == wanted) return value;
  }
  return {};
}

std::string_view Element(std::string_view array, int64_t index) {
  int64_t count = 0;
  if (index < 0) {
    Walk(array, -1, count);
    index += count;
  }
  return index < 0 ? std::string_view() : Walk(array, index, count);
}

std::optional<int64_t> AsIndex(std::string_view name) {
  int64_t value = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

Path ParsePath(std::string_view text) {
  Path path;
  if (text.empty()) return path;
  std::string name;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      path.push_back({name, AsIndex(name)});
      name.clear();
    } else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '.') {
      name += text[++i];
    } else {
      name += text[i];
    }
  }
  return path;
}

std::string_view Find(std::string_view text, const Path& path) {
  std::string_view value = Cursor(text).Value();
  for (const PathPart& part : path) {
    if (value.empty()) return {};
    if (value.front() == '{') {
      value = Member(value, part.name);
    } else if (value.front() == '[' && part.index) {
      value = Element(value, *part.index);
    } else {
      return {};
    }
  }
  return value;
}

std::string Unquote(std::string_view raw) {
  std::string text;
  AppendUnescaped(text, raw.substr(1, raw.size() - 2));
  return text;
}

}  // namespace bobbin::json
