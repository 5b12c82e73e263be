#include "cli/call_csv.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace bobbin::cli {
namespace {

std::string Csv(std::string_view line) {
  std::string out;
  const Status status = AppendCsvCall(out, line, "team/app");
  REQUIRE(status.ok());
  return out;
}

// A column by its number, as it stands there; for lines without quotes.
std::string Column(const std::string& csv, int number) {
  size_t at = 0;
  for (int i = 0; i < number; ++i) at = csv.find(',', at) + 1;
  return csv.substr(at, csv.find_first_of(",\n", at) - at);
}

TEST_CASE("a call is a line with as many fields as the header", "[cli]") {
  CHECK(CsvHeader() ==
        "id,trace_id,parent_id,project_id,op_name,name,status,started_at,"
        "ended_at,latency_ms,exception,thread_id,turn_id,wb_user_id,wb_run_id,"
        "wb_run_step,models,prompt_tokens,completion_tokens,total_tokens,"
        "cost_usd,attributes,inputs,output,summary\n");
  CHECK(Csv(R"({"id":"c1","project_id":"team/app","op_name":"f",)"
            R"("display_name":null,"trace_id":"t1","parent_id":null,)"
            R"("started_at":"2024-01-01T00:00:00Z",)"
            R"("ended_at":"2024-01-01T00:00:01.5Z","exception":null,)"
            R"("attributes":{},"inputs":{},"output":null,)"
            R"("summary":{"weave":{"status":"success","trace_name":"f"}}})") ==
        "c1,t1,,team/app,f,f,success,2024-01-01T00:00:00Z,"
        "2024-01-01T00:00:01.5Z,1500,,,,,,,,,,,,{},{},,"
        "\"{\"\"weave\"\":{\"\"status\"\":\"\"success\"\",\"\"trace_name\"\":"
        "\"\"f\"\"}}\"\n");
}

TEST_CASE("a text with quotes, commas or line breaks comes back", "[cli]") {
  const auto [json, csv] = GENERATE(table<std::string, std::string>({
      {R"("a,b")", "\"a,b\""},
      {R"("a\"b")", "\"a\"\"b\""},
      {R"("a\r\nb")", "\"a\r\nb\""},
      {R"("")", "\"\""},
      {R"(" a ")", " a "},
      {R"("\u05d0\u202e")", "\xd7\x90\xe2\x80\xae"},
      {R"("\ud83d\ude00")", "\xf0\x9f\x98\x80"},
      {R"("a\ud800b")",
       "a\xef\xbf\xbd"
       "b"},
  }));
  INFO(json);
  const std::string line = Csv(R"({"id":"c","display_name":)" + json + "}");
  CHECK(line == "c,,,team/app,," + csv + ",,,,,,,,,,,,,,,,,,,\n");
}

TEST_CASE("tokens and costs of all models are added up", "[cli]") {
  const std::string line =
      Csv(R"({"id":"c","summary":{"usage":{)"
          R"("a":{"prompt_tokens":1,"completion_tokens":2},)"
          R"("b":{"input_tokens":10,"output_tokens":20,"total_tokens":31}},)"
          R"("weave":{"costs":{"a":{"prompt_tokens_total_cost":1e-7,)"
          R"("completion_tokens_total_cost":0.25}}}}})");
  CHECK(Column(line, 16) == "a b");
  CHECK(Column(line, 17) == "11");
  CHECK(Column(line, 18) == "22");
  CHECK(Column(line, 19) == "34");
  CHECK(Column(line, 20) == "0.2500001");
}

TEST_CASE("numbers have all their digits", "[cli]") {
  const std::string line = Csv(
      R"({"id":"c","started_at":"1970-01-01T00:00:00Z",)"
      R"("ended_at":"2024-01-01T00:00:00Z","wb_run_step":9007199254740993})");
  CHECK(Column(line, 9) == "1704067200000");
  CHECK(Column(line, 15) == "9007199254740993");
}

TEST_CASE("what is no line of a call is an error", "[cli]") {
  std::string out;
  CHECK_FALSE(AppendCsvCall(out, "{", "a/b").ok());
  CHECK(out.empty());
}

}  // namespace
}  // namespace bobbin::cli
