#include "json/document.h"

#include <array>
#include <limits>

#include "json/chars.h"

namespace bobbin::json {
namespace {

constexpr std::string_view kExpectingValue = "Expecting value";
constexpr std::string_view kExpectingName =
    "Expecting property name enclosed in double quotes";
constexpr std::string_view kExpectingColon = "Expecting ':' delimiter";
constexpr std::string_view kExpectingComma = "Expecting ',' delimiter";
constexpr std::string_view kExtraData = "Extra data";
constexpr std::string_view kUnterminated = "Unterminated string starting at";
constexpr std::string_view kControl = "Invalid control character at";
constexpr std::string_view kBadEscape = "Invalid \\escape";
constexpr std::string_view kBadUnicode = "Invalid \\uXXXX escape";
constexpr std::string_view kBadUtf8 = "Invalid UTF-8";
constexpr std::string_view kTooDeep = "Nested too deeply";
constexpr std::string_view kTooLarge = "Too many values";

constexpr std::string_view kBom = "\xef\xbb\xbf";

// Nobody's ref is longer; what is, is prose that begins like one.
constexpr size_t kMaxRefBytes = 2048;

// Whether a string's inside is a complete ref. Some encoders put a backslash
// in front of each slash.
bool IsRef(std::string_view inside) {
  if (inside.size() > kMaxRefBytes ||
      (!inside.starts_with("weave:///") &&
       !inside.starts_with("weave:\\/\\/\\/"))) {
    return false;
  }
  return inside.find_first_of(" \t") == std::string_view::npos;
}

// What a Document keeps for the next text: more than almost every body needs,
// little enough to be held by each thread.
constexpr size_t kKeptNodes = size_t{64} << 10;
constexpr size_t kKeptRefs = size_t{16} << 10;

bool IsHexDigit(char c) {
  return IsDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

// The first byte of `text` that is not UTF-8, or its end.
const char* FindBadUtf8(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const int length = SequenceLength(p, end);
    if (length == 0) return p;
    p += length;
  }
  return end;
}

size_t CountCodePoints(const char* p, const char* end) {
  size_t count = 0;
  for (; p != end; ++p) count += (*p & 0xc0) != 0x80;
  return count;
}

template <class T>
void ClearButKeep(std::vector<T>& items, size_t kept) {
  items.clear();
  if (items.capacity() > kept) items.shrink_to_fit();
}

}  // namespace

// Reads one text. A step takes the place it begins at and returns the place
// behind what it read, or null after an error. The place is handed on rather
// than being a member: so it stays in a register.
class Document::Parser {
 public:
  explicit Parser(Document& document)
      : document_(document),
        nodes_(document.nodes_),
        begin_(document.text_.data()),
        end_(begin_ + document.text_.size()) {}

  SyntaxError Run(int detail_depth) {
    detail_depth_ = detail_depth;
    if (document_.text_.starts_with(kBom)) begin_ += kBom.size();
    if (ReadText(begin_) != nullptr) return {};
    return Describe();
  }

 private:
  // A container that is open.
  struct Frame {
    uint32_t node;        // its own, or kNoNode
    uint32_t last_child;  // that has a node, or kNoNode
    bool is_object;
    bool is_detailed;
  };
  static constexpr uint32_t kNoNode = std::numeric_limits<uint32_t>::max();

  const char* ReadText(const char* p) {
    p = SkipSpace(p);
    while (true) {
      const int outer_depth = depth_;
      p = ReadValue(p);
      if (p == nullptr) return nullptr;
      if (depth_ > outer_depth) {  // a container that has something in it
        if (top_->is_object && (p = ReadKey(p)) == nullptr) return nullptr;
        continue;
      }
      p = ReadDelimiters(p);
      if (p == nullptr || depth_ == 0) return p;
    }
  }

  // Reads a scalar, an empty container or the opening of another one.
  const char* ReadValue(const char* p) {
    if (p == end_) return Fail(kExpectingValue, p);
    switch (*p) {
      case '"':
        return ReadString(p);
      case '{':
        return Open(p, Kind::kObject, '}');
      case '[':
        return Open(p, Kind::kArray, ']');
      case 't':
        return ReadWord(p, "true", Kind::kTrue);
      case 'f':
        return ReadWord(p, "false", Kind::kFalse);
      case 'n':
        return ReadWord(p, "null", Kind::kNull);
      default:
        return ReadNumber(p);
    }
  }

  // Reads what follows a value, up to the next value. At the end of the text
  // the depth is 0.
  const char* ReadDelimiters(const char* p) {
    while (depth_ > 0) {
      p = SkipSpace(p);
      const char c = p == end_ ? '\0' : *p;
      if (c == ',') {
        p = SkipSpace(p + 1);
        return top_->is_object ? ReadKey(p) : p;
      }
      if (c != (top_->is_object ? '}' : ']')) return Fail(kExpectingComma, p);
      Close(++p);
    }
    p = SkipSpace(p);
    return p == end_ ? p : Fail(kExtraData, p);
  }

