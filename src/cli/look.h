// How output looks: its width, colours and characters.
#pragma once

#include <string>
#include <string_view>

namespace bobbin::cli {

enum class Style { kPlain, kBold, kDim, kGood, kBad, kBusy, kName };

struct Look {
  bool terminal = false;  // a person reads it: tables, not JSON
  int width = 80;         // in cells
  int height = 24;
  bool color = false;
  bool unicode = true;  // lines and bars are drawn; else ASCII
};

// What the descriptor `fd` is: asks the terminal, $COLUMNS, $NO_COLOR
// (https://no-color.org), $TERM, and the locale's variables for whether it is
// UTF-8. Where nobody says, it is.
Look LookOf(int fd);

// What standard output is.
Look LookOfOutput();

// `text` in that style, if there are colours.
std::string Styled(const Look& look, Style style, std::string_view text);

}  // namespace bobbin::cli
