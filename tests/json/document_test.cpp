#include "json/document.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "json/write.h"
#include "support/catch.h"

namespace bobbin::json {
namespace {

using namespace std::string_literals;

constexpr int kAllDetail = kMaxDepth;

std::string Times(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

// What a reader sees: scalars as their bytes, `key=value` for members, and
// `{..}` or `[..]` for a container below the detail depth.
std::string Show(Value value) {
  const bool is_object = value.is(Kind::kObject);
  if (!is_object && !value.is(Kind::kArray)) return std::string(value.raw());
  std::string shown;
  if (!value.detailed()) {
    shown = "..";
    REQUIRE_FALSE(value.first().exists());
  }
  for (Value v = value.first(); v.exists(); v = v.next()) {
    if (!shown.empty()) shown += ' ';
    if (is_object) shown.append(v.key()) += '=';
    shown += Show(v);
  }
  return is_object ? "{" + shown + "}" : "[" + shown + "]";
}

std::string Shown(std::string_view text, int detail_depth = kAllDetail) {
  Document document;
  const SyntaxError error = document.Parse(text, detail_depth);
  if (!error.message.empty()) return std::string(error.message);
  return Show(document.root());
}

bool Accepts(std::string_view text) {
  Document document;
  return document.Parse(text, kAllDetail).message.empty();
}

struct Row {
  std::string text;
  std::string want;
};

TEST_CASE("a value shows its own bytes", "[document]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"null", "null"},
      {" true\n", "true"},
      {"\t\r false", "false"},
      {"0", "0"},
      {"-0", "-0"},
      {"1", "1"},
      {"1.0", "1.0"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1e400", "1e400"},
      {"-1.50E+07", "-1.50E+07"},
      {R"("")", R"("")"},
      {R"("a\u0062\/")", R"("a\u0062\/")"},
      {"{}", "{}"},
      {"[ ]", "[]"},
      {R"({"a":1,"b":[1,{"c":null}]})", R"({a=1 b=[1 {c=null}]})"},
      {R"( { "a" : [ ] , "b" : { } } )", R"({a=[] b={}})"},
      {R"({"b":1,"a":2,"b":3})", R"({b=1 a=2 b=3})"},
      {R"({"\u0061\n":1})", "{a\n=1}"},
      {"\xef\xbb\xbf{\"a\":1}", "{a=1}"},
  }));
  CAPTURE(text);
  CHECK(Shown(text) == want);
}

TEST_CASE("containers keep their bytes too, spaces included", "[document]") {
  Document document;
  REQUIRE(
      document.Parse(R"( {"in": { "x" : [1, 2] } , "out":[] } )", 1).message ==
      "");
  const Value in = document.root().first();
  CHECK(in.raw() == R"({ "x" : [1, 2] })");
  CHECK(in.next().raw() == "[]");
  CHECK(document.root().raw() == R"({"in": { "x" : [1, 2] } , "out":[] })");
}

TEST_CASE("below the detail depth there are no nodes", "[document]") {
  const std::string text = R"([{"a":[{"b":1}]},[],2])";
  CHECK(Shown(text, 0) == "[..]");
  CHECK(Shown(text, 1) == "[{..} [..] 2]");
  CHECK(Shown(text, 2) == "[{a=[..]} [] 2]");
  CHECK(Shown(text, 3) == "[{a=[{..}]} [] 2]");
  CHECK(Shown(text, 4) == "[{a=[{b=1}]} [] 2]");
}

TEST_CASE("text() resolves escapes", "[document]") {
  const auto [text, want] = GENERATE(values<Row>({
      {R"("")", ""},
      {R"("plain")", "plain"},
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u0041\u00e9\u20AC")", "A\xc3\xa9\xe2\x82\xac"},
      {R"("\ud83d\ude00")", "\xf0\x9f\x98\x80"},
      {"\"\xf0\x9f\x98\x80\"", "\xf0\x9f\x98\x80"},
      {R"("a\u0000b")", "a\0b"s},
      // Lone surrogates, in WTF-8.
      {R"("\ud83d")", "\xed\xa0\xbd"},
      {R"("\ud83d!")", "\xed\xa0\xbd!"},
      {R"("\ude00\ud83d")", "\xed\xb8\x80\xed\xa0\xbd"},
      {R"("\ud83d\ud83d\ude00")", "\xed\xa0\xbd\xf0\x9f\x98\x80"},
      {R"("\ud83d\n")", "\xed\xa0\xbd\n"},
      {R"("\ud83d\u0041")",
       "\xed\xa0\xbd"
       "A"},
  }));
  CAPTURE(text);
  Document document;
  REQUIRE(document.Parse(text, 1).message == "");
  CHECK(document.root().text() == want);

  const std::string object = "{" + text + ":0}";
  REQUIRE(document.Parse(object, 1).message == "");
  CHECK(document.root().first().key() == want);
}