  const char* Open(const char* p, Kind kind, char closing) {
    if (depth_ == kMaxDepth) {
      error_.too_deep = true;
      return Fail(kTooDeep, p);
    }
    const bool is_detailed = depth_ < detail_depth_;
    const uint32_t node =
        is_shown_ ? static_cast<uint32_t>(nodes_.size()) : kNoNode;
    const char* const inside = SkipSpace(p + 1);
    const bool is_empty = inside != end_ && *inside == closing;
    // The end of a container that is not empty comes later, in Close().
    const char* const behind = is_empty ? inside + 1 : inside;
    if (!Add(kind, p, behind, false, is_detailed)) return nullptr;
    if (is_empty) return behind;
    top_ = &frames_[static_cast<size_t>(depth_)];
    *top_ = {node, kNoNode, kind == Kind::kObject, is_detailed};
    is_shown_ = is_detailed;
    ++depth_;
    return behind;
  }

  // Ends the innermost container in front of `p`.
  void Close(const char* p) {
    if (top_->node != kNoNode) nodes_[top_->node].end = At(p);
    --depth_;
    if (depth_ == 0) return;
    --top_;
    is_shown_ = top_->is_detailed;
  }

  const char* ReadKey(const char* p) {
    if (p == end_ || *p != '"') return Fail(kExpectingName, p);
    key_escaped_ = false;
    const char* const close = FindQuote(p, key_escaped_);
    if (close == nullptr) return nullptr;
    key_begin_ = At(p + 1);
    key_end_ = At(close);
    p = SkipSpace(close + 1);
    if (p == end_ || *p != ':') return Fail(kExpectingColon, p);
    return SkipSpace(p + 1);
  }

  const char* ReadString(const char* p) {
    bool escaped = false;
    const char* const close = FindQuote(p, escaped);
    if (close == nullptr) return nullptr;
    const std::string_view inside(p + 1, static_cast<size_t>(close - p - 1));
    if (IsRef(inside)) document_.refs_.push_back(inside);
    return Add(Kind::kString, p, close + 1, escaped) ? close + 1 : nullptr;
  }

  const char* ReadWord(const char* p, std::string_view word, Kind kind) {
    if (!std::string_view(p, static_cast<size_t>(end_ - p)).starts_with(word)) {
      return Fail(kExpectingValue, p);
    }
    const char* const behind = p + word.size();
    return Add(kind, p, behind) ? behind : nullptr;
  }

  // A point or an `e` without digits behind it is, as in Python, no part of
  // the number.
  const char* ReadNumber(const char* const start) {
    const char* p = start;
    if (*p == '-') ++p;
    if (p == end_ || !IsDigit(*p)) return Fail(kExpectingValue, start);
    p = *p == '0' ? p + 1 : SkipDigits(p);
    if (end_ - p >= 2 && *p == '.' && IsDigit(p[1])) p = SkipDigits(p + 1);
    if (p != end_ && (*p | 0x20) == 'e') {
      const char* digits = p + 1;
      if (digits != end_ && (*digits == '+' || *digits == '-')) ++digits;
      if (digits != end_ && IsDigit(*digits)) p = SkipDigits(digits);
    }
    return Add(Kind::kNumber, start, p) ? p : nullptr;
  }

  // Returns the quote that ends the string whose opening quote is `open`.
  const char* FindQuote(const char* const open, bool& escaped) {
    const char* p = open + 1;
    while (true) {
      p = SkipPlain(p, end_);
      if (p == end_) return Fail(kUnterminated, open);
      if (*p == '"') return p;
      if (*p == '\\') {
        escaped = true;
        p = ReadEscape(p, open);
        if (p == nullptr) return nullptr;
      } else {
        // Most texts that are not ASCII have long runs that are not.
        do {
          const int length = SequenceLength(p, end_);
          if (length == 0) return Fail(kBadUtf8, p);
          if (length == 1) return Fail(kControl, p);
          p += length;
        } while (p != end_ && static_cast<signed char>(*p) < 0);
      }
    }
  }

