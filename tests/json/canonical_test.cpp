#include "json/canonical.h"

#include <string>
#include <string_view>

#include "base/hash.h"
#include "json/document.h"
#include "support/catch.h"

namespace bobbin::json {
namespace {

std::string Printed(std::string_view text) {
  const Result<std::string> printed = Canonical(text);
  return printed.ok() ? printed.value() : printed.error().message;
}

struct Row {
  std::string text;
  std::string want;
};

TEST_CASE("digests of canonical texts are those of the Weave contract",
          "[canonical]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"{}", "RBNvo1WzZ4oRRq0W9XhknpT7T8If536DEMBg9hyqY4o"},
      {R"({"a":1})", "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA"},
      {R"({"a":2})", "5anVsDAOD1DTcuWp3fokIIqsmpQM6aNvJHOHIhriBf4"},
      {"{\"b\":1,\"a\":[1.0,2.5e-7,true,null,\"\xc3\xa9\xf0\x9f\x98\x80\"]}",
       "NlrrDdUMhtyjne68XtBbcJqpJ8FE1GV3TYQlNwXyftk"},
  }));
  CAPTURE(text);
  CHECK(Digest(Printed(text)) == want);
}

TEST_CASE("the table digest is that of the Weave contract", "[canonical]") {
  const std::string rows =
      Digest(Printed(R"({"a":1})")) + Digest(Printed(R"({"a":2})"));
  CHECK(HexSha256(rows) ==
        "1c95cdc46a75d6e7e971986a80adfcd676dd22f2222a3405c7743f3db8df6785");
}

TEST_CASE("numbers are printed as Python prints them", "[canonical]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"0", "0"},
      {"-0", "0"},
      {"1", "1"},
      {"-7", "-7"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1.0", "1.0"},
      {"-0.0", "-0.0"},
      {"0e5", "0.0"},
      {"1E2", "100.0"},
      {"0.1", "0.1"},
      {"0.30000000000000004", "0.30000000000000004"},
      {"100", "100"},
      {"1.10", "1.1"},
      {"2.5e-7", "2.5e-07"},
      {"0.0001", "0.0001"},
      {"0.00001", "1e-05"},
      {"0.000123", "0.000123"},
      {"1e15", "1000000000000000.0"},
      {"9999999999999998.0", "9999999999999998.0"},
      {"1e16", "1e+16"},
      {"12345678901234567890.0", "1.2345678901234567e+19"},
      {"1e23", "1e+23"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"5e-324", "5e-324"},
      {"1e400", "Infinity"},
      {"-1e400", "-Infinity"},
      {"1e-400", "0.0"},
      {"-1e-400", "-0.0"},
      {"[1 ,2.0\n]", "[1, 2.0]"},
  }));
  CAPTURE(text);
  CHECK(Printed(text) == want);
}

TEST_CASE("strings are printed in ASCII", "[canonical]") {
  const auto [text, want] = GENERATE(values<Row>({
      {R"("")", R"("")"},
      {R"("a/b")", R"("a/b")"},
      {R"("a\/b")", R"("a/b")"},
      {R"("\u0041\u000A\u0000")", R"("A\n\u0000")"},
      {R"("\"\\\b\f\n\r\t")", R"("\"\\\b\f\n\r\t")"},
      {"\"\xc3\xa9\"", R"("\u00e9")"},
      {"\"\xe2\x82\xac\xf0\x9f\x98\x80\"", R"("\u20ac\ud83d\ude00")"},
      {R"("\uD83D\uDE00")", R"("\ud83d\ude00")"},
      {R"("\uD83D \uDE00")", R"("\ud83d \ude00")"},
      {"\"sixteen and more plain characters\x7f\"",
       R"("sixteen and more plain characters\u007f")"},
  }));
  CAPTURE(text);
  CHECK(Printed(text) == want);
}

