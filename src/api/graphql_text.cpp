#include "api/graphql_text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "json/document.h"

namespace bobbin::api::graphql {
namespace {

constexpr std::string_view kBlockQuote = R"(""")";

enum class Kind { kEnd, kName, kString, kSpread, kOther };

struct Token {
  Kind kind = Kind::kEnd;
  std::string_view text = {};  // a string's quotes included

  bool Is(char c) const { return kind == Kind::kOther && text[0] == c; }
};

bool IsNameChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// GraphQL's lexical grammar (section 2.1 of its specification), numbers in
// pieces.
class Lexer {
 public:
  explicit Lexer(std::string_view text, size_t at = 0) : text_(text), at_(at) {}

  // Where the next token begins, or what is ignored before it.
  size_t at() const { return at_; }

  Token Next() {
    SkipIgnored();
    if (at_ >= text_.size()) return {};
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with(kBlockQuote)) {
      return Take(Kind::kString, BlockStringEnd(rest));
    }
    if (rest[0] == '"') return Take(Kind::kString, StringEnd(rest));
    if (rest.starts_with("...")) return Take(Kind::kSpread, 3);
    size_t size = 0;
    while (size < rest.size() && IsNameChar(rest[size])) ++size;
    if (size > 0) return Take(Kind::kName, size);
    return Take(Kind::kOther, 1);
  }

  Token Peek() const { return Lexer(*this).Next(); }

  // Reads on to behind the bracket that closes the one just read. The text
  // between the two.
  std::string_view TakeBracketed() {
    const size_t begin = at_;
    for (int depth = 1;;) {
      const Token token = Next();
      if (token.kind == Kind::kEnd) return text_.substr(begin);
      if (token.Is('(') || token.Is('{') || token.Is('[')) ++depth;
      if (token.Is(')') || token.Is('}') || token.Is(']')) --depth;
      if (depth == 0) return text_.substr(begin, at_ - 1 - begin);
    }
  }

 private:
  void SkipIgnored() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0 ||
                 text_[at_] == ',') {
        ++at_;
      } else {
        return;
      }
    }
  }

  Token Take(Kind kind, size_t size) {
    const std::string_view text = text_.substr(at_, size);
    at_ += size;
    return {kind, text};
  }

  static size_t StringEnd(std::string_view rest) {
    for (size_t at = 1; at < rest.size(); ++at) {
      if (rest[at] == '"') return at + 1;
      if (rest[at] == '\\') ++at;
    }
    return rest.size();
  }

  static size_t BlockStringEnd(std::string_view rest) {
    for (size_t at = kBlockQuote.size(); at < rest.size(); ++at) {
      if (rest.substr(at).starts_with(kBlockQuote)) {
        return at + kBlockQuote.size();
      }
      if (rest.substr(at).starts_with(R"(\""")")) at += kBlockQuote.size();
    }
    return rest.size();
  }

  std::string_view text_;
  size_t at_;
};

// Where the braces that matter begin: just behind the `{`.
struct Outline {
  std::optional<size_t> operation;
  std::map<std::string_view, size_t> fragments;
};

Outline OutlineOf(std::string_view document, std::string_view wanted) {
  Outline outline;
  bool found = false;  // the operation that was wanted
  Lexer lexer(document);
  // The words that lead to a `{`: `query Name`, `fragment Name on Type`.
  std::vector<std::string_view> words;
  for (Token token = lexer.Next(); token.kind != Kind::kEnd;
       token = lexer.Next()) {
    if (token.kind == Kind::kName && words.size() < 2) {
      words.push_back(token.text);
    } else if (token.Is('(')) {
      lexer.TakeBracketed();
    } else if (token.Is('{')) {
      const std::string_view name = words.size() < 2 ? "" : words[1];
      if (!words.empty() && words[0] == "fragment") {
        outline.fragments.emplace(name, lexer.at());
      } else if (!found && (!outline.operation || name == wanted)) {
        outline.operation = lexer.at();
        found = name == wanted;
      }
      lexer.TakeBracketed();
      words.clear();
    }
  }
  return outline;
}

// Goes through the fields of one selection set after the other. Nothing here
// calls itself: how deep a document nests is up to the client.
class FieldReader {
 public:
  FieldReader(std::string_view document, std::string_view operation)
      : document_(document), outline_(OutlineOf(document, operation)) {}

  std::vector<Field> Read() {
    if (outline_.operation) Enter(*outline_.operation);
    while (!open_.empty()) ReadOne();
    return std::move(fields_);
  }