  const char* ReadEscape(const char* p, const char* open) {
    if (end_ - p < 2) return Fail(kUnterminated, open);
    switch (p[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return p + 2;
      case 'u':
        break;
      default:
        return Fail(kBadEscape, p);
    }
    // Python wants the closing quote to be there, too.
    if (end_ - p < 7) return Fail(kBadUnicode, p + 1);
    for (int i = 2; i < 6; ++i) {
      if (!IsHexDigit(p[i])) return Fail(kBadUnicode, p + 1);
    }
    return p + 6;
  }

  const char* SkipDigits(const char* p) const {
    while (p != end_ && IsDigit(*p)) ++p;
    return p;
  }

  const char* SkipSpace(const char* p) const {
    while (p != end_ && IsSpace(*p)) ++p;
    return p;
  }

  // Keeps a node for a value if the container around it shows its children.
  bool Add(Kind kind, const char* begin, const char* end, bool escaped = false,
           bool detailed = false) {
    if (!is_shown_) return true;
    return AddNode(kind, begin, end, escaped, detailed);
  }

  bool AddNode(Kind kind, const char* begin, const char* end, bool escaped,
               bool detailed) {
    if (nodes_.size() == kMaxNodes) {
      error_.too_large = true;
      Fail(kTooLarge, begin);
      return false;
    }
    Node node{At(begin), At(end), 0, 0, 0, kind, escaped, false, detailed};
    if (depth_ > 0) {
      const auto index = static_cast<uint32_t>(nodes_.size());
      if (top_->last_child != kNoNode) nodes_[top_->last_child].next = index;
      top_->last_child = index;
      if (top_->is_object) {
        node.key_begin = key_begin_;
        node.key_end = key_end_;
        node.key_escaped = key_escaped_;
      }
    }
    nodes_.push_back(node);
    return true;
  }

  uint32_t At(const char* p) const {
    return static_cast<uint32_t>(p - document_.text_.data());
  }

  const char* Fail(std::string_view message, const char* where) {
    error_.message = message;
    where_ = where;
    return nullptr;
  }

  // Python decodes the whole text before it parses: bytes that are no UTF-8
  // come first, wherever they are.
  SyntaxError Describe() {
    if (!error_.too_deep && !error_.too_large) {
      const char* const bad =
          FindBadUtf8({begin_, static_cast<size_t>(end_ - begin_)});
      if (bad != end_) {
        error_.bad_utf8 = true;
        Fail(kBadUtf8, bad);
      }
    }
    error_.offset_chars = CountCodePoints(begin_, where_);
    return error_;
  }

  Document& document_;
  std::vector<Node>& nodes_;
  const char* begin_;  // of the text, behind a byte order mark
  const char* const end_;
  int detail_depth_ = 0;

  std::array<Frame, kMaxDepth> frames_;
  Frame* top_ = nullptr;  // the innermost open container, if depth_ > 0
  int depth_ = 0;
  bool is_shown_ = true;  // values here get nodes

  uint32_t key_begin_ = 0;  // of the member whose value comes next
  uint32_t key_end_ = 0;
  bool key_escaped_ = false;

  SyntaxError error_;
  const char* where_ = nullptr;
};

SyntaxError Document::Parse(std::string_view text, int detail_depth) {
  ClearButKeep(nodes_, kKeptNodes);
  ClearButKeep(refs_, kKeptRefs);
  decoded_.clear();
  text_ = {};
  if (text.size() > std::numeric_limits<uint32_t>::max()) {
    return {.message = kTooLarge, .too_large = true};
  }
  text_ = text;
  const SyntaxError error = Parser(*this).Run(detail_depth);
  if (!error.message.empty()) {
    nodes_.clear();
    refs_.clear();
  }
  return error;
}

Value Document::root() { return nodes_.empty() ? Value() : Value(this, 0); }

std::string_view Document::Decode(uint32_t begin, uint32_t end, bool escaped) {
  const std::string_view raw = text_.substr(begin, end - begin);
  if (!escaped) return raw;
  AppendUnescaped(decoded_.emplace_back(), raw);
  return decoded_.back();
}

Kind Value::kind() const { return document_->nodes_[node_].kind; }

std::string_view Value::raw() const {
  const Document::Node& node = document_->nodes_[node_];
  return document_->text_.substr(node.begin, node.end - node.begin);
}

std::string_view Value::text() const {
  const Document::Node& node = document_->nodes_[node_];
  return document_->Decode(node.begin + 1, node.end - 1, node.escaped);
}

Value Value::first() const {
  const std::vector<Document::Node>& nodes = document_->nodes_;
  const uint32_t child = node_ + 1;  // children follow their container
  const bool has_child = nodes[node_].detailed && child < nodes.size() &&
                         nodes[child].begin < nodes[node_].end;
  return has_child ? Value(document_, child) : Value();
}

Value Value::next() const {
  const uint32_t next = document_->nodes_[node_].next;
  return next == 0 ? Value() : Value(document_, next);
}

std::string_view Value::key() const {
  const Document::Node& node = document_->nodes_[node_];
  return document_->Decode(node.key_begin, node.key_end, node.key_escaped);
}

bool Value::detailed() const { return document_->nodes_[node_].detailed; }

}  // namespace bobbin::json
