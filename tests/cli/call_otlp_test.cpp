// Calls as spans of OpenTelemetry.

#include "cli/call_otlp.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using SpanJson = nlohmann::json;

std::string OtlpOf(const std::string& line,
                   std::string_view project_id = "me/app") {
  cli::CallLineReader reader;
  const Result<cli::CallLine> call = reader.Read(line);
  REQUIRE(call.ok());
  cli::OtlpLines lines(project_id);
  lines.Add(call.value());
  return lines.Take();
}

SpanJson SpanOf(const std::string& line) {
  const SpanJson request = SpanJson::parse(OtlpOf(line));
  return request.at("/resourceSpans/0/scopeSpans/0/spans/0"_json_pointer);
}

// The value of an attribute, {"stringValue":"x"} say; null if there is none.
SpanJson AttributeOf(const SpanJson& has_attributes, std::string_view key) {
  SpanJson found;
  for (const SpanJson& attribute : has_attributes.at("attributes")) {
    if (attribute.at("key") != key) continue;
    CHECK(found.is_null());  // keys are unique
    found = attribute.at("value");
  }
  return found;
}

SpanJson TextValue(std::string_view text) { return {{"stringValue", text}}; }

constexpr const char* kWholeCall =
    R"({"id":"0123456789abcdef","project_id":"me/app","op_name":)"
    R"("weave:///me/app/op/ask:v1","display_name":"Ask","trace_id":)"
    R"("0190a1b2-0000-7000-8000-00000000abcd","parent_id":"fedcba9876543210",)"
    R"("thread_id":"th","turn_id":"0123456789abcdef","started_at":)"
    R"("2024-01-01T00:00:00.000001Z","attributes":{"k":1},"inputs":{"n":1},)"
    R"("ended_at":"2024-01-01T00:00:02Z","exception":"it \"broke\"","output":)"
    R"("done","summary":{"usage":{"gpt":{"input_tokens":3,"output_tokens":4}},)"
    R"("weave":{"status":"error","costs":{"gpt":)"
    R"({"prompt_tokens_total_cost":0.5}}}},"wb_user_id":"u","wb_run_id":"r",)"
    R"("wb_run_step":7,"wb_run_step_end":8})";

TEST_CASE("a call is a span of OTLP", "[cli]") {
  CHECK(
      OtlpOf(kWholeCall) ==
      R"({"resourceSpans":[{"resource":{"attributes":[)"
      R"({"key":"service.name","value":{"stringValue":"app"}},)"
      R"({"key":"wandb.entity","value":{"stringValue":"me"}},)"
      R"({"key":"wandb.project","value":{"stringValue":"app"}}]},)"
      R"("scopeSpans":[{"scope":{"name":"bobbin"},"spans":[)"
      R"({"traceId":"0190a1b200007000800000000000abcd","spanId":)"
      R"("0123456789abcdef","parentSpanId":"fedcba9876543210","name":"ask",)"
      R"("kind":1,"startTimeUnixNano":"1704067200000001000",)"
      R"("endTimeUnixNano":"1704067202000000000","attributes":[)"
      R"({"key":"weave.call_id","value":{"stringValue":"0123456789abcdef"}},)"
      R"({"key":"weave.trace_id","value":{"stringValue":)"
      R"("0190a1b2-0000-7000-8000-00000000abcd"}},)"
      R"({"key":"weave.parent_id","value":{"stringValue":"fedcba9876543210"}},)"
      R"({"key":"weave.op_name","value":{"stringValue":)"
      R"("weave:///me/app/op/ask:v1"}},)"
      R"({"key":"weave.status","value":{"stringValue":"error"}},)"
      R"({"key":"wandb.display_name","value":{"stringValue":"Ask"}},)"
      R"({"key":"wandb.thread_id","value":{"stringValue":"th"}},)"
      R"({"key":"session.id","value":{"stringValue":"th"}},)"
      R"({"key":"wandb.is_turn","value":{"boolValue":true}},)"
      R"({"key":"weave.turn_id","value":{"stringValue":"0123456789abcdef"}},)"
      R"({"key":"user.id","value":{"stringValue":"u"}},)"
      R"({"key":"wandb.wb_run_id","value":{"stringValue":"r"}},)"
      R"({"key":"wandb.wb_run_step","value":{"intValue":"7"}},)"
      R"({"key":"wandb.wb_run_step_end","value":{"intValue":"8"}},)"
      R"({"key":"gen_ai.request.model","value":{"stringValue":"gpt"}},)"
      R"({"key":"gen_ai.response.model","value":{"stringValue":"gpt"}},)"
      R"({"key":"gen_ai.usage.input_tokens","value":{"intValue":"3"}},)"
      R"({"key":"gen_ai.usage.output_tokens","value":{"intValue":"4"}},)"
      R"({"key":"llm.usage.total_tokens","value":{"intValue":"7"}},)"
      R"({"key":"gen_ai.usage.cost","value":{"doubleValue":0.5}},)"
      R"({"key":"input.value","value":{"stringValue":"{\"n\":1}"}},)"
      R"({"key":"input.mime_type","value":{"stringValue":"application/json"}},)"
      R"({"key":"output.value","value":{"stringValue":"done"}},)"
      R"({"key":"output.mime_type","value":{"stringValue":"text/plain"}},)"
      R"({"key":"wandb.attributes","value":{"stringValue":"{\"k\":1}"}},)"
      R"({"key":"weave.summary","value":{"stringValue":"{\"usage\":{\"gpt\":)"
      R"({\"input_tokens\":3,\"output_tokens\":4}},\"weave\":{\"status\":)"
      R"(\"error\",\"costs\":{\"gpt\":{\"prompt_tokens_total_cost\":0.5}}}}"}}],)"
      R"("status":{"code":2,"message":"it \"broke\""}}]}]}]})"
      "\n");
}

