#include "json/text_search.h"

#include "support/catch.h"

namespace bobbin::json {
namespace {

// "begin-end of text", or "no".
std::string Found(const std::optional<TextSearch::Hit>& hit) {
  if (!hit) return "no";
  return std::to_string(hit->begin) + "-" + std::to_string(hit->end) + " of " +
         std::string(hit->text);
}

TEST_CASE("a text is found at its first place, whatever surrounds it",
          "[json]") {
  // Around the sixteen bytes that are looked at together.
  const size_t before = GENERATE(0, 1, 14, 15, 16, 17, 40);
  const size_t after = GENERATE(0, 1, 15, 16, 33);
  const std::string wanted =
      GENERATE(as<std::string>(), "x", "xy", "xyzzy", "x and a longer text");
  CAPTURE(before, after, wanted);
  const std::string text =
      std::string(before, '.') + wanted + std::string(after, '.') + wanted;
  const auto hit = TextSearch(wanted).InText(text);
  REQUIRE(hit);
  CHECK(hit->begin == before);
  CHECK(hit->end == before + wanted.size());
  CHECK(!TextSearch(wanted + "?").InText(text));
}

TEST_CASE("small letters are found in any case, capitals as they are",
          "[json]") {
  CHECK(Found(TextSearch("abc").InText("xABC")) == "1-4 of xABC");
  CHECK(Found(TextSearch("ABC").InText("xabc")) == "no");
  CHECK(Found(TextSearch("aBc").InText("xaBc")) == "1-4 of xaBc");
  // `[` and `{`, `@` and the backquote are no letters.
  CHECK(Found(TextSearch("{`").InText("[@{`")) == "2-4 of [@{`");
  CHECK(Found(TextSearch("a[").InText("A{A[")) == "2-4 of A{A[");
  CHECK(Found(TextSearch("").InText("abc")) == "no");
  CHECK(Found(TextSearch("a").InText("")) == "no");
}

TEST_CASE("what JSON escapes is found as what it stands for", "[json]") {
  const auto [json, wanted,
              found] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"a":"b"})", "a", R"(2-3 of {"a":"b"})"},
      {R"(["say \"hi\""])", "\"hi\"", R"(6-10 of ["say "hi""])"},
      {R"(["a\\b"])", "\\b", R"(3-5 of ["a\b"])"},
      {R"(["a\nb"])", "a\nb", "2-5 of [\"a\nb\"]"},
      {R"(["\u00e9t\u00E9"])", "\u00e9t\u00e9", "2-7 of [\"\u00e9t\u00e9\"]"},
      {R"(["a\/b"])", "a/b", R"(2-5 of ["a/b"])"},
      {R"(["h\u0069"])", "hi", R"(2-4 of ["hi"])"},
      // The letter of an escape is no letter of the text.
      {R"(["\nope"])", "nope", "no"},
      {R"(["\nope, nope"])", "nope", "8-12 of [\"\nope, nope\"]"},
      {R"(["\ud83d"])", "x", "no"},
  }));
  CAPTURE(json, wanted);
  std::string scratch;
  CHECK(Found(TextSearch(wanted).InJson(json, scratch)) == found);
}

}  // namespace
}  // namespace bobbin::json