TEST_CASE("text() stays valid while other texts are decoded", "[document]") {
  Document document;
  const std::string text = "[" + Times(100, R"("\n",)") + R"("\t"])";
  REQUIRE(document.Parse(text, 1).message == "");
  const std::string_view first = document.root().first().text();
  for (Value v = document.root().first(); v.exists(); v = v.next()) v.text();
  CHECK(first == "\n");
}

TEST_CASE("AppendQuoted(text()) is the same string again", "[document]") {
  const std::string text = GENERATE(
      R"("")"s, R"("a \" \\ \b\f\n\r\t \u0001")"s, R"("\ud83d \udc00")"s,
      "\"\xc3\xa9 \xf0\x9f\x98\x80 \xef\xbf\xbf \x7f\""s);
  Document document;
  REQUIRE(document.Parse(text, 1).message == "");
  std::string quoted;
  AppendQuoted(quoted, document.root().text());
  CHECK(quoted == text);
}

struct ErrorRow {
  std::string text;
  std::string message;
  size_t offset;
};

TEST_CASE("a syntax error is told as Python 3.11 tells it", "[document]") {
  const std::string value = "Expecting value";
  const std::string name = "Expecting property name enclosed in double quotes";
  const std::string colon = "Expecting ':' delimiter";
  const std::string comma = "Expecting ',' delimiter";
  const std::string extra = "Extra data";
  const std::string open = "Unterminated string starting at";
  const std::string control = "Invalid control character at";
  const std::string escape = "Invalid \\escape";
  const std::string unicode = "Invalid \\uXXXX escape";
  const auto [text, message, offset] = GENERATE_COPY(values<ErrorRow>({
      {"", value, 0},
      {"  \n", value, 3},
      {"x", value, 0},
      {"tru", value, 0},
      {"nulL", value, 0},
      {"NaN", value, 0},
      {"[NaN]", value, 1},
      {"Infinity", value, 0},
      {"-Infinity", value, 0},
      {"-", value, 0},
      {"+1", value, 0},
      {".5", value, 0},
      {"'a'", value, 0},
      {"// no\n1", value, 0},
      {"[", value, 1},
      {"[1,", value, 3},
      {"[1,]", value, 3},
      {"[,1]", value, 1},
      {"]", value, 0},
      {"{\"a\":}", value, 5},
      {"{\"a\":", value, 5},
      {"\xef\xbb\xbf", value, 0},
      {"\xc2\xa0", value, 0},
      {"{", name, 1},
      {"{ ", name, 2},
      {"{a:1}", name, 1},
      {"{\"a\":1,}", name, 7},
      {"{\"a\":1,", name, 7},
      {"{1:2}", name, 1},
      {"{\"a\"", colon, 4},
      {"{\"a\" 1}", colon, 5},
      {"{\"a\",1}", colon, 4},
      {"[1", comma, 2},
      {"[1 2]", comma, 3},
      {"[1}", comma, 2},
      {"[01]", comma, 2},
      {"[1.]", comma, 2},
      {"[1.5.]", comma, 4},
      {"[1e]", comma, 2},
      {"[1e+]", comma, 2},
      {"[-01]", comma, 3},
      {"{\"a\":1", comma, 6},
      {"{\"a\":1]", comma, 6},
      {"{\"a\":1 \"b\":2}", comma, 7},
      {"1 2", extra, 2},
      {"{} x", extra, 3},
      {"01", extra, 1},
      {"truex", extra, 4},
      {"[]]", extra, 2},
      {"1\0"s, extra, 1},
      {"\"", open, 0},
      {"[\"abc", open, 1},
      {"\"abc\\", open, 0},
      {"{\"a", open, 1},
      {"\"a\nb\"", control, 2},
      {"\"a\0b\""s, control, 2},
      {"\"\x1f\"", control, 1},
      {"\"\t", control, 1},
      {"\"a\\x\"", escape, 2},
      {"\"\\ \"", escape, 1},
      {"\"\\\n\"", escape, 1},
      {"\"\\u12g4\"", unicode, 2},
      {"\"\\u123\"", unicode, 2},
      {"\"\\u1234", unicode, 2},
      {"\"\\ud83d\\u12\"", unicode, 8},
      // Offsets count characters, without a byte order mark.
      {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\" x", extra, 6},
      {"\xef\xbb\xbf[1,]", value, 3},
  }));
  CAPTURE(text);
  Document document;
  const SyntaxError error = document.Parse(text, kAllDetail);
  CHECK(error.message == message);
  CHECK(error.offset_chars == offset);
  CHECK_FALSE(error.too_deep);
  CHECK_FALSE(error.bad_utf8);
  CHECK_FALSE(document.root().exists());
}