TEST_CASE("a running call ends where it started, and says that it runs",
          "[cli]") {
  const SpanJson span =
      SpanOf(R"({"id":"c1","trace_id":"t1","op_name":"ask","started_at":)"
             R"("2024-01-01T00:00:00Z","ended_at":null,"parent_id":null,)"
             R"("summary":{"weave":{"status":"running"}}})");
  CHECK(span.at("startTimeUnixNano") == "1704067200000000000");
  CHECK(span.at("endTimeUnixNano") == "1704067200000000000");
  CHECK(span.at("status") == SpanJson::object());
  CHECK(AttributeOf(span, "weave.status") == TextValue("running"));
  CHECK(!span.contains("parentSpanId"));
}

TEST_CASE("a call that ended well is ok, whatever happened below it", "[cli]") {
  const auto status =
      GENERATE(values<std::string>({"success", "descendant_error"}));
  const SpanJson span =
      SpanOf(R"({"summary":{"weave":{"status":")" + status + R"("}}})");
  CHECK(span.at("status") == SpanJson{{"code", 1}});
  CHECK(AttributeOf(span, "weave.status") == TextValue(status));
}

TEST_CASE("ids of OpenTelemetry stay, others become such", "[cli]") {
  struct Row {
    std::string id, trace, span;
  };
  // The hashes are those of sha256sum.
  const auto row = GENERATE(values<Row>({
      {"0123456789abcdef", "9f9f5111f7b27a781f1f1ddde5ebc2dd",
       "0123456789abcdef"},
      {"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef",
       ""},
      {"0190a1b2-0000-7000-8000-00000000abcd",
       "0190a1b200007000800000000000abcd", ""},
      {"0000000000000000", "", ""},
      {"00000000000000000000000000000000", "", ""},
      {"call-1", "", ""},
      {"", "e3b0c44298fc1c149afbf4c8996fb924", "e3b0c44298fc1c14"},
  }));
  CAPTURE(row.id);
  const std::string trace = cli::OtlpTraceId(row.id);
  const std::string span = cli::OtlpSpanId(row.id);
  if (!row.trace.empty()) CHECK(trace == row.trace);
  if (!row.span.empty()) CHECK(span == row.span);
  CHECK(trace.size() == 32);
  CHECK(span.size() == 16);
  for (const std::string& id : {trace, span}) {
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(id.find_first_not_of('0') != std::string::npos);
  }
}

TEST_CASE("UUIDs that differ in one digit only are different spans", "[cli]") {
  std::set<std::string> spans;
  constexpr std::string_view kUuid = "0190a1b2-0000-7000-8000-00000000abcd";
  for (size_t i = 0; i < kUuid.size(); ++i) {
    std::string id(kUuid);
    if (id[i] == '-') continue;
    id[i] = id[i] == '5' ? '6' : '5';
    spans.insert(cli::OtlpSpanId(id));
  }
  CHECK(spans.size() == 32);
}

TEST_CASE("a child names the span of its parent", "[cli]") {
  const SpanJson parent = SpanOf(R"({"id":"call-1"})");
  const SpanJson child = SpanOf(R"({"id":"call-2","parent_id":"call-1"})");
  CHECK(child.at("parentSpanId") == parent.at("spanId"));
  CHECK(AttributeOf(child, "weave.parent_id") == TextValue("call-1"));
}

