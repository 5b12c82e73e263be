#include "control/golden.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::ArrangeCalls;
using control::GoldenText;
using control::TreeCall;
using model::GoldenReq;

constexpr int64_t kSecond = 1'000'000;

// Two calls, one below the other, as a run with these ids would leave them.
std::vector<TreeCall> ARun(const std::string& root, const std::string& child,
                           const std::string& trace, int64_t at_us) {
  TreeCall a;
  a.id = root;
  a.trace_id = trace;
  a.op_name = "weave:///team/app/op/answer:" + root + "/attr/x";
  a.name = "answer";
  a.thread_id = "thread of " + root;
  a.started_at_us = at_us;
  a.ended_at_us = at_us + 2 * kSecond;
  a.inputs = R"({"b": 1.0, "a": "see )" + root + R"(", "n": 1e400})";
  a.output = R"("weave:///team/app/call/)" + child + R"(")";
  a.attributes = R"({"weave":{"client_version":")" + root + R"("},"env":"ci"})";
  a.summary = R"({"weave":{"latency_ms":3},"usage":{}})";
  a.wb_user_id = "user of " + root;
  TreeCall b;
  b.id = child;
  b.trace_id = trace;
  b.parent_id = root;
  b.op_name = b.name = "tool";
  b.thread_id = a.thread_id;
  b.started_at_us = at_us + kSecond;
  b.ended_at_us = at_us + kSecond;
  b.inputs = "{}";
  b.exception = "Traceback (most recent call last):\n  File \"" + root +
                "\", line 1\nValueError: no\n";
  return {b, a};
}

std::string Text(std::vector<TreeCall> calls, GoldenReq request = {}) {
  if (request.project_id.empty()) request.project_id = "team/app";
  const Result<std::string> text =
      GoldenText(ArrangeCalls(std::move(calls)), request);
  INFO((text.ok() ? "" : text.error().message));
  REQUIRE(text.ok());
  return text.value();
}

std::string Refusal(GoldenReq request) {
  const Result<std::string> text = GoldenText({}, request);
  REQUIRE(!text.ok());
  CHECK(text.error().code == Code::kInvalid);
  return text.error().message;
}

TEST_CASE("a golden trace has numbers for ids and no times", "[control]") {
  CHECK(Text(ARun("aaaaaaaa-1", "bbbbbbbb-2", "cccccccc-3", 1000)) ==
        R"({
  "golden": 1,
  "calls": [
    {
      "id": "call-1",
      "trace_id": "trace-1",
      "op_name": "weave:///{project}/op/answer:*/attr/x",
      "thread_id": "thread-1",
      "status": "success",
      "attributes": {"env": "ci", "weave": "<masked>"},
      "inputs": {"a": "see call-1", "b": 1.0, "n": 1e400},
      "output": "weave:///{project}/call/call-2",
      "summary": {"usage": {}, "weave": "<masked>"},
      "wb_user_id": "<masked>"
    },
    {
      "id": "call-2",
      "trace_id": "trace-1",
      "parent_id": "call-1",
      "op_name": "tool",
      "thread_id": "thread-1",
      "status": "error",
      "attributes": null,
      "inputs": {},
      "output": null,
      "exception": "ValueError: no",
      "summary": null
    }
  ]
}
)");
}

TEST_CASE("runs that do the same have the same golden trace", "[control]") {
  const std::string one = Text(ARun("aaaaaaaa-1", "zzzzzzzz-2", "tttttttt", 0));
  CHECK(Text(ARun("zzzzzzzz-9", "aaaaaaaa-8", "zzzzzzzz-9", kSecond)) == one);
  GoldenReq relative;
  relative.times = "relative";
  const std::string timed =
      Text(ARun("aaaaaaaa-1", "zzzzzzzz-2", "tttttttt", 0), relative);
  CHECK(timed != one);
  CHECK_THAT(timed, Catch::Contains("\"started_us\": 1000000,\n"));
  CHECK(Text(ARun("zzzzzzzz-9", "aaaaaaaa-8", "zzzzzzzz-9", kSecond),
             relative) == timed);
}

TEST_CASE("what differs shows in the golden trace", "[control]") {
  const auto with = [](auto change) {
    std::vector<TreeCall> calls = ARun("aaaaaaaa", "bbbbbbbb", "cccccccc", 0);
    change(calls.front());
    return Text(std::move(calls));
  };
  const std::string usual = with([](TreeCall&) {});
  CHECK(with([](TreeCall& c) { c.inputs = R"({"x":1})"; }) != usual);
  CHECK(with([](TreeCall& c) { c.op_name = "other"; }) != usual);
  CHECK(with([](TreeCall& c) { c.exception = "no"; }) != usual);
  CHECK(with([](TreeCall& c) { c.parent_id = ""; }) != usual);
  CHECK_THAT(with([](TreeCall& c) { c.parent_id = "of another"; }),
             Catch::Contains(R"("parent_id": "missing")"));
  CHECK_THAT(with([](TreeCall& c) { c.ended_at_us.reset(); }),
             !Catch::Contains("ValueError"));
}

TEST_CASE("ids that are short words stay in texts", "[control]") {
  std::vector<TreeCall> calls = ARun("a", "b", "t", 0);
  calls.back().inputs = R"({"q":"a or b"})";
  CHECK_THAT(Text(std::move(calls)), Catch::Contains("a or b"));
}

