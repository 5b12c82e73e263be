// Each kind of field against pydantic 2.13 in lax mode: the rows are what it
// says when asked.

#include "model/values.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "support/catch.h"

namespace bobbin::model {
namespace {

using Json = nlohmann::json;

// What reading `text` as a T gives: `as_text(value)`, or the error's type.
template <class T, class AsText>
std::string Read(std::string_view text, const AsText& as_text) {
  json::Document document;
  REQUIRE(document.Parse(text, 5).message.empty());
  T value{};
  Details details;
  ReadValue(document.root(), value, Loc{.name = "x"}, details);
  if (details.empty()) return as_text(value);
  // As text: the input in it may be a number that is too large for a parser.
  const std::string error = std::move(details).Take().detail;
  const std::string_view before = R"([{"type":")";
  REQUIRE(error.starts_with(before));
  return error.substr(before.size(),
                      error.find('"', before.size()) - before.size());
}

// The one error of reading `text` as a T.
template <class T>
Json ErrorOf(std::string_view text) {
  json::Document document;
  REQUIRE(document.Parse(text, 5).message.empty());
  T value{};
  Details details;
  ReadValue(document.root(), value, Loc{.name = "x"}, details);
  const Json errors = Json::parse(std::move(details).Take().detail);
  REQUIRE(errors.size() == 1);
  return errors[0];
}

struct Row {
  std::string text;
  std::string want;
};

TEST_CASE("what can be an integer, and what is wrong with the rest",
          "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"1", "1"},
      {"-7", "-7"},
      {"1.0", "1"},
      {"-0.0", "0"},
      {"1e3", "1000"},
      {"1E+2", "100"},
      {"1e-400", "0"},
      {"true", "1"},
      {"false", "0"},
      {R"("5")", "5"},
      {R"("5.0")", "5"},
      {R"("5.00")", "5"},
      {R"(" 5 ")", "5"},
      {R"("\n5\t")", "5"},
      {R"("+5")", "5"},
      {R"("-5")", "-5"},
      {R"("-1.0")", "-1"},
      {R"("-0")", "0"},
      {R"("05")", "5"},
      {R"("1_000")", "1000"},
      {R"("1_0.0")", "10"},
      {R"("\u0035")", "5"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.5", "int_from_float"},
      {"1e-3", "int_from_float"},
      {"1e400", "finite_number"},
      {"-1e400", "finite_number"},
      {"9.3e18", "int_parsing_size"},
      // Python's integers have no end; ours do.
      {"9223372036854775808", "int_parsing_size"},
      {"123456789012345678901234567890", "int_parsing_size"},
      {R"("123456789012345678901234567890")", "int_parsing_size"},
      {R"("five")", "int_parsing"},
      {R"("")", "int_parsing"},
      {R"(" ")", "int_parsing"},
      {R"("+-5")", "int_parsing"},
      {R"("- 5")", "int_parsing"},
      {R"("5.")", "int_parsing"},
      {R"(".5")", "int_parsing"},
      {R"(".0")", "int_parsing"},
      {R"("5.01")", "int_parsing"},
      {R"("5.0.0")", "int_parsing"},
      {R"("1e3")", "int_parsing"},
      {R"("5.0e0")", "int_parsing"},
      {R"("0x10")", "int_parsing"},
      {R"("1 2")", "int_parsing"},
      {R"("_5")", "int_parsing"},
      {R"("5_")", "int_parsing"},
      {R"("1__0")", "int_parsing"},
      {R"("inf")", "int_parsing"},
      {R"("nan")", "int_parsing"},
      {"null", "int_type"},
      {"[]", "int_type"},
      {R"({"a":1})", "int_type"},
  }));
  CAPTURE(text);
  CHECK(Read<int64_t>(text, [](int64_t number) {
          return std::to_string(number);
        }) == want);
}

TEST_CASE("what can be a boolean, and what is wrong with the rest", "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"true", "true"},
      {"false", "false"},
      {"1", "true"},
      {"0", "false"},
      {"1.0", "true"},
      {"0.0", "false"},
      {"-0.0", "false"},
      {"1e0", "true"},
      {R"("true")", "true"},
      {R"("FALSE")", "false"},
      {R"("yes")", "true"},
      {R"("No")", "false"},
      {R"("on")", "true"},
      {R"("oFF")", "false"},
      {R"("t")", "true"},
      {R"("F")", "false"},
      {R"("y")", "true"},
      {R"("N")", "false"},
      {R"("1")", "true"},
      {R"("0")", "false"},
      {"2", "bool_parsing"},
      {"-1", "bool_parsing"},
      {"1.5", "bool_type"},
      {R"("1.0")", "bool_parsing"},
      {R"("2")", "bool_parsing"},
      {R"("")", "bool_parsing"},
      {R"(" true")", "bool_parsing"},
      {R"("maybe")", "bool_parsing"},
      {"null", "bool_type"},
      {"[]", "bool_type"},
      {"{}", "bool_type"},
  }));
  CAPTURE(text);
  CHECK(Read<bool>(text, [](bool value) {
          return std::string(value ? "true" : "false");
        }) == want);
}

