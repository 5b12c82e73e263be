#include "json/search.h"

#include <string>

#include "support/catch.h"

namespace bobbin::json {
namespace {

TEST_CASE("a needle is found or not", "[json]") {
  struct Row {
    std::string needle, text;
    bool is_in, is_in_no_case;
  };
  const Row row = GENERATE(values<Row>({
      {"", "", true, true},
      {"", "a", true, true},
      {"a", "", false, false},
      {"b c", "a b c d", true, true},
      {"B C", "a b c d", false, true},
      {"b c", "A B C D", false, true},
      {"bd", "abcd", false, false},
      {"\u00c9T\u00c9", "un \u00e9t\u00e9", false, true},
      {"\u00e9t\u00e9", "UN \u00c9T\u00c9", false, true},
      {"\u0414\u0410", "\u0434\u0430", false, true},
      {"k", "\u212a", false, true},  // the sign of the Kelvin
      {"\u212a", "K", false, true},
      {"x", "\u00e9", false, false},
      {std::string("a\0b", 3), std::string("xA\0By", 5), false, true},
  }));
  CAPTURE(row.needle, row.text);
  const Needle needle(row.needle);
  std::string scratch;
  CHECK(needle.IsIn(row.text) == row.is_in);
  CHECK(needle.IsInNoCase(row.text, scratch) == row.is_in_no_case);
}

TEST_CASE("a needle that may be in a value is never ruled out", "[json]") {
  const auto [needle, json, may_be] =
      GENERATE(table<std::string, std::string, bool>({
          {"abc", R"({"x":"1 abc 2"})", true},
          {"abc", R"({"x":"a"})", false},
          {"abc", R"({"x":"\u0061bc"})", true},  // an escape hides it
          {"a\"c", R"({"x":"a"})", true},        // would be escaped
          {"[1,2]", R"({"x":[1, 2]})", true},    // blanks will go
          {"1 2", R"({"x":"3"})", false},
          {"abc", R"({"x":"\n\"a\\u0061\t\r"})", false},
          {"abc", R"({"x":"\nabc"})", true},
          {"a/c", R"({"x":"a\/c"})", true},
          {"u0008", R"({"x":"\b"})", true},  // as it is written again
      }));
  CAPTURE(needle, json);
  CHECK(Needle(needle).MayBeIn(json) == may_be);
}

}  // namespace
}  // namespace bobbin::json
