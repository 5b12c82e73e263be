// Calls as CSV: what is in which column, and texts that CSV could stumble
// over.

#include "cli/call_csv.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

std::string CsvOf(const std::string& line) {
  cli::CallLineReader reader;
  const Result<cli::CallLine> call = reader.Read(line);
  REQUIRE(call.ok());
  std::string csv;
  cli::AppendCallCsv(csv, call.value());
  return csv;
}

struct Field {
  std::string text;
  bool quoted = false;
};

// One record, as RFC 4180 reads it.
std::vector<Field> ReadRecord(const std::string& csv) {
  REQUIRE(csv.ends_with("\r\n"));
  std::vector<Field> fields(1);
  bool inside = false;
  for (size_t i = 0; i + 2 < csv.size(); ++i) {
    const char c = csv[i];
    if (inside && c == '"' && csv[i + 1] == '"') {
      fields.back().text += csv[++i];
    } else if (c == '"') {
      inside = !inside;
      fields.back().quoted = true;
    } else if (c == ',' && !inside) {
      fields.emplace_back();
    } else {
      fields.back().text += c;
    }
  }
  REQUIRE(!inside);
  return fields;
}

Field FieldOf(const std::string& line, std::string_view column) {
  std::string header(cli::CallCsvHeader());
  const std::vector<Field> names = ReadRecord(header);
  const std::vector<Field> fields = ReadRecord(CsvOf(line));
  REQUIRE(names.size() == fields.size());
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].text == column) return fields[i];
  }
  FAIL("no column " << column);
  return {};
}

TEST_CASE("the columns of calls as CSV are fixed", "[cli]") {
  CHECK(cli::CallCsvHeader() ==
        "id,trace_id,parent_id,project_id,op_name,display_name,status,"
        "started_at,ended_at,latency_ms,exception,thread_id,turn_id,"
        "wb_user_id,wb_run_id,models,prompt_tokens,completion_tokens,"
        "total_tokens,cost_usd,attributes,inputs,output,summary\r\n");
}

TEST_CASE("a call is one record of CSV", "[cli]") {
  CHECK(
      CsvOf(
          R"({"id":"c1","project_id":"me/app","op_name":"ask","display_name":)"
          R"("Ask","trace_id":"t1","parent_id":"c0","thread_id":"th",)"
          R"("turn_id":"tu","started_at":"2024-01-01T00:00:00Z","attributes":)"
          R"({},"inputs":{"n":1},"ended_at":"2024-01-01T00:00:02Z",)"
          R"("exception":null,"output":[1,2],"summary":{"usage":{"gpt":)"
          R"({"input_tokens":3,"completion_tokens":4}},"weave":{"status":)"
          R"("success","latency_ms":2000,"costs":{"gpt":)"
          R"({"prompt_tokens_total_cost":0.25,)"
          R"("completion_tokens_total_cost":0.5}}}},"wb_user_id":"u",)"
          R"("wb_run_id":"r"})") ==
      "c1,t1,c0,me/app,ask,Ask,success,2024-01-01T00:00:00Z,"
      "2024-01-01T00:00:02Z,2000,,th,tu,u,r,gpt,3,4,7,0.75,{},\"{\"\"n\"\":1}"
      "\","
      "\"[1,2]\",\"{\"\"usage\"\":{\"\"gpt\"\":{\"\"input_tokens\"\":3,"
      "\"\"completion_tokens\"\":4}},\"\"weave\"\":{\"\"status\"\":"
      "\"\"success\"\",\"\"latency_ms\"\":2000,\"\"costs\"\":{\"\"gpt\"\":"
      "{\"\"prompt_tokens_total_cost\"\":0.25,"
      "\"\"completion_tokens_total_cost\"\":0.5}}}}\"\r\n");
}

