#include "base/reason.h"

namespace bobbin {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

std::string_view FirstLine(std::string_view text) {
  return Trimmed(text.substr(0, text.find('\n')));
}

}  // namespace

std::string_view ReasonIn(std::string_view exception) {
  const std::string_view text = Trimmed(exception);
  if (!text.starts_with("Traceback (most recent call last):")) {
    return FirstLine(text);
  }
  // Frames, their code and the marks below it are indented. An exception that
  // came while another was handled is the last one.
  const size_t frame = text.rfind("\n  File \"");
  size_t at = text.find('\n', frame == std::string_view::npos ? 0 : frame + 1);
  while (at != std::string_view::npos) {
    const std::string_view rest = text.substr(at + 1);
    if (kBlanks.find(rest.front()) == std::string_view::npos) {
      return FirstLine(rest);
    }
    at = text.find('\n', at + 1);
  }
  return Trimmed(text.substr(text.rfind('\n') + 1));
}

}  // namespace bobbin
