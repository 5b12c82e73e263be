#include "cli/table.h"

#include <sstream>
#include <string>

#include "base/display.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

using cli::Cell;
using cli::Look;
using cli::Style;
using cli::Table;

Table Cities() {
  Table table({{.title = "CITY", .gives_way = 1, .least = 4},
               {.title = "EMPTY"},
               {.title = "PEOPLE", .right = true}});
  table.Add({"Köln", "", "1,073,096"});
  table.Add({"東京", "", "14"});
  return table;
}

TEST_CASE("columns are aligned by what is seen, and empty ones left out",
          "[cli]") {
  CHECK(Cities().Render({.width = 80}) ==
        "CITY     PEOPLE\n"
        "Köln  1,073,096\n"
        "東京         14\n");
}

TEST_CASE("a table keeps to the width of the terminal", "[cli]") {
  const int width = GENERATE(20, 24, 30, 41, 80);
  CAPTURE(width);
  Table table({{.title = "A", .gives_way = 1, .least = 4},
               {.title = "B", .gives_way = 2, .least = 4},
               {.title = "N", .right = true}});
  table.Add(
      {"a long text 日本語日本語", "another 👩‍👩‍👧 text", "12"});
  table.Add({"short", "b", "1,234"});
  std::istringstream lines(table.Render({.width = width}));
  for (std::string line; std::getline(lines, line);) {
    CHECK(DisplayWidth(line) <= width);
  }
}

TEST_CASE("a column that may go is left out before others are cut", "[cli]") {
  Table table({{.title = "NAME", .gives_way = 1, .least = 4},
               {.title = "WHERE", .gives_way = 2, .least = 5, .may_go = true}});
  table.Add({"a long name", "somewhere"});
  CHECK(table.Render({.width = 22}) ==
        "NAME         WHERE\n"
        "a long name  somewhere\n");
  CHECK(table.Render({.width = 20}) ==
        "NAME         WHERE\n"
        "a long name  somewh…\n");
  CHECK(table.Render({.width = 15}) ==
        "NAME\n"
        "a long name\n");
}

TEST_CASE("cells are harmless and on one line", "[cli]") {
  Table table({{.title = "A"}, {.title = "B"}});
  table.Add({"a\x1b[2Jb", "c\nd"});
  const std::string text = table.Render({.width = 80});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK_THAT(text, Catch::EndsWith("a␛[2Jb  c d\n"));
}

TEST_CASE("colours do not change the alignment", "[cli]") {
  Table table({{.title = "A"}, {.title = "B"}});
  table.Add({Cell("x", Style::kBad), "y"});
  table.Add({"longer", "z"});
  CHECK(table.Render({.width = 80, .color = true}) ==
        "\x1b[2mA\x1b[0m       \x1b[2mB\x1b[0m\n"
        "\x1b[31mx\x1b[0m       y\n"
        "longer  z\n");
}

}  // namespace
}  // namespace bobbin::testing