TEST_CASE("what a running call does not have is an empty field", "[cli]") {
  CHECK(CsvOf(R"({"id":"c1","project_id":"me/app","op_name":"ask",)"
              R"("display_name":null,"trace_id":"t1","parent_id":null,)"
              R"("started_at":"2024-01-01T00:00:00Z","attributes":{},)"
              R"("inputs":{},"ended_at":null,"exception":null,"output":null,)"
              R"("summary":{"weave":{"status":"running"}}})") ==
        "c1,t1,,me/app,ask,,running,2024-01-01T00:00:00Z,,,,,,,,,,,,,{},{},,"
        "\"{\"\"weave\"\":{\"\"status\"\":\"\"running\"\"}}\"\r\n");
}

TEST_CASE("an empty text is quoted, null is not", "[cli]") {
  const Field empty = FieldOf(R"({"display_name":""})", "display_name");
  CHECK((empty.text.empty() && empty.quoted));
  const Field null = FieldOf(R"({"display_name":null})", "display_name");
  CHECK((null.text.empty() && !null.quoted));
}

TEST_CASE("a text comes back out of CSV as it was", "[cli]") {
  struct Row {
    std::string json, text;
    bool quoted;
  };
  const auto row = GENERATE(values<Row>({
      {R"("plain text")", "plain text", false},
      {R"("say \"hi\"")", "say \"hi\"", true},
      {R"("\"")", "\"", true},
      {R"("a,b")", "a,b", true},
      {R"("a\nb\r\nc\r")", "a\nb\r\nc\r", true},
      {R"(" blanks ")", " blanks ", false},
      {R"("=1+1")", "=1+1", false},
      {R"("\u05e9\u05dc\u05d5\u05dd \u202eabc")", "שלום \u202eabc", false},
      {R"("\ud83d\ude00")", "😀", false},
      {R"("a\ud800b")", "a\uFFFDb", false},
      {R"("a\u0000b")", "a\uFFFDb", true},
  }));
  CAPTURE(row.json);
  const Field field = FieldOf(R"({"exception":)" + row.json + "}", "exception");
  CHECK(field.text == row.text);
  CHECK(field.quoted == row.quoted);
}

TEST_CASE("JSON in CSV is the bytes that were stored", "[cli]") {
  const auto json = GENERATE(values<std::string>({
      R"({"n":123456789012345678901234567890,"f":1.0})",
      R"({"half":"\ud800","nul":"\u0000"})",
      R"({ "spaced" : [ 1 , 2 ] })",
      R"("a text")",
      R"("")",
      "0",
      "false",
  }));
  CAPTURE(json);
  CHECK(FieldOf(R"({"output":)" + json + "}", "output").text == json);
}

TEST_CASE("models and their tokens are summed up for CSV", "[cli]") {
  const std::string line =
      R"({"summary":{"usage":{"a":{"prompt_tokens":1,"total_tokens":10},)"
      R"("b":{"output_tokens":"2"},"c":null}}})";
  CHECK(FieldOf(line, "models").text == "a;b");
  CHECK(FieldOf(line, "prompt_tokens").text == "1");
  CHECK(FieldOf(line, "completion_tokens").text == "2");
  CHECK(FieldOf(line, "total_tokens").text == "12");
  CHECK(FieldOf(line, "cost_usd").text.empty());
}

TEST_CASE("a line that is no JSON is no call", "[cli]") {
  cli::CallLineReader reader;
  const Result<cli::CallLine> call = reader.Read(R"({"id":)");
  REQUIRE(!call.ok());
  CHECK(call.error().code == Code::kInternal);
}

TEST_CASE("a payload of millions of values is read as one piece", "[cli]") {
  constexpr int kValues = 5'000'000;  // more than a document has nodes for
  std::string line = R"({"id":"c1","inputs":{"a":[0)";
  for (int i = 1; i < kValues; ++i) line += ",1";
  line += "]}}";
  cli::CallLineReader reader;
  const Result<cli::CallLine> call = reader.Read(line);
  REQUIRE(call.ok());
  CHECK(call.value().inputs.size() > size_t{2} * kValues);
}

}  // namespace
}  // namespace bobbin::testing