TEST_CASE("bytes that are not UTF-8 are refused, wherever they are",
          "[document]") {
  const std::string bad = GENERATE(
      "\x80"s, "\xbf"s, "\xff"s, "\xfe"s, "\xc0\xaf"s, "\xc1\xbf"s, "\xc3"s,
      "\xc3("s, "\xe0\x80\xaf"s, "\xe0\x9f\xbf"s, "\xe2\x82"s, "\xe2(\xa1"s,
      "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf0\x80\x80\xaf"s,
      "\xf0\x8f\xbf\xbf"s, "\xf0\x9f\x98"s, "\xf4\x90\x80\x80"s,
      "\xf5\x80\x80\x80"s, "\xf8\x88\x80\x80\x80"s);
  const auto [before, behind, offset] =
      GENERATE(table<std::string, std::string, size_t>({
          {"\"", "\"", 1},
          {"\"", "", 1},
          {"\"\xc3\xa9 twenty more characters", "\"", 25},
          {"{\"", "\":1}", 2},
          {"[1,", "]", 3},
          {"", "", 0},
          // Python decodes first: an earlier syntax error does not show.
          {"[1,] \"", "\"", 6},
      }));
  CAPTURE(bad, before);
  Document document;
  const std::string text = before + bad + behind;
  const SyntaxError error = document.Parse(text, kAllDetail);
  CHECK(error.bad_utf8);
  CHECK_FALSE(error.message.empty());
  CHECK(error.offset_chars == offset);
  CHECK_FALSE(document.root().exists());
}