TEST_CASE("only a string is a string", "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {R"("abc")", "abc"},
      {R"("")", ""},
      {R"("a\"b\\c\/d\n")", "a\"b\\c/d\n"},
      {R"("\u00e9\ud83d\ude00")", "\u00e9\U0001f600"},
      {R"("a\u0000b")", std::string("a\0b", 3)},
      {"1", "string_type"},
      {"1.0", "string_type"},
      {"true", "string_type"},
      {"null", "string_type"},
      {"[]", "string_type"},
      {"{}", "string_type"},
  }));
  CAPTURE(text);
  CHECK(Read<std::string_view>(text, [](std::string_view value) {
          return std::string(value);
        }) == want);
}

TEST_CASE("what can be a time, and what is wrong with the rest", "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {R"("2024-01-01")", "2024-01-01T00:00:00Z"},
      {R"("2024-01-01T01:00:00.5+01:00")", "2024-01-01T00:00:00.500000Z"},
      {R"("2024\u002d01-01")", "2024-01-01T00:00:00Z"},
      {"0", "1970-01-01T00:00:00Z"},
      {"-1", "1969-12-31T23:59:59Z"},
      {"1700000000", "2023-11-14T22:13:20Z"},
      {"1700000000.5", "2023-11-14T22:13:20.500000Z"},
      {"1.7e9", "2023-11-14T22:13:20Z"},
      {"1700000000123", "2023-11-14T22:13:20.123000Z"},
      {"1.70000000012345e12", "2023-11-14T22:13:20.123450Z"},
      {"20000000000", "2603-10-11T11:33:20Z"},
      {"20000000001", "1970-08-20T11:33:20.001000Z"},
      {R"("1700000000")", "2023-11-14T22:13:20Z"},
      {"1e30", "datetime_parsing"},
      {"-1e30", "datetime_parsing"},
      {"1e400", "datetime_parsing"},
      {R"("x")", "datetime_from_date_parsing"},
      {R"("")", "datetime_from_date_parsing"},
      {R"("2024-02-30")", "datetime_from_date_parsing"},
      {"null", "datetime_type"},
      {"true", "datetime_type"},
      {"[]", "datetime_type"},
      {"{}", "datetime_type"},
  }));
  CAPTURE(text);
  CHECK(Read<Time>(text, [](Time time) {
          std::string printed;
          AppendTime(printed, time.us);
          return printed;
        }) == want);
}

TEST_CASE("a free-form object is kept as its own text", "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"{}", "{}"},
      {R"({ "b" : 1.0, "a":1e400, "a":null })",
       R"({ "b" : 1.0, "a":1e400, "a":null })"},
      {"[]", "dict_type"},
      {"null", "dict_type"},
      {R"("x")", "dict_type"},
      {"1", "dict_type"},
  }));
  CAPTURE(text);
  CHECK(Read<RawObject>(text, [](RawObject object) {
          return std::string(object.json);
        }) == want);
}

TEST_CASE("a direction is one of two words", "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {R"("asc")", "up"},
      {R"("desc")", "down"},
      {R"("ASC")", "literal_error"},
      {R"("")", "literal_error"},
      {"1", "literal_error"},
      {"null", "literal_error"},
  }));
  CAPTURE(text);
  CHECK(Read<Direction>(text, [](Direction direction) {
          return std::string(direction == Direction::kAscending ? "up"
                                                                : "down");
        }) == want);
}

TEST_CASE("an error has pydantic's words, the input and a context", "[model]") {
  struct WordsRow {
    Json error;
    std::string want;
  };
  const auto [error, want] = GENERATE(values<WordsRow>({
      {ErrorOf<int64_t>(R"("x")"),
       R"({"type":"int_parsing","loc":["x"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"})"},
      {ErrorOf<int64_t>("1.5"),
       R"({"type":"int_from_float","loc":["x"],"msg":"Input should be a valid integer, got a number with a fractional part","input":1.5})"},
      {ErrorOf<int64_t>("9.3e18"),
       R"({"type":"int_parsing_size","loc":["x"],"msg":"Unable to parse input string as an integer, exceeded maximum size","input":9.3e18})"},
      {ErrorOf<bool>("2"),
       R"({"type":"bool_parsing","loc":["x"],"msg":"Input should be a valid boolean, unable to interpret input","input":2})"},
      {ErrorOf<Time>("null"),
       R"({"type":"datetime_type","loc":["x"],"msg":"Input should be a valid datetime","input":null})"},
      {ErrorOf<Time>(R"("2024-13-01")"),
       R"({"type":"datetime_from_date_parsing","loc":["x"],"msg":"Input should be a valid datetime or date, month value is outside expected range of 1-12","input":"2024-13-01","ctx":{"error":"month value is outside expected range of 1-12"}})"},
      {ErrorOf<Time>("1e30"),
       R"({"type":"datetime_parsing","loc":["x"],"msg":"Input should be a valid datetime, dates after 9999 are not supported as unix timestamps","input":1e30,"ctx":{"error":"dates after 9999 are not supported as unix timestamps"}})"},
      {ErrorOf<Time>("-1e30"),
       R"({"type":"datetime_parsing","loc":["x"],"msg":"Input should be a valid datetime, dates before 0000 are not supported as unix timestamps","input":-1e30,"ctx":{"error":"dates before 0000 are not supported as unix timestamps"}})"},
      {ErrorOf<Direction>(R"("up")"),
       R"({"type":"literal_error","loc":["x"],"msg":"Input should be 'asc' or 'desc'","input":"up","ctx":{"expected":"'asc' or 'desc'"}})"},
  }));
  CHECK(error == Json::parse(want));
}

