#include "cli/look.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cctype>
#include <charconv>

#include "cli/environment.h"

namespace bobbin::cli {
namespace {

constexpr int kNarrowest = 20;

std::string_view Sequence(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kBold:
      return "\x1b[1m";
    case Style::kDim:
      return "\x1b[2m";
    case Style::kGood:
      return "\x1b[32m";
    case Style::kBad:
      return "\x1b[31m";
    case Style::kBusy:
      return "\x1b[33m";
    case Style::kName:
      return "\x1b[36m";
  }
  return "";
}

bool LocaleIsUtf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (locale.empty()) locale = Variable(name);
  }
  if (locale.empty()) return true;
  for (char& c : locale) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return locale.find("utf-8") != std::string::npos ||
         locale.find("utf8") != std::string::npos;
}

int Number(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Look LookOfOutput() { return LookOf(STDOUT_FILENO); }

Look LookOf(int fd) {
  Look look;
  look.terminal = isatty(fd) != 0;
  winsize size = {};
  if (look.terminal && ioctl(fd, TIOCGWINSZ, &size) == 0) {
    if (size.ws_col > 0) look.width = size.ws_col;
    if (size.ws_row > 0) look.height = size.ws_row;
  }
  const int columns = Number(Variable("COLUMNS"));
  if (columns > 0) look.width = columns;
  if (look.width < kNarrowest) look.width = kNarrowest;
  look.color = look.terminal && Variable("NO_COLOR").empty() &&
               Variable("TERM") != "dumb";
  look.unicode = LocaleIsUtf8();
  return look;
}

std::string Styled(const Look& look, Style style, std::string_view text) {
  if (!look.color || style == Style::kPlain || text.empty()) {
    return std::string(text);
  }
  std::string out(Sequence(style));
  out += text;
  out += "\x1b[0m";
  return out;
}

}  // namespace bobbin::cli