TEST_CASE("the edges of UTF-8 are accepted", "[document]") {
  const std::string character =
      GENERATE("\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s,
               "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xef\xbf\xbf"s,
               "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s);
  CHECK(Accepts("\"" + character + "\""));
}

TEST_CASE("a special byte is seen at every place of a string", "[document]") {
  // Strings are read in blocks: the place within a block must not matter.
  for (size_t size = 0; size < 70; ++size) {
    CAPTURE(size);
    const std::string text = "\"" + std::string(size, 'x') + "\"";
    CHECK(Accepts(text));
    CHECK_FALSE(Accepts(text.substr(0, size + 1)));
    for (size_t at = 1; at <= size; ++at) {
      for (const char special : {'"', '\\', '\x1f', '\x80', '\xff'}) {
        std::string broken = text;
        broken[at] = special;
        // `\x` and `\"` without more are as wrong as the others.
        REQUIRE_FALSE(Accepts(broken));
      }
    }
  }
}

TEST_CASE("nesting ends at kMaxDepth", "[document]") {
  const std::string open = GENERATE("["s, "{\"a\":"s);
  const std::string close = open == "[" ? "]" : "}";
  for (const int depth : {200, kMaxDepth}) {
    CHECK(Accepts(Times(depth - 1, open) + (open == "[" ? "[]" : "{}") +
                  Times(depth - 1, close)));
  }
  Document document;
  const std::string deep = Times(kMaxDepth, open) + "[]";
  const SyntaxError error = document.Parse(deep, kAllDetail);
  CHECK(error.too_deep);
  CHECK(error.offset_chars == size_t{kMaxDepth} * open.size());
  CHECK_FALSE(document.root().exists());
}

TEST_CASE("hostile bodies are turned down without harm", "[document]") {
  Document document;
  constexpr size_t kSize = size_t{32} << 20;

  SECTION("brackets without end") {
    CHECK(document.Parse(std::string(kSize, '['), kAllDetail).too_deep);
  }
  SECTION("more values than memory is meant for") {
    std::string text = "[";
    while (text.size() < kSize) text += "1,";
    text.back() = ']';
    const SyntaxError error = document.Parse(text, 1);
    CHECK(error.too_large);
    CHECK(error.offset_chars == 2 * kMaxNodes - 1);
    CHECK_FALSE(document.root().exists());
    // Below the detail depth they cost nothing.
    CHECK(document.Parse(text, 0).message == "");
  }
  SECTION("one string of 20 MB") {
    std::string text = "[\"";
    text.append(size_t{20} << 20, 'x');
    CHECK(document.Parse(text, 1).message == "Unterminated string starting at");
    text += "\"]";
    REQUIRE(document.Parse(text, 1).message == "");
    CHECK(document.root().first().text().size() == size_t{20} << 20);
  }
}

TEST_CASE("refs() are the string values that are a complete ref",
          "[document]") {
  const int detail_depth = GENERATE(0, 1, kAllDetail);
  Document document;
  const std::string_view text = R"({
    "weave:///as/key": 1, "a": "weave:///e/p/op/x:1",
    "b": [["weave:///e/p/object/y:2"], "weave:///e/p/op/x:1", "weave://e"],
    "c": " weave:///e", "d": "weave:///esc\u0061ped", "e": "WEAVE:///e",
    "f": "weave:///", "g": "weave:\/\/\/e\/p", "h": "weave:/// is a scheme",
    "i": "weave:\/\/ e" })";
  REQUIRE(document.Parse(text, detail_depth).message == "");
  CHECK(document.refs() == std::vector<std::string_view>{
                               "weave:///e/p/op/x:1", "weave:///e/p/object/y:2",
                               "weave:///e/p/op/x:1", "weave:///esc\\u0061ped",
                               "weave:///", "weave:\\/\\/\\/e\\/p"});

  SECTION("what is as long as no ref ever is, is none") {
    const std::string prose = "[\"weave:///" + std::string(3000, 'x') + "\"]";
    REQUIRE(document.Parse(prose, 1).message == "");
    CHECK(document.refs().empty());
  }

  SECTION("an error leaves none") {
    REQUIRE(document.Parse(R"(["weave:///e",])", 1).message != "");
    CHECK(document.refs().empty());
  }
}

TEST_CASE("a Document can be used again", "[document]") {
  Document document;
  const std::string big = "[" + Times(100'000, "\"weave:///\\n\",") + "1]";
  for (int i = 0; i < 3; ++i) {
    REQUIRE(document.Parse(big, 1).message == "");
    CHECK(document.root().first().text() == "weave:///\n");
    REQUIRE(document.Parse(R"({"a":"weave:///x"})", 1).message == "");
    CHECK(Show(document.root()) == R"({a="weave:///x"})");
    CHECK(document.refs().size() == 1);
    REQUIRE(document.Parse("{", 1).message != "");
    CHECK_FALSE(document.root().exists());
  }
}

// --- random texts ---------------------------------------------------------

// We take what nlohmann refuses: lone surrogates and numbers too large for a
// double. It takes a NUL for the end of the text.
bool JudgesDiffer(const std::string& text) {
  if (text.find('\0') != std::string::npos) return true;
  for (size_t i = 0; i + 3 < text.size(); ++i) {
    const std::string_view four = std::string_view(text).substr(i, 4);
    if (four.starts_with("\\ud") || four.starts_with("\\uD")) return true;
    const bool is_far_exponent =
        (four[0] | 0x20) == 'e' &&
        std::ranges::all_of(four.substr(2),
                            [](char c) { return c >= '0' && c <= '9'; });
    if (is_far_exponent) return true;
  }
  return false;
}

TEST_CASE("mutated texts are judged as by nlohmann, and never crash us",
          "[document]") {
  const std::array<std::string, 5> seeds = {
      R"({"a":[1,-2.5e3,"x\u00e9\n"],"b":{"c":null,"d":[true,false,{}]}})",
      "[0.1, 1E5 ,\"\xc3\xa9\xf0\x9f\x98\x80\",[[[]]],{\"k\":\"v\"}]",
      R"("a string that is longer than one block: \"\\\/\b\f\n\r\t\u0041.")",
      R"(  {"weave":"weave:///e/p/op/x:1","n":123456789012345678901234567890})",
      "-12.75e-10",
  };
  const std::array<std::string, 28> pieces = {
      "{",    "}",        "[",    "]",    ",",       ":",    "\"",
      "\\",   "0",        "-",    ".",    "e",       "+",    " ",
      "\n",   "\t",       "\1",   "\0"s,  "\x7f",    "\x80", "\xc3",
      "\xe2", "\xf0\x9f", "\xff", "\\u0", "\\ud83d", "null", "\xef\xbb\xbf"};
  std::mt19937 random(20240501);
  const auto below = [&random](size_t n) { return random() % n; };

  Document document;
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = seeds[below(seeds.size())];
    for (size_t n = 1 + below(3); n > 0; --n) {
      const size_t at = below(text.size() + 1);
      switch (below(4)) {
        case 0:
          text.erase(at, 1 + below(4));
          break;
        case 1:
          text.resize(at);
          break;
        case 2:
          text.insert(at, text.substr(below(text.size() + 1), below(8)));
          break;
        default:
          text.insert(at, pieces[below(pieces.size())]);
      }
    }
    // A copy of its own lets the address sanitizer see every read too far.
    const std::vector<char> bytes(text.begin(), text.end());
    const SyntaxError error =
        document.Parse({bytes.data(), bytes.size()}, kAllDetail);
    const bool is_accepted = error.message.empty();
    accepted += is_accepted;
    if (is_accepted) {
      CAPTURE(text);
      REQUIRE(Show(document.root()).size() <= text.size() + 1);
    }
    if (!JudgesDiffer(text) && is_accepted != nlohmann::json::accept(text)) {
      CAPTURE(text, error.message, error.offset_chars);
      FAIL("nlohmann disagrees");
    }
  }
  CHECK(accepted > 1000);
}

}  // namespace
}  // namespace bobbin::json
