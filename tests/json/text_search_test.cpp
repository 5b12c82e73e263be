#include "json/text_search.h"

#include <random>

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

TEST_CASE("what is found is what a plain search finds, for any texts",
          "[json]") {
  std::mt19937 random(5);
  const auto text_of = [&random](size_t most) {
    // Frequent and rare letters, both cases, a character of two bytes, and
    // what is written with a backslash.
    constexpr std::string_view kLetters = "eeaatqzQE {\xc3\xa9/";
    std::string text;
    for (size_t n = random() % (most + 1); n > 0; --n) {
      text += kLetters[random() % kLetters.size()];
    }
    return text;
  };
  const auto lower = [](std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c |= 0x20;
    }
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string wanted = "e" + text_of(3);
    const std::string text = text_of(80);
    const bool any_case = lower(wanted) == wanted;
    const size_t place = (any_case ? lower(text) : text).find(wanted);
    CAPTURE(wanted, text);
    const auto hit = TextSearch(wanted).InText(text);
    REQUIRE((hit ? hit->begin : std::string::npos) == place);
    // The same with one of its characters written as a number.
    std::string json = text;
    const size_t e = json.find('e');
    if (e != std::string::npos) json.replace(e, 1, "\\u0065");
    std::string scratch;
    const auto in_json = TextSearch(wanted).InJson(json, scratch);
    REQUIRE((in_json ? in_json->begin : std::string::npos) == place);
  }
}

}  // namespace
}  // namespace bobbin::json