TEST_CASE("a request says what is masked", "[control]") {
  const std::vector<TreeCall> calls =
      ARun("aaaaaaaa", "bbbbbbbb", "cccccccc", 0);
  GoldenReq request;
  request.mask = std::vector<std::string_view>({"inputs.a", "output"});
  request.unmask =
      std::vector<std::string_view>({"attributes.weave", "op_name.digest"});
  const std::string text = Text(calls, request);
  CHECK_THAT(text, Catch::Contains(R"("inputs": {"a": "<masked>", "b": 1.0)"));
  CHECK_THAT(text, Catch::Contains(R"("output": "<masked>")"));
  // The call that gave nothing still gives nothing.
  CHECK_THAT(text, Catch::Contains(R"("output": null)"));
  CHECK_THAT(text, Catch::Contains(R"("client_version": "call-1")"));
  CHECK_THAT(text, Catch::Contains("op/answer:call-1/attr/x") ||
                       Catch::Contains("op/answer:aaaaaaaa/attr/x"));
  request.unmask = std::vector<std::string_view>({"exception.stack"});
  CHECK_THAT(Text(calls, request), Catch::Contains("Traceback"));

  std::vector<TreeCall> listed = calls;
  listed.back().inputs = R"({"items":[{"id":1,"v":2},{"id":3,"v":4}]})";
  request.mask = std::vector<std::string_view>({"inputs.items.*.id"});
  CHECK_THAT(Text(std::move(listed), request),
             Catch::Contains(R"([{"id": "<masked>", "v": 2}, )"
                             R"({"id": "<masked>", "v": 4}])"));
}

TEST_CASE("calls of one millisecond come as the SDK drew their ids",
          "[control]") {
  const auto run = [](std::string_view look_up, std::string_view generate) {
    std::vector<TreeCall> calls(2);
    calls[0].id = generate;
    calls[0].name = calls[0].op_name = "generate";
    calls[1].id = look_up;
    calls[1].name = calls[1].op_name = "look_up";
    for (TreeCall& call : calls) call.trace_id = "the trace";
    return Text(std::move(calls));
  };
  const std::string grown = run("01a219e1-fe40-7c4a-8c83-e6dd43ed79b9",
                                "01a219e1-fe40-7c4a-8c83-e6de48347bf6");
  CHECK(grown.find("look_up") < grown.find("generate"));
  // Random ones say nothing: by name.
  CHECK(run("11a219e1-fe40-4c4a-8c83-e6dd43ed79b9",
            "91a219e1-fe40-4c4a-8c83-e6de48347bf6") ==
        run("91a219e1-fe40-4c4a-8c83-e6dd43ed79b9",
            "11a219e1-fe40-4c4a-8c83-e6de48347bf6"));
}

TEST_CASE("calls that ran at the same time may come by name", "[control]") {
  const auto run = [](int64_t a_us, int64_t b_us, int64_t c_us) {
    std::vector<TreeCall> calls;
    for (const auto& [op, inputs, at] :
         {std::tuple("tool", R"({"n":2})", a_us),
          std::tuple("tool", R"({"n":1})", b_us),
          std::tuple("llm", R"({"n":1})", c_us)}) {
      TreeCall call;
      call.id = "id-number-" + std::to_string(at);
      call.trace_id = "the trace";
      call.op_name = call.name = op;
      call.inputs = inputs;
      call.started_at_us = at;
      calls.push_back(std::move(call));
    }
    return calls;
  };
  CHECK(Text(run(1, 2, 3)) != Text(run(3, 2, 1)));
  GoldenReq request;
  request.siblings = "name";
  const std::string text = Text(run(1, 2, 3), request);
  CHECK(Text(run(3, 2, 1), request) == text);
  CHECK(text.find("llm") < text.find("tool"));
  CHECK(text.find(R"("op_name": "tool")") < text.find(R"({"n": 2})"));
}

TEST_CASE("long values are indented, a member a line", "[control]") {
  std::vector<TreeCall> calls = ARun("a", "b", "t", 0);
  const std::string words(70, 'w');
  calls.back().inputs = R"({"z":[],"text":")" + words + R"(","list":[1,[2]]})";
  CHECK_THAT(Text(std::move(calls)),
             Catch::Contains("\"inputs\": {\n        \"list\": [1, [2]],\n"
                             "        \"text\": \"" +
                             words + "\",\n        \"z\": []\n      },\n"));
}

TEST_CASE("no calls are a golden trace as well", "[control]") {
  CHECK(Text({}) == "{\n  \"golden\": 1,\n  \"calls\": []\n}\n");
}

TEST_CASE("what can't be asked of a golden trace", "[control]") {
  GoldenReq request;
  request.times = "now";
  CHECK(Refusal(request) == "times is drop or relative, not now");
  request = {};
  request.siblings = "size";
  CHECK(Refusal(request) == "siblings come by start or by name, not by size");
  request = {};
  request.unmask = std::vector<std::string_view>({"inputs"});
  CHECK_THAT(Refusal(request),
             Catch::StartsWith("unmask: inputs is not masked; what is: "));
  request = {};
  request.mask = std::vector<std::string_view>({"input.x"});
  CHECK_THAT(Refusal(request), Catch::StartsWith("mask: input.x does not"));
}

}  // namespace
}  // namespace bobbin::testing
