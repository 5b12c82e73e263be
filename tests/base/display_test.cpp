#include "base/display.h"

#include <string>

#include "support/catch.h"

namespace bobbin {
namespace {

TEST_CASE("the width of text is counted in cells", "[base]") {
  struct Row {
    std::string text;
    int width;
  };
  const Row row =
      GENERATE(Row{"", 0}, Row{"abc", 3}, Row{"Ünïcode", 7}, Row{"日本語", 6},
               Row{"한국어", 6}, Row{"e\u0301", 1},  // e and an accent
               Row{"👍", 2}, Row{"👍🏽", 2},
               Row{"👩‍👩‍👧", 2},  // a family
               Row{"🇩🇪", 2},                  // a flag
               Row{"❤️", 2},              // a picture by selector
               Row{"…", 1}, Row{"\xff", 1});
  CAPTURE(row.text);
  CHECK(DisplayWidth(row.text) == row.width);
}

TEST_CASE("nothing that a terminal obeys is visible text", "[base]") {
  CHECK(Visible("a\x1b[31mb") == "a␛[31mb");
  CHECK(Visible("a\nb\tc\rd") == "a b c d");
  CHECK(Visible(std::string("a\0b", 3)) == "a␀b");
  CHECK(Visible("a\x7f") == "a␡");
  CHECK(Visible("\xc2\x9b"
                "31m") ==
        "\xef\xbf\xbd"
        "31m");                                    // CSI in one byte
  CHECK(Visible("x\u202Ey") == "x\xef\xbf\xbdy");  // right to left from here
  CHECK(Visible("x\u2028y") == "x y");
  CHECK(Visible("\xed\xa0\xbd") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(Visible("日本 👩‍👩‍👧 e\u0301") ==
        "日本 👩‍👩‍👧 e\u0301");
}

TEST_CASE("harmless JSON is the same JSON", "[base]") {
  CHECK(HarmlessJson(R"({"a":"b\n"})") == R"({"a":"b\n"})");
  CHECK(HarmlessJson("\"\xc2\x9b\x7f\u202E\"") == R"("\u009b\u007f\u202e")");
}

TEST_CASE("text is cut between characters, with an ellipsis", "[base]") {
  CHECK(FitTo("abcdef", 6) == "abcdef");
  CHECK(FitTo("abcdefg", 6) == "abcde…");
  CHECK(FitTo("abcdefg", 6, false) == "abcde.");
  CHECK(FitTo("日本語", 5) == "日本…");
  CHECK(FitTo("日本語", 4) == "日…");  // half a character is none
  CHECK(FitTo("👩‍👩‍👧x", 2) == "…");
  CHECK(FitTo("abc", 0).empty());
  CHECK(PrefixOf("日本", 3) == "日");
  CHECK(FirstCharacter("e\u0301x") == "e\u0301");
  CHECK(FirstCharacter("").empty());
}

}  // namespace
}  // namespace bobbin