TEST_CASE("a summary says whether calls below failed", "[model]") {
  const auto [text, want] = GENERATE(values<Row>({
      {"{}", "no"},
      {R"({"status_counts":{}})", "no"},
      {R"({"status_counts":null})", "no"},
      {R"({"status_counts":{"error":0,"success":3}})", "no"},
      {R"({"status_counts":{"error":1}})", "yes"},
      {R"({"status_counts":{"error":"2"}})", "yes"},
      {R"({"status_counts":{"error":-1}})", "no"},
      {R"({"status_counts":{"error":1,"error":0}})", "no"},
      {R"({"status_counts":{"error":1},"status_counts":{}})", "no"},
      {R"({"st\u0061tus_counts":{"error":1}})", "yes"},
      {R"({"other":{"status_counts":{"error":1}}})", "no"},
      {"[]", "dict_type"},
      {"null", "dict_type"},
      {R"({"status_counts":{"foo":1}})", "enum"},
      {R"({"status_counts":{"error":null}})", "int_type"},
      {R"({"usage":{"gpt":1}})", "dict_type"},
      {R"({"usage":{"gpt":{"input_tokens":1.5}}})", "int_from_float"},
      {R"({"usage":{"gpt":{"input_tokens":null,"more":"x"}}})", "no"},
  }));
  CAPTURE(text);
  CHECK(Read<Summary>(text, [](const Summary& summary) {
          return std::string(summary.has_errors ? "yes" : "no");
        }) == want);
}

TEST_CASE("a summary is checked also where a body is not read in detail",
          "[model]") {
  json::Document document;
  const std::string text = R"({"s":{"status_counts":{"error":2}}})";
  REQUIRE(document.Parse(text, 1).message.empty());
  Summary summary;
  Details details;
  ReadValue(document.root().first(), summary, Loc{.name = "s"}, details);
  CHECK(details.empty());
  CHECK(summary.has_errors);
  CHECK(summary.json == R"({"status_counts":{"error":2}})");
}

TEST_CASE("a float", "[model]") {
  struct Number {
    std::string text;
    std::string want;
  };
  const auto [text, want] = GENERATE(values<Number>({
      {"1", "1.000000"},
      {"-2.5", "-2.500000"},
      {"1e-3", "0.001000"},
      {"true", "1.000000"},
      {"false", "0.000000"},
      {R"("1.5")", "1.500000"},
      {R"(" 5 ")", "5.000000"},
      {R"("+5.")", "5.000000"},
      {"1e400", "finite_number"},
      {R"("")", "float_parsing"},
      {R"("x")", "float_parsing"},
      {R"("0x10")", "float_parsing"},
      {R"("1 2")", "float_parsing"},
      {"null", "float_type"},
      {"[]", "float_type"},
      {"{}", "float_type"},
  }));
  CAPTURE(text);
  CHECK(Read<double>(
            text, [](double value) { return std::to_string(value); }) == want);
}

TEST_CASE("lists of texts, and objects of texts or numbers", "[model]") {
  const auto json = [](const auto& value) { return std::string(value.json); };
  CHECK(Read<TextList>("[]", json) == "[]");
  CHECK(Read<TextList>(R"([ "a", "b" ])", json) == R"([ "a", "b" ])");
  CHECK(Read<TextList>(R"(["a",1])", json) == "string_type");
  CHECK(Read<TextList>("{}", json) == "list_type");
  CHECK(Read<TextMap>(R"({"a":"b"})", json) == R"({"a":"b"})");
  CHECK(Read<TextMap>(R"({"a":1})", json) == "string_type");
  CHECK(Read<TextMap>("[]", json) == "dict_type");
  CHECK(Read<NumberMap>(R"({"a":1,"b":0.5})", json) == R"({"a":1,"b":0.5})");
  CHECK(Read<NumberMap>(R"({"a":"x"})", json) == "float_parsing");
  CHECK(Read<NumberMap>("null", json) == "dict_type");
  CHECK(ErrorOf<TextList>(R"(["a",1])").at("loc") == Json{"x", 1});
  CHECK(ErrorOf<NumberMap>(R"({"a":null})").at("loc") == Json{"x", "a"});
}

}  // namespace
}  // namespace bobbin::model