TEST_CASE("keys are sorted by code point, at every depth", "[canonical]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"{ }", "{}"},
      {R"({"a":1,"b":2})", R"({"a": 1, "b": 2})"},
      {R"({"b":1,"a":2})", R"({"a": 2, "b": 1})"},
      {R"({"b":{"d":[{"z":1,"y":2}],"c":3},"a":{"x":{"q":1,"p":2}}})",
       R"({"a": {"x": {"p": 2, "q": 1}}, "b": {"c": 3, "d": [{"y": 2, "z": 1}]}})"},
      {R"([{"b":1,"a":2},{"b":1,"a":2}])",
       R"([{"a": 2, "b": 1}, {"a": 2, "b": 1}])"},
      {R"({"aa":1,"a":2,"":3,"B":4})", R"({"": 3, "B": 4, "a": 2, "aa": 1})"},
      // Sorted as characters, although `\u00e9` as printed comes before `z`.
      {"{\"\xc3\xa9\":1,\"z\":2}", R"({"z": 2, "\u00e9": 1})"},
      {R"({"\u0062":1,"a":2})", R"({"a": 2, "b": 1})"},
      // U+FFFF < U+1F600, although its surrogates are below.
      {R"({"\ud83d\ude00":1,"\uffff":2,"\ud83d":3})",
       R"({"\ud83d": 3, "\uffff": 2, "\ud83d\ude00": 1})"},
  }));
  CAPTURE(text);
  CHECK(Printed(text) == want);
}

TEST_CASE("of duplicate keys the last counts", "[canonical]") {
  const auto [text, want] = GENERATE(values<Row>({
      {R"({"a":1,"a":2})", R"({"a": 2})"},
      {R"({"a":1,"\u0061":2,"b":3,"a":4})", R"({"a": 4, "b": 3})"},
      {R"({"b":{"d":1,"c":1},"a":0,"b":{"f":2,"e":2}})",
       R"({"a": 0, "b": {"e": 2, "f": 2}})"},
  }));
  CAPTURE(text);
  CHECK(Printed(text) == want);
}

TEST_CASE("what is printed is printed the same again", "[canonical]") {
  const std::string printed = Printed(
      "\xef\xbb\xbf { \"z\" : [ 1e3 , { \"y\" : \"\xc3\xa9\" , \"x\" : -0 } ] "
      ", \"\\u0061\" : null } ");
  CHECK(printed == R"({"a": null, "z": [1000.0, {"x": 0, "y": "\u00e9"}]})");
  CHECK(Printed(printed) == printed);
}

TEST_CASE("what is not JSON is refused", "[canonical]") {
  for (const std::string_view text : {"", "{", "[1,]", "NaN", "\"\xff\""}) {
    const Result<std::string> printed = Canonical(text);
    REQUIRE_FALSE(printed.ok());
    CHECK(printed.error().code == Code::kInvalid);
    CHECK_FALSE(printed.error().message.empty());
  }
}

TEST_CASE("depth costs no time, however the keys lie", "[canonical]") {
  // Each level is out of order. Moving the innermost string once per level
  // would take minutes.
  const int levels = kMaxDepth;
  std::string text;
  std::string want;
  for (int i = 0; i < levels; ++i) text += R"({"b":)";
  for (int i = 0; i < levels; ++i) want += R"({"a": 1, "b": )";
  const std::string inner = "\"" + std::string(4'000'000, 'x') + "\"";
  text += inner;
  want += inner;
  for (int i = 0; i < levels; ++i) text += R"(,"a":1})";
  for (int i = 0; i < levels; ++i) want += "}";
  CHECK((Printed(text) == want));
}

TEST_CASE("a printer prints each text as if it were its first", "[canonical]") {
  CanonicalPrinter printer;
  for (int round = 0; round < 2; ++round) {
    for (const char* text : {R"({"b":{"d":1,"c":2},"a":3})", R"({"a":1})", "[]",
                             "1e400", R"({"\u0062":1,"a":[{"y":1,"x":2}]})"}) {
      CAPTURE(text);
      CHECK(printer.Print(text) == Printed(text));
    }
  }
}

}  // namespace
}  // namespace bobbin::json
