#include "query/where_lexer.h"

#include <algorithm>
#include <array>

#include "json/document.h"

namespace bobbin::query {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool BeginsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Within a word: also what ids and names of models are made of.
bool IsInWord(char c) {
  return BeginsWord(c) || IsDigit(c) ||
         std::string_view(".-$@:/").find(c) != std::string_view::npos;
}

// A place in a list.
bool IsIndex(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, IsDigit);
}

// The longest first.
constexpr auto kSigns = std::to_array<std::string_view>(
    {"==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","});

// A JSON string with the same characters as a text in quotes.
std::string AsJson(std::string_view inner, char quote) {
  std::string json = "\"";
  for (size_t i = 0; i < inner.size(); ++i) {
    const char c = inner[i];
    if (c == '\\' && i + 1 < inner.size()) {
      ++i;
      if (inner[i] != '\'' || quote != '\'') json += '\\';
      json += inner[i];
    } else if (c == '"') {
      json += "\\\"";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      // As it was typed: a line break, say.
      constexpr std::string_view kHex = "0123456789abcdef";
      json += "\\u00";
      json += c < 0x10 ? '0' : '1';
      json += kHex[static_cast<size_t>(c) & 0xF];
    } else {
      json += c;
    }
  }
  json += '"';
  return json;
}

}  // namespace

Lexeme WhereLexer::Take(Token token, size_t end) {
  Lexeme lexeme{.token = token, .at = at_, .raw = text_.substr(at_, end - at_)};
  lexeme.text = lexeme.raw;
  at_ = end;
  return lexeme;
}

Lexeme WhereLexer::Broken(std::string expected) const {
  return {.token = Token::kBroken,
          .at = at_,
          .raw = text_.substr(at_),
          .text = std::move(expected)};
}

Lexeme WhereLexer::TakeText() {
  const char quote = text_[at_];
  size_t end = at_ + 1;
  while (end < text_.size() && text_[end] != quote) {
    end += text_[end] == '\\' ? 2 : 1;
  }
  if (end >= text_.size()) {
    return Broken(std::string("a closing ") + quote + " for the text");
  }
  const std::string json = AsJson(text_.substr(at_ + 1, end - at_ - 1), quote);
  json::Document document;
  if (!document.Parse(json, 1).message.empty()) {
    return Broken(R"(a text with the escapes of JSON (\" \\ \n \u0041))");
  }
  Lexeme lexeme = Take(Token::kText, end + 1);
  lexeme.text = document.root().text();
  return lexeme;
}

Lexeme WhereLexer::TakeNumber() {
  size_t end = at_ + 1;
  while (end < text_.size() &&
         (IsInWord(text_[end]) ||
          (text_[end] == '+' && (text_[end - 1] | 0x20) == 'e'))) {
    ++end;
  }
  json::Document document;
  if (!document.Parse(text_.substr(at_, end - at_), 0).message.empty()) {
    return Broken("a number (text, also ids and times, is put in quotes)");
  }
  return Take(Token::kNumber, end);
}

Lexeme WhereLexer::TakeWord() {
  size_t end = at_;
  std::string name;
  while (end < text_.size()) {
    const char c = text_[end];
    const size_t begin = end;
    if (c == '[') {  // feedback.[wandb.note.1].payload
      const size_t close = text_.find(']', end);
      if (close == std::string_view::npos) break;
      end = close + 1;
      const std::string_view inner = text_.substr(begin + 1, close - begin - 1);
      if (begin > at_ && IsIndex(inner)) {  // inputs.messages[0]
        name += '.';
        name += inner;
        continue;
      }
    } else if (c == '"' && text_[end - 1] == '.') {  // usage."gpt-4.1".requests
      const size_t close = text_.find('"', end + 1);
      if (close == std::string_view::npos) {
        at_ = begin;
        return Broken("a closing \" for the name");
      }
      end = close + 1;
      for (const char in_name : text_.substr(begin + 1, close - begin - 1)) {
        if (in_name == '.') name += '\\';
        name += in_name;
      }
      continue;
    } else if (c == '\\' && end + 1 < text_.size() && text_[end + 1] == '.') {
      end += 2;
    } else if (IsInWord(c)) {
      ++end;
    } else {
      break;
    }
    name += text_.substr(begin, end - begin);
  }
  Lexeme lexeme = Take(Token::kWord, end);
  lexeme.text = std::move(name);
  return lexeme;
}

Lexeme WhereLexer::TakeQuoted() {
  const size_t end = text_.find('`', at_ + 1);
  if (end == std::string_view::npos) return Broken("a closing ` for the field");
  Lexeme lexeme = Take(Token::kQuoted, end + 1);
  lexeme.text = lexeme.raw.substr(1, lexeme.raw.size() - 2);
  return lexeme;
}

Lexeme WhereLexer::Next() {
  while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  if (at_ >= text_.size()) return Take(Token::kEnd, at_);
  const char c = text_[at_];
  if (c == '"' || c == '\'') return TakeText();
  if (c == '`') return TakeQuoted();
  if (IsDigit(c) || c == '-') return TakeNumber();
  if (BeginsWord(c)) return TakeWord();
  const auto* const sign =
      std::ranges::find_if(kSigns, [this](std::string_view candidate) {
        return text_.substr(at_).starts_with(candidate);
      });
  if (sign != kSigns.end()) return Take(Token::kSign, at_ + sign->size());
  return Broken("a field, a value, an operator or a parenthesis");
}

}  // namespace bobbin::query
