// How calls are kept with what their models used (schema/0010_usage.sql).
#include <string>

#include "json/usage.h"
#include "support/catch.h"

namespace bobbin::json {
namespace {

std::string TextOf(const std::string& usage) {
  UsageReader reader;
  return UsageText(reader, R"({"usage":)" + usage + "}");
}

// "model: requests prompt completion total read creation; ..."
std::string Read(std::string_view text) {
  std::string out;
  for (UsageTextReader models(text); models.Next();) {
    const TokenCounts& n = models.counts();
    out += std::string(models.model()) + ':';
    for (const int64_t count : {n.requests, n.prompt, n.completion, n.total,
                                n.cache_read, n.cache_creation}) {
      out += ' ' + std::to_string(count);
    }
    out += "; ";
  }
  return out;
}

TEST_CASE("usage is kept as a list of counts for each model", "[json]") {
  struct Row {
    std::string usage, text, read;
  };
  const Row row = GENERATE(values<Row>({
      {R"({"m":{"requests":1,"prompt_tokens":2,"completion_tokens":3,
           "total_tokens":5,"cache_read_input_tokens":7,
           "cache_creation_input_tokens":8,"other":{"a":[1]}}})",
       R"({"m":[1,2,3,5,7,8]})", "m: 1 2 3 5 7 8; "},
      {R"({"m":{"input_tokens":"4","prompt_tokens":1,"output_tokens":3.0}})",
       R"({"m":[0,5,3]})", "m: 0 5 3 0 0 0; "},
      {R"({"a":{},"b":{"cache_creation_input_tokens":-1}})",
       R"({"a":[],"b":[0,0,0,0,0,-1]})", "a: 0 0 0 0 0 0; b: 0 0 0 0 0 -1; "},
      {R"({"a":null,"b":{"total_tokens":9223372036854775807},"c":3})",
       R"({"b":[0,0,0,9223372036854775807]})",
       "b: 0 0 0 9223372036854775807 0 0; "},
      {R"({"a\"b\\":{"requests":1},"\u00e9":{"requests":2},"":{}})",
       R"({"a\"b\\":[1],"é":[2],"":[]})",
       "a\"b\\: 1 0 0 0 0 0; é: 2 0 0 0 0 0; : 0 0 0 0 0 0; "},
      {R"({"\ud800":{"requests":1}})", R"({"\ud800":[1]})",
       "\xED\xA0\x80: 1 0 0 0 0 0; "},
      {R"({"a":{"requests":1},"b":{},"\u0061":{"requests":2}})",
       R"({"b":[],"a":[2]})", "b: 0 0 0 0 0 0; a: 2 0 0 0 0 0; "},
      {R"({"a":{"requests":1},"a":null})", "", ""},
      {"{}", "", ""},
      {"null", "", ""},
      {"[1]", "", ""},
  }));
  CAPTURE(row.usage);
  CHECK(TextOf(row.usage) == row.text);
  CHECK(Read(row.text) == row.read);
}

TEST_CASE("of a usage that is given twice the last is kept", "[json]") {
  UsageReader reader;
  CHECK(UsageText(reader, R"({"usage":{"a":{}},"usage":{"b":{}}})") ==
        R"({"b":[]})");
  CHECK(UsageText(reader, "{}").empty());
  CHECK(UsageText(reader, "7").empty());
}

TEST_CASE("text that is no kept usage ends early", "[json]") {
  for (const char* text :
       {"", "{", "}", "{}", "[]", "null", "{\"", "{\"a", "{\"a\\", "{\"a\"",
        "{\"a\":", "{\"a\":[", "{\"a\":[1", "{\"a\":[1,", "{\"a\":[x]}",
        "{\"a\":[1,2,3,4,5,6,7]}", "{\"a\":[9223372036854775808]}",
        "{\"a\":{}}", "{\"\\x\":[1]}"}) {
    CAPTURE(text);
    CHECK(Read(text).empty());
  }
  CHECK(Read(R"({"a":[1],"b":)") == "a: 1 0 0 0 0 0; ");
}

}  // namespace
}  // namespace bobbin::json
