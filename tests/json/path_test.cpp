#include "json/path.h"

#include "support/catch.h"

namespace bobbin::json {
namespace {

std::vector<std::string> Names(std::string_view text) {
  std::vector<std::string> names;
  for (const PathPart& part : ParsePath(text)) names.push_back(part.name);
  return names;
}

std::string At(std::string_view json, std::string_view path) {
  return std::string(Find(json, ParsePath(path)));
}

TEST_CASE("a path is split at its dots, but not at escaped ones", "[json]") {
  const auto [text, names] =
      GENERATE(table<std::string, std::vector<std::string>>({
          {"", {}},
          {"a", {"a"}},
          {"a.b.c", {"a", "b", "c"}},
          {R"(acme\.language)", {"acme.language"}},
          {R"(a\.b.c\.d)", {"a.b", "c.d"}},
          {R"(\.)", {"."}},
          {"a..b", {"a", "", "b"}},
          {".", {"", ""}},
          {"a.", {"a", ""}},
          {R"(a\)", {R"(a\)"}},
          {R"(a\b)", {R"(a\b)"}},
          {"gpt-4o.x y", {"gpt-4o", "x y"}},
      }));
  CAPTURE(text);
  CHECK(Names(text) == names);
}

TEST_CASE("a step that spells an integer is also an index", "[json]") {
  const auto [text, index] =
      GENERATE(table<std::string, std::optional<int64_t>>({
          {"0", 0},
          {"12", 12},
          {"-1", -1},
          {"1.5", 1},  // the first of two steps
          {"a", std::nullopt},
          {"1a", std::nullopt},
          {"+1", std::nullopt},
          {" 1", std::nullopt},
          {"-", std::nullopt},
          {"99999999999999999999", std::nullopt},
      }));
  CAPTURE(text);
  CHECK(ParsePath(text).front().index == index);
}

TEST_CASE("a path finds the raw text of a value", "[json]") {
  const auto [json, path, raw] =
      GENERATE(table<std::string, std::string, std::string>({
          {R"({"a":1})", "a", "1"},
          {R"({"a":1})", "", R"({"a":1})"},
          {" [1] ", "", "[1]"},
          {R"({"a":{"b":[10,20]}})", "a.b.1", "20"},
          {R"( { "a" : { "b" : 1.50 } , "c" : 2 } )", "a.b", "1.50"},
          {"{\"a\"\n:\t\r 7\n}", "a", "7"},
          {R"({"a":"x\"y,}"})", "a", R"("x\"y,}")"},
          {R"({"a":"\\","b":2})", "b", "2"},
          {R"({"x":"}{][","a":3})", "a", "3"},
          {R"({"x":[[{"a":1}],"]"],"a":4})", "a", "4"},
          {R"({"a.b":5})", R"(a\.b)", "5"},
          {R"({"":{"":6}})", ".", "6"},
          {R"({"a":123456789012345678901234567890})", "a",
           "123456789012345678901234567890"},
          {R"({"a":1e400})", "a", "1e400"},
          {R"({"a":null})", "a", "null"},
          {R"({"a":true,"b":false})", "b", "false"},
          {R"({"a":[]})", "a", "[]"},
          {R"({"a":{}})", "a", "{}"},
          // Keys are compared as what they spell.
          {R"({"\u0061":8})", "a", "8"},
          {R"({"caf\u00e9":9})", "caf\u00e9", "9"},
          // Of duplicate keys the last counts.
          {R"({"a":1,"a":2})", "a", "2"},
          {R"({"a":1,"\u0061":2})", "a", "2"},
          {R"({"a":{"b":1},"a":{"c":2}})", "a.b", ""},
          // A list is indexed from either end.
          {"[1,2,3]", "0", "1"},
          {"[1,2,3]", "2", "3"},
          {"[1,2,3]", "-1", "3"},
          {"[1,2,3]", "-3", "1"},
          {"[ [ 1 , 2 ] , [ 3 ] ]", "0.1", "2"},
          {"[1,2,3]", "3", ""},
          {"[1,2,3]", "-4", ""},
          {"[1,2,3]", "-9223372036854775808", ""},
          {"[1,2,3]", "9223372036854775807", ""},
          {"[]", "0", ""},
          {"[]", "-1", ""},
          {"[1]", "a", ""},
          // An integer also names a member.
          {R"({"0":"x","-1":"y"})", "0", R"("x")"},
          {R"({"0":"x","-1":"y"})", "-1", R"("y")"},
          // Nothing is below a plain value.
          {R"({"a":1})", "a.b", ""},
          {R"({"a":"bc"})", "a.0", ""},
          {R"({"a":null})", "a.b", ""},
          {R"({"a":1})", "b", ""},
          {"{}", "a", ""},
          {"7", "", "7"},
          {"7", "a", ""},
          {R"("text")", "", R"("text")"},
      }));
  CAPTURE(json, path);
  CHECK(At(json, path) == raw);
}

TEST_CASE("a value is found below any depth", "[json]") {
  constexpr int kDepth = 250;
  std::string json;
  std::string path;
  for (int i = 0; i < kDepth; ++i) {
    json += i % 2 == 0 ? R"({"a":)" : "[";
    path += i % 2 == 0 ? "a." : "0.";
  }
  json += "42";
  for (int i = kDepth; i-- > 0;) json += i % 2 == 0 ? "}" : "]";
  path.pop_back();
  CHECK(At(json, path) == "42");
}

TEST_CASE("unquoting gives a string's characters", "[json]") {
  const auto [raw, text] = GENERATE(table<std::string, std::string>({
      {R"("")", ""},
      {R"("abc")", "abc"},
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u00e9")", "\u00e9"},
      {R"("\ud83d\ude00")", "\U0001F600"},
      {R"("a\u0000b")", std::string("a\0b", 3)},
  }));
  CAPTURE(raw);
  CHECK(Unquote(raw) == text);
}

}  // namespace
}  // namespace bobbin::json
