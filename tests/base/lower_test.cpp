#include "base/lower.h"

#include "support/catch.h"

namespace bobbin {
namespace {

TEST_CASE("letters of any language get their lower case", "[base]") {
  const auto [text, lower] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"aBc-9Z", "abc-9z"},
      {"\u00c9\u00d8", "\u00e9\u00f8"},
      {"\u0416\u03a3", "\u0436\u03c3"},
      {"\u00df\u4e2d\U0001f600", "\u00df\u4e2d\U0001f600"},
      {"A\xff"
       "B\xed\xa0\xbd"
       "C",
       "a\xff"
       "b\xed\xa0\xbd"
       "c"},  // not UTF-8
      {"\xc3", "\xc3"},
      {std::string("A\0B", 3), std::string("a\0b", 3)},
  }));
  CAPTURE(text);
  std::string out = "Kept ";
  AppendLower(out, text);
  CHECK(out == "Kept " + lower);
}

}  // namespace
}  // namespace bobbin
