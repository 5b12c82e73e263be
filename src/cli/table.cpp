#include "cli/table.h"

#include <algorithm>

#include "base/display.h"

namespace bobbin::cli {
namespace {

constexpr std::string_view kBetween = "  ";

int Size(std::string_view text) { return static_cast<int>(text.size()); }

// What a row of columns so wide takes.
int Sum(const std::vector<int>& widths) {
  int shown = 0;
  int sum = 0;
  for (const int width : widths) {
    if (width > 0) ++shown;
    sum += width;
  }
  return sum + std::max(0, shown - 1) * Size(kBetween);
}

void AppendCell(std::string& line, const Look& look, const Column& column,
                const Cell& cell, int width, bool last) {
  const std::string text = FitTo(cell.text, width, look.unicode);
  const std::string gap(
      static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
  if (column.right) line += gap;
  line += Styled(look, cell.style, text);
  if (!column.right && !last) line += gap;
}

std::string Line(const Look& look, const std::vector<Column>& columns,
                 const std::vector<Cell>& cells,
                 const std::vector<int>& widths) {
  std::string line;
  size_t last = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] > 0) last = i;
  }
  bool any = false;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] == 0) continue;
    if (any) line += kBetween;
    any = true;
    AppendCell(line, look, columns[i], cells[i], widths[i], i == last);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

void Table::Add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = Visible(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<int> Table::Widths(const Look& look) const {
  std::vector<int> widths(columns_.size(), 0);
  for (const std::vector<Cell>& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    }
  }
  for (size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) {
      widths[i] = std::max(widths[i], DisplayWidth(columns_[i].title));
    }
  }
  int level = 0;
  for (const Column& column : columns_) {
    level = std::max(level, column.gives_way);
  }
  for (; level > 0 && Sum(widths) > look.width; --level) {
    Shrink(widths, level, look.width);
    if (Sum(widths) > look.width) LeaveOut(widths, level);
  }
  return widths;
}

// The widest of the level give way first, until all are alike.
void Table::Shrink(std::vector<int>& widths, int level, int most) const {
  while (Sum(widths) > most) {
    int* widest = nullptr;
    for (size_t i = 0; i < widths.size(); ++i) {
      const Column& column = columns_[i];
      if (column.gives_way != level || widths[i] <= column.least) continue;
      if (widest == nullptr || widths[i] > *widest) widest = &widths[i];
    }
    if (widest == nullptr) return;
    --*widest;
  }
}

void Table::LeaveOut(std::vector<int>& widths, int level) const {
  for (size_t i = 0; i < widths.size(); ++i) {
    if (columns_[i].may_go && columns_[i].gives_way == level) widths[i] = 0;
  }
}

std::string Table::Render(const Look& look) const {
  const std::vector<int> widths = Widths(look);
  std::vector<Cell> titles;
  titles.reserve(columns_.size());
  for (const Column& column : columns_) {
    titles.emplace_back(column.title, Style::kDim);
  }
  std::string out = Line(look, columns_, titles, widths);
  for (const std::vector<Cell>& row : rows_) {
    out += Line(look, columns_, row, widths);
  }
  return out;
}

}  // namespace bobbin::cli
