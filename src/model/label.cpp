#include "model/label.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "model/object_record.h"

namespace bobbin::model {
namespace {

constexpr size_t kMaxTagChars = 256;
constexpr size_t kMaxAliasChars = 128;

size_t CharsIn(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// What Python's \w and `-` match; letters beyond ASCII are word characters.
bool IsTagChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '-' || byte >= 0x80;
}

// Words with single spaces between them.
bool IsTag(std::string_view tag) {
  bool in_word = false;
  for (const char c : tag) {
    if (!IsTagChar(c) && !(c == ' ' && in_word)) return false;
    in_word = c != ' ';
  }
  return in_word;
}

// `v<digits>` means the version of that number, everywhere.
bool IsVersionNumber(std::string_view alias) {
  return alias.size() > 1 && alias.front() == 'v' &&
         alias.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace

Status CheckTag(std::string_view tag) {
  if (!IsTag(tag)) {
    return Invalid("Invalid tag: '" + std::string(tag) +
                   "'. Tags are letters, digits, _ and -, with single spaces "
                   "between words");
  }
  if (CharsIn(tag) > kMaxTagChars) {
    return Invalid("Tag too long: '" + std::string(tag) +
                   "'. Max length is 256");
  }
  return {};
}

Status CheckAlias(std::string_view alias) {
  if (alias.find_first_not_of(" \t\n\r\f\v") == std::string_view::npos) {
    return Invalid("An alias cannot be empty");
  }
  if (alias == kLatest || IsVersionNumber(alias)) {
    return Invalid("Alias '" + std::string(alias) + "' is reserved");
  }
  if (alias.find_first_of("/:") != std::string_view::npos) {
    return Invalid("Invalid alias: '" + std::string(alias) +
                   "'. Aliases cannot contain / or :");
  }
  if (CharsIn(alias) > kMaxAliasChars) {
    return Invalid("Alias too long: '" + std::string(alias) +
                   "'. Max length is 128");
  }
  return {};
}

}  // namespace bobbin::model
