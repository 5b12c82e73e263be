#include "cli/call_otlp.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "support/catch.h"

namespace bobbin::cli {
namespace {

using Json = nlohmann::json;

Json Request(std::string_view line) {
  OtlpLines lines("team/app/x");
  REQUIRE(lines.Add(line).ok());
  const std::string out = lines.TakeRest();
  REQUIRE(out.ends_with('\n'));
  CHECK(lines.TakeRest().empty());
  return Json::parse(out);
}

Json Span(std::string_view line) {
  const Json request = Request(line);
  CHECK(request.at("resourceSpans").size() == 1);
  const Json& spans =
      request.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans");
  REQUIRE(spans.size() == 1);
  return spans.at(0);
}

// The value of an attribute; null if it is not there.
Json Attribute(const Json& holder, std::string_view key) {
  for (const Json& one : holder.at("attributes")) {
    if (one.at("key") == key) return one.at("value");
  }
  return nullptr;
}
Json Text(std::string_view text) { return {{"stringValue", text}}; }

TEST_CASE("a call is a span, and its project a resource", "[cli]") {
  const char* line =
      R"({"id":"0192f0c1-0000-7000-8000-000000000001","op_name":)"
      R"("weave:///team/app/op/greet:v","display_name":"Greet",)"
      R"("trace_id":"0192f0c1-1111-7000-8000-00000000000A",)"
      R"("parent_id":"00f067aa0ba902b7","thread_id":"th",)"
      R"("turn_id":"0192f0c1-0000-7000-8000-000000000001",)"
      R"("started_at":"2024-01-01T00:00:00.000001Z",)"
      R"("ended_at":"2024-01-01T00:00:01Z","exception":null,"wb_run_step":3,)"
      R"("attributes":{"env":"x"},"inputs":{"who":"\u00e9"},"output":"hi",)"
      R"("summary":{"usage":{"m":{"prompt_tokens":5,"completion_tokens":7}},)"
      R"("weave":{"status":"success"}}})";
  const Json request = Request(line);
  const Json& resource = request.at("resourceSpans").at(0).at("resource");
  CHECK(Attribute(resource, "service.name") == Text("team/app/x"));
  CHECK(Attribute(resource, "wandb.entity") == Text("team"));
  CHECK(Attribute(resource, "wandb.project") == Text("app/x"));
  const Json span = Span(line);
  CHECK(span.at("traceId") ==
        "0192f0c11111700080000000000000"
        "0a");
  CHECK(span.at("spanId").get<std::string>().size() == 16);
  CHECK(span.at("parentSpanId") == "00f067aa0ba902b7");
  CHECK(span.at("name") == "greet");
  CHECK(span.at("kind") == 1);
  CHECK(span.at("startTimeUnixNano") == "1704067200000001000");
  CHECK(span.at("endTimeUnixNano") == "1704067201000000000");
  CHECK(span.at("status") == Json{{"code", 1}});
  CHECK(Attribute(span, "wandb.display_name") == Text("Greet"));
  CHECK(Attribute(span, "wandb.thread_id") == Text("th"));
  CHECK(Attribute(span, "wandb.is_turn") == Json{{"boolValue", true}});
  CHECK(Attribute(span, "wandb.wb_run_step") == Json{{"intValue", "3"}});
  CHECK(Attribute(span, "gen_ai.response.model") == Text("m"));
  CHECK(Attribute(span, "gen_ai.usage.input_tokens") ==
        Json{{"intValue", "5"}});
  CHECK(Attribute(span, "gen_ai.usage.output_tokens") ==
        Json{{"intValue", "7"}});
  CHECK(Attribute(span, "input.value") == Text(R"({"who":"\u00e9"})"));
  CHECK(Attribute(span, "output.value") == Text(R"("hi")"));
  CHECK(Attribute(span, "wandb.attributes") == Text(R"({"env":"x"})"));
  CHECK(Attribute(span, "weave.call_id") ==
        Text("0192f0c1-0000-7000-8000-000000000001"));
}

TEST_CASE("a parent and its child name the same span", "[cli]") {
  for (const std::string id : {"c1", "0192f0c1-0000-7000-8000-000000000001",
                               "00F067AA0BA902B7", "0000000000000000"}) {
    const Json parent = Span(R"({"id":")" + id + R"("})");
    const Json child = Span(R"({"id":"x","parent_id":")" + id + R"("})");
    CHECK(child.at("parentSpanId") == parent.at("spanId"));
    const std::string span = parent.at("spanId");
    CHECK(span.size() == 16);
    CHECK(span.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(span != "0000000000000000");
  }
  CHECK_FALSE(Span(R"({"id":"c"})").contains("parentSpanId"));
}

TEST_CASE("the status is the call's own", "[cli]") {
  const auto status = [](const std::string& name, const char* more = "") {
    return Span(R"({"id":"c",)" + std::string(more) +
                R"("summary":{"weave":{"status":")" + name + R"("}}})")
        .at("status");
  };
  CHECK(status("error", R"("exception":"boom\n\"x\"",)") ==
        Json{{"code", 2}, {"message", "boom\n\"x\""}});
  CHECK(status("descendant_error") == Json::object());
  CHECK(status("running") == Json::object());
  CHECK_FALSE(
      Span(R"({"id":"c","ended_at":null})").contains("endTimeUnixNano"));
}

TEST_CASE("hostile texts are valid JSON", "[cli]") {
  const Json span = Span(
      "{\"id\":\"\\u0000\\ud800\",\"op_name\":\"\\u202e</script>\","
      "\"inputs\":{\"a\":\"\\ud800\"},\"summary\":{\"usage\":[1]}}");
  CHECK(Attribute(span, "weave.call_id") ==
        Text(std::string("\0\xef\xbf\xbd", 4)));
  CHECK(span.at("name") == "\xe2\x80\xae</script>");
  CHECK(Attribute(span, "input.value") == Text(R"({"a":"\ud800"})"));
  CHECK(Attribute(span, "gen_ai.usage.input_tokens") == nullptr);
}

TEST_CASE("spans are put together to lines of a bounded length", "[cli]") {
  OtlpLines lines("a/b");
  std::string out;
  size_t spans = 0;
  const auto count = [&] {
    if (out.empty()) return;
    spans += Json::parse(out)
                 .at("resourceSpans")
                 .at(0)
                 .at("scopeSpans")
                 .at(0)
                 .at("spans")
                 .size();
    CHECK(out.find('\n') == out.size() - 1);
  };
  int whole = 0;
  for (int i = 0; i < 1200; ++i) {
    REQUIRE(lines.Add(R"({"id":"c)" + std::to_string(i) + R"("})").ok());
    out = lines.Take();
    if (!out.empty()) ++whole;
    count();
  }
  CHECK(whole == 2);
  out = lines.TakeRest();
  count();
  CHECK(spans == 1200);
  // One that is long enough by itself.
  REQUIRE(lines
              .Add(R"({"id":"c","inputs":{"x":")" + std::string(2 << 20, 'x') +
                   R"("}})")
              .ok());
  CHECK_FALSE(lines.Take().empty());
  CHECK_FALSE(lines.Add("{").ok());
}

}  // namespace
}  // namespace bobbin::cli
