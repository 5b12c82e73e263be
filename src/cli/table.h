// Tables for a terminal: aligned by what is seen, cut to its width.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/look.h"

namespace bobbin::cli {

struct Column {
  std::string title;
  bool right = false;  // numbers
  // How much it gives way where the terminal is too narrow: columns with the
  // highest number are cut first, the widest of them most, down to `least`
  // cells; 0: never.
  int gives_way = 0;
  int least = 8;
  bool may_go = false;  // left out where that is not enough
};

// The text is shown harmless, on one line (base/display.h).
struct Cell {
  Cell(std::string shown, Style look = Style::kPlain)  // NOLINT
      : text(std::move(shown)), style(look) {}
  Cell(const char* shown) : text(shown) {}  // NOLINT
  std::string text;
  Style style = Style::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void Add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  // The title line and the rows. A column without any text is left out.
  std::string Render(const Look& look) const;

 private:
  std::vector<int> Widths(const Look& look) const;
  void LeaveOut(std::vector<int>& widths, int level) const;
  void Shrink(std::vector<int>& widths, int level, int most) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace bobbin::cli
