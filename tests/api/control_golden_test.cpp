// Golden traces over the API, /_bobbin/golden.
#include <string>

#include "support/api_fixture.h"
#include "support/api_rows.h"
#include "support/call_bodies.h"
#include "support/call_tree.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kGolden = "/_bobbin/golden";

std::string ProjectBody(const std::string& project_id,
                        const std::string& more = "") {
  return R"({"project_id":")" + project_id + '"' + more + '}';
}

// The same two traces, with ids of `run` and in a project of its own.
void Record(Api& api, const std::string& project_id, const std::string& run) {
  Calls calls(api);
  const std::string project = R"({"project_id":")" + project_id + '"';
  calls.Add("call-of-" + run, "trace-of-" + run, "",
            project + R"(,"op_name":"weave:///)" + project_id +
                R"(/op/solve:)" + run +
                R"(","inputs":{"n":1.0,"of":"call-of-)" + run +
                R"("},"attributes":{"weave":{"version":")" + run + R"("}}})");
  calls.Add("child-of-" + run, "trace-of-" + run, "call-of-" + run,
            project + R"(,"thread_id":"thread-of-)" + run + R"("})");
  calls.Add("other-of-" + run, "trace-two-of-" + run, "", project + "}");
}

TEST_CASE("a project that is run again has the same golden traces",
          "[api][control]") {
  Api api;
  Record(api, "team/one", "zzz");
  api.clock.now_us += 1000;
  Record(api, "team/two", "aaa");
  const std::string one = api.Ok(kGolden, ProjectBody("team/one"));
  CHECK(api.Ok(kGolden, ProjectBody("team/two")) == one);
  const Json json = Json::parse(one);
  REQUIRE(json.at("calls").size() == 3);
  CHECK(json.at("golden") == 1);
  CHECK(json.at("calls")[0].at("op_name") == "weave:///{project}/op/solve:*");
  CHECK(json.at("calls")[0].at("inputs").at("of") == "call-1");
  CHECK(json.at("calls")[1].at("parent_id") == "call-1");
  CHECK(json.at("calls")[2].at("trace_id") == "trace-2");
  CHECK_THAT(one, Catch::Contains("\"n\": 1.0"));
  CHECK(one.find("zzz") == std::string::npos);
}

TEST_CASE("a golden trace of one trace, with times", "[api][control]") {
  Api api;
  Record(api, "team/app", "run");
  const Json json = Json::parse(
      api.Ok(kGolden,
             ProjectBody("team/app",
                         R"(,"trace_id":"trace-of-run","times":"relative")")));
  REQUIRE(json.at("calls").size() == 2);
  CHECK(json.at("calls")[1].at("started_us") == 1'000'000);
  CHECK(json.at("calls")[1].at("ended_us") == 1'500'000);
  const Json masked = Json::parse(api.Ok(
      kGolden, ProjectBody("team/app", R"(,"mask":["inputs.n"],)"
                                       R"("unmask":["attributes.weave"])")));
  CHECK(masked.at("calls")[0].at("inputs").at("n") == "<masked>");
  CHECK(masked.at("calls")[0].at("attributes").at("weave").at("version") ==
        "run");
}

TEST_CASE("golden traces of what is not there are empty", "[api][control]") {
  Api api;
  Record(api, "team/app", "run");
  for (const char* more : {R"(,"trace_id":"none")", ""}) {
    const std::string project = *more == '\0' ? "no/such" : "team/app";
    CHECK(Json::parse(api.Ok(kGolden, ProjectBody(project, more)))
              .at("calls")
              .empty());
  }
}

TEST_CASE("what is wrong with asking for golden traces", "[api][control]") {
  Api api;
  CheckRows(api,
            {{"no project", "POST /_bobbin/golden", "{}", 422,
              R"([["missing",["body","project_id"]]])"},
             {"an unknown member", "POST /_bobbin/golden",
              ProjectBody("team/app", R"(,"paths":[])"), 422,
              R"([["extra_forbidden",["body","paths"]]])"},
             {"times that are none", "POST /_bobbin/golden",
              ProjectBody("team/app", R"(,"times":"all")"), 400,
              R"({"reason":"times is drop or relative, not all"})"},
             {"a path that is none", "POST /_bobbin/golden",
              ProjectBody("team/app", R"(,"mask":["nothing.here"])"), 400}});
}

}  // namespace
}  // namespace bobbin::testing
