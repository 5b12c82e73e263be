#include "json/write.h"

#include <limits>
#include <string>

#include "support/catch.h"

namespace bobbin::json {
namespace {

using namespace std::string_literals;

std::string Quoted(std::string_view text) {
  std::string out = "x";
  AppendQuoted(out, text);
  REQUIRE(out.front() == 'x');
  return out.substr(1);
}

struct Row {
  std::string text;
  std::string want;
};

TEST_CASE("a string is quoted with as few escapes as JSON allows", "[write]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"", R"("")"},
      {"plain / text", R"("plain / text")"},
      {"\" \\", R"("\" \\")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {"\0 \x01 \x0b \x1f"s, R"("\u0000 \u0001 \u000b \u001f")"},
      {"\x7f", "\"\x7f\""},
      {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
       "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
      {"\xed\xa0\xbd", R"("\ud83d")"},
      {"\xed\xb8\x80\xed\xa0\xbd", R"("\ude00\ud83d")"},
      {"a string of more than sixteen characters\n, and more",
       R"("a string of more than sixteen characters\n, and more")"},
  }));
  CHECK(Quoted(text) == want);
}

TEST_CASE("a byte that is not UTF-8 becomes a replacement character",
          "[write]") {
  CHECK(Quoted("a\x80z") == R"("a\ufffdz")");
  CHECK(Quoted("\xc3") == R"("\ufffd")");
  CHECK(Quoted("\xc0\xaf") == R"("\ufffd\ufffd")");
  CHECK(Quoted("\xed\xa0") == R"("\ufffd\ufffd")");
}

TEST_CASE("integers are printed in full", "[write]") {
  std::string out;
  AppendInt(out, 0);
  out += ' ';
  AppendInt(out, -42);
  out += ' ';
  AppendInt(out, std::numeric_limits<int64_t>::min());
  out += ' ';
  AppendInt(out, std::numeric_limits<int64_t>::max());
  CHECK(out == "0 -42 -9223372036854775808 9223372036854775807");
}

TEST_CASE("a float is written so that it is read as the same float",
          "[write]") {
  struct Number {
    double value;
    std::string want;
  };
  const auto [value, want] = GENERATE(values<Number>({
      {0, "0.0"},
      {-0.0, "-0.0"},
      {3, "3.0"},
      {-2.5, "-2.5"},
      {0.1, "0.1"},
      {2.5e-06, "2.5e-06"},
      {1e300, "1e+300"},
      {5e-324, "5e-324"},
      {123456789012345680.0, "123456789012345680.0"},
  }));
  std::string out;
  AppendDouble(out, value);
  CHECK(out == want);
}

}  // namespace
}  // namespace bobbin::json
