#include "control/glob.h"

namespace bobbin::control {

bool Fits(std::string_view pattern, std::string_view text) {
  // Where to go on when the characters since the last star do not fit: that
  // one takes one more. No earlier star need be tried again.
  size_t star = std::string_view::npos;
  size_t resume = 0;
  size_t at = 0;
  size_t in = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace bobbin::control