TEST_CASE("an output is a text as it is, or JSON", "[cli]") {
  struct Row {
    std::string json, value, type;
  };
  const auto row = GENERATE(values<Row>({
      {R"("a\"b\nc")", "a\"b\nc", "text/plain"},
      {R"("")", "", "text/plain"},
      {R"("\ud800")", "\uFFFD", "text/plain"},
      {R"({"half":"\ud800"})", R"({"half":"\ud800"})", "application/json"},
      {"123456789012345678901234567890", "123456789012345678901234567890",
       "application/json"},
      {"[]", "[]", "application/json"},
      {"false", "false", "application/json"},
  }));
  CAPTURE(row.json);
  const SpanJson span = SpanOf(R"({"output":)" + row.json + "}");
  CHECK(AttributeOf(span, "output.value") == TextValue(row.value));
  CHECK(AttributeOf(span, "output.mime_type") == TextValue(row.type));
}

TEST_CASE("what a call does not have is no attribute", "[cli]") {
  const SpanJson span =
      SpanOf(R"({"output":null,"inputs":{},"attributes":{},"summary":{},)"
             R"("thread_id":null,"turn_id":null})");
  for (const char* key :
       {"output.value", "output.mime_type", "input.value", "input.mime_type",
        "wandb.attributes", "weave.summary", "session.id", "wandb.is_turn",
        "weave.turn_id", "gen_ai.usage.input_tokens", "gen_ai.usage.cost"}) {
    CAPTURE(key);
    CHECK(AttributeOf(span, key).is_null());
  }
}

TEST_CASE("the name of a span is valid UTF-8, whatever the op's is", "[cli]") {
  const std::string line = OtlpOf(R"({"op_name":"a\ud800\u0000\u202eb"})");
  // (No reader of protobuf takes half of a surrogate pair.)
  CHECK(line.find("\\ud800") == std::string::npos);
  CHECK(SpanJson::parse(line).at(
            "/resourceSpans/0/scopeSpans/0/spans/0/name"_json_pointer) ==
        std::string("a\uFFFD\0\u202eb", 9));
}

TEST_CASE("times out of the reach of OTLP are the nearest", "[cli]") {
  const SpanJson span = SpanOf(R"({"started_at":"1969-12-31T23:59:59Z",)"
                               R"("ended_at":"9999-01-01T00:00:00Z"})");
  CHECK(span.at("startTimeUnixNano") == "0");
  CHECK(span.at("endTimeUnixNano") == "18446744073709551615");
}

TEST_CASE("a span that came from OpenTelemetry keeps its kind", "[cli]") {
  struct Row {
    std::string kind;
    int number;
  };
  const auto row = GENERATE(values<Row>({{R"("SPAN_KIND_CLIENT")", 3},
                                         {R"("SERVER")", 2},
                                         {"5", 5},
                                         {"0", 1},
                                         {"6", 1},
                                         {R"("x")", 1},
                                         {"null", 1}}));
  CAPTURE(row.kind);
  const SpanJson span =
      SpanOf(R"({"attributes":{"otel_span":{"kind":)" + row.kind + "}}}");
  CHECK(span.at("kind") == row.number);
}

TEST_CASE("of several models the span has the sum", "[cli]") {
  const SpanJson span =
      SpanOf(R"({"summary":{"usage":{"a":{"prompt_tokens":1},)"
             R"("b":{"prompt_tokens":2,"completion_tokens":3}}}})");
  CHECK(AttributeOf(span, "gen_ai.response.model").is_null());
  CHECK(AttributeOf(span, "gen_ai.usage.input_tokens") ==
        SpanJson{{"intValue", "3"}});
  CHECK(AttributeOf(span, "gen_ai.usage.output_tokens") ==
        SpanJson{{"intValue", "3"}});
}

TEST_CASE("a line of OTLP has a bounded number of spans, and of bytes",
          "[cli]") {
  cli::CallLine call;
  cli::OtlpLines lines("me/app");
  CHECK(lines.Take().empty());
  int spans = 0;
  while (!lines.full()) {
    lines.Add(call);
    ++spans;
  }
  CHECK(spans == 500);
  const SpanJson request = SpanJson::parse(lines.Take());
  CHECK(request.at("/resourceSpans/0/scopeSpans/0/spans"_json_pointer).size() ==
        500);
  CHECK(lines.Take().empty());

  const std::string inputs = '"' + std::string(300'000, 'x') + '"';
  call.inputs = inputs;
  spans = 0;
  while (!lines.full()) {
    lines.Add(call);
    ++spans;
  }
  CHECK(spans == 4);
}

}  // namespace
}  // namespace bobbin::testing