 private:
  // A selection set that is being read.
  struct Open {
    Lexer lexer;
    size_t inline_fragments;  // open within it
  };

  void Enter(size_t at) { open_.push_back({Lexer(document_, at), 0}); }

  // Takes one thing out of the innermost open selection set.
  void ReadOne() {
    Lexer& lexer = open_.back().lexer;
    const Token token = lexer.Next();
    if (token.Is('}') && open_.back().inline_fragments > 0) {
      --open_.back().inline_fragments;
    } else if (token.kind == Kind::kEnd || token.Is('}')) {
      open_.pop_back();
    } else if (token.kind == Kind::kName) {
      ReadField(token.text, lexer);
    } else if (token.kind == Kind::kSpread) {
      ReadFragment(lexer);
    } else if (token.Is('(') || token.Is('{') || token.Is('[')) {
      lexer.TakeBracketed();  // makes no sense here
    }
  }

  void ReadField(std::string_view name, Lexer& lexer) {
    Field field{.name = name, .alias = name, .arguments = {}};
    if (lexer.Peek().Is(':')) {
      lexer.Next();
      if (lexer.Peek().kind != Kind::kName) return;
      field.name = lexer.Next().text;
    }
    if (lexer.Peek().Is('(')) {
      lexer.Next();
      field.arguments = lexer.TakeBracketed();
    }
    SkipDirectives(lexer);
    if (lexer.Peek().Is('{')) {
      lexer.Next();
      lexer.TakeBracketed();
    }
    fields_.push_back(field);
  }

  // `...Name`, or `... on Type { }`, where the condition may be left out.
  void ReadFragment(Lexer& lexer) {
    std::string_view name;
    if (lexer.Peek().kind == Kind::kName) {
      name = lexer.Next().text;
      if (name == "on") {
        name = {};
        lexer.Next();
      }
    }
    SkipDirectives(lexer);
    if (!name.empty()) {
      const auto fragment = outline_.fragments.find(name);
      if (fragment == outline_.fragments.end()) return;
      if (!spread_.insert(name).second) return;
      Enter(fragment->second);  // `lexer` may be elsewhere now
    } else if (lexer.Peek().Is('{')) {
      lexer.Next();
      // What is in the braces counts as if they were not there.
      ++open_.back().inline_fragments;
    }
  }

  static void SkipDirectives(Lexer& lexer) {
    while (lexer.Peek().Is('@')) {
      lexer.Next();
      if (lexer.Peek().kind == Kind::kName) lexer.Next();
      if (lexer.Peek().Is('(')) {
        lexer.Next();
        lexer.TakeBracketed();
      }
    }
  }

  const std::string_view document_;
  const Outline outline_;
  std::vector<Open> open_;  // the innermost last
  std::set<std::string_view> spread_;
  std::vector<Field> fields_;
};

std::string StringValue(std::string_view quoted) {
  if (quoted.starts_with(kBlockQuote)) {
    quoted.remove_prefix(kBlockQuote.size());
    if (quoted.ends_with(kBlockQuote)) {
      quoted.remove_suffix(kBlockQuote.size());
    }
    std::string text(quoted);
    constexpr std::string_view kEscaped = R"(\""")";
    for (size_t at = 0; (at = text.find(kEscaped, at)) != std::string::npos;
         at += kBlockQuote.size()) {
      text.erase(at, 1);
    }
    return text;
  }
  // The escapes are those of JSON.
  json::Document document;
  if (document.Parse(quoted, 0).message.empty()) {
    return std::string(document.root().text());
  }
  return {};
}

}  // namespace

std::vector<Field> RootFields(std::string_view document,
                              std::string_view operation) {
  return FieldReader(document, operation).Read();
}

std::optional<Argument> FindArgument(std::string_view arguments,
                                     std::string_view name) {
  Lexer lexer(arguments);
  for (Token token = lexer.Next(); token.kind != Kind::kEnd;
       token = lexer.Next()) {
    if (token.Is('(') || token.Is('{') || token.Is('[')) lexer.TakeBracketed();
    if (token.kind != Kind::kName || token.text != name) continue;
    if (!lexer.Peek().Is(':')) continue;
    lexer.Next();
    Argument argument;
    const Token value = lexer.Next();
    if (value.kind == Kind::kString) {
      argument.text = StringValue(value.text);
    } else if (value.Is('$')) {
      argument.variable = lexer.Next().text;
    } else if (value.Is('{')) {
      argument.object = lexer.TakeBracketed();
    }
    return argument;
  }
  return std::nullopt;
}

}  // namespace bobbin::api::graphql
