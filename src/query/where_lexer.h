// The words of the language of query/where.h. For where.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bobbin::query {

enum class Token : uint8_t {
  kEnd,
  kWord,    // a field or a keyword; `text` has `.0` for `[0]`, and no quotes
  kQuoted,  // a field between backquotes
  kText,    // a string; `text` has its characters
  kNumber,  // a number of JSON
  kSign,    // an operator, a parenthesis, a comma
  kBroken   // `text` says what was expected
};

struct Lexeme {
  Token token = Token::kEnd;
  size_t at = 0;              // where it begins, in bytes
  std::string_view raw = {};  // as it was typed
  std::string text = {};      // what it stands for
};

class WhereLexer {
 public:
  // Borrows `text`.
  explicit WhereLexer(std::string_view text) : text_(text) {}

  // The next word; kEnd again and again at the end. After kBroken there is no
  // use to go on.
  Lexeme Next();

 private:
  Lexeme Take(Token token, size_t end);
  Lexeme Broken(std::string expected) const;
  Lexeme TakeText();
  Lexeme TakeNumber();
  Lexeme TakeWord();
  Lexeme TakeQuoted();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace bobbin::query
