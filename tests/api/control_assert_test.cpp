// Comparing what is there with a tree that a test expects.
#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kPath = "/_bobbin/assert/tree";

std::string Expect(const std::string& tree, const std::string& more = "") {
  return R"({"project_id":"team/app","expect":)" + tree + more + "}";
}

// A trace of three calls and one of one call.
void PutTraces(Api& api) {
  PutComplete(api, AComplete("c1")
                       .WithText("op_name", "weave:///team/app/op/solve:abc")
                       .With("inputs", R"({"question":"why","n":1.0})")
                       .With("output", R"({"answer":42})"));
  PutComplete(api, AComplete("c2")
                       .WithText("parent_id", "c1")
                       .WithText("op_name", "llm")
                       .WithText("started_at", "2024-01-01T00:00:01Z"));
  PutComplete(api, AComplete("c3")
                       .WithText("parent_id", "c1")
                       .WithText("op_name", "tool")
                       .WithText("exception", "ValueError: no")
                       .WithText("started_at", "2024-01-01T00:00:01.5Z"));
  PutComplete(api, AComplete("c4")
                       .WithText("trace_id", "t2")
                       .WithText("op_name", "other")
                       .WithText("started_at", "2024-01-01T00:00:02Z"));
}

TEST_CASE("a tree that is there is met", "[api][control]") {
  Api api;
  PutTraces(api);
  const auto transport_body = GENERATE(values<std::string>({
      Expect(R"({"op":"solve","output":{"answer":42}})"),
      Expect(R"({"op":"solve","inputs":{"n":1},"children":[{"op":"llm"},
                 {"op":"tool","exception":{"$regex":"^ValueError"}}]})"),
      Expect(R"([{"op":"solve"},{"op":"other"}])"),
      Expect(R"([{"op":"other"},{"op":"solve"}])", R"(,"any_order":true)"),
  }));
  CAPTURE(transport_body);
  CHECK(api.Ok(kPath, transport_body) == R"({"calls":4})");
  CHECK(api.Ok(kPath, Expect(R"({"op":"other"})",
                             R"(,"trace_id":"t2","exact":true)")) ==
        R"({"calls":1})");
}

TEST_CASE("a tree that is not there is told with the smallest difference",
          "[api][control]") {
  Api api;
  PutTraces(api);
  const api::Response response =
      api.Post(kPath, Expect(R"({"op":"solve","output":{"answer":43},
                        "children":[{"op":"tool"}],"exact":true})"));
  CHECK(ReasonOf(response, 422) ==
        "The calls differ from what is expected in 2 places, at the nearest:\n"
        "  solve: output.answer: expected 43, it is 42\n"
        "  solve > llm: this call is one too many: "
        R"({"op":"llm","inputs":{}})");
  CHECK(response.body.ends_with(
      R"("error_type":"TreeMismatch","count":2,"differences":[)"
      R"({"kind":"differs","call":"solve","field":"output.answer",)"
      R"("at":"expect.output.answer","call_id":"c1","expected":43,)"
      R"("actual":42},{"kind":"extra_call","call":"solve > llm",)"
      R"("call_id":"c2","actual":{"op":"llm","inputs":{}}}]})"));
}

TEST_CASE("a long list of differences is cut", "[api][control]") {
  Api api;
  std::string tree = "[{}";
  for (int i = 1; i < 103; ++i) tree += ",{}";
  const api::Response response = api.Post(kPath, Expect(tree + "]"));
  const std::string reason = ReasonOf(response, 422);
  CHECK(reason.ends_with("\n  and 3 more"));
  CHECK(Json::parse(response.body).at("differences").size() == 100);
  CHECK(Json::parse(response.body).at("count") == 103);
}

TEST_CASE("a project that is not there has no calls", "[api][control]") {
  Api api;
  CHECK(api.Ok(kPath, Expect("[]", R"(,"exact":true)")) == R"({"calls":0})");
  CHECK(api.Post(kPath, Expect("{}")).status == 422);
}

TEST_CASE("a tree that can't be expected is refused", "[api][control]") {
  Api api;
  CHECK(ReasonOf(api.Post(kPath, Expect(R"({"op":{"$what":1}})")), 400)
            .starts_with("expect.op: "));
  CHECK(DetailsOf(api.Post(kPath, R"({"project_id":"team/app"})"))
            .at(0)
            .at("loc") == Json::parse(R"(["body","expect"])"));
  CHECK(DetailsOf(api.Post(kPath, Expect("{}", R"(,"anyorder":true)")))
            .at(0)
            .at("type") == "extra_forbidden");
  CHECK(api.Post(kPath, R"({"project_id":"team","expect":{}})").status == 400);
}

}  // namespace
}  // namespace bobbin::testing
