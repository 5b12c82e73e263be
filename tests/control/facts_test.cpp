#include "control/facts.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace bobbin::testing {
namespace {

using control::Facts;
using control::FactsOf;
using Strings = std::vector<std::string>;

Strings Ops(const Facts& facts) {
  Strings ops;
  for (const Facts::Op& op : facts.ops) {
    ops.push_back(op.name + "*" + std::to_string(op.calls));
  }
  return ops;
}

TEST_CASE("what a start and an end say", "[control]") {
  const Facts start =
      FactsOf("/call/start", R"({"start":{"project_id":"a/b","op_name":"o"}})");
  CHECK(start.project_ids == Strings{"a/b"});
  CHECK(Ops(start) == Strings{"o*1"});
  CHECK(start.starts == 1);
  CHECK(start.ends == 0);
  CHECK(start.is_json);
  const Facts end =
      FactsOf("/v2/{entity}/{project}/call/end",
              R"({"end":{"project_id":"a/b","output":{"op_name":"x"}}})");
  CHECK(end.project_ids == Strings{"a/b"});
  CHECK(Ops(end).empty());
  CHECK(end.starts == 0);
  CHECK(end.ends == 1);
}

TEST_CASE("what a batch says, each name once", "[control]") {
  const Facts facts = FactsOf("/call/upsert_batch", R"({"batch":[
      {"mode":"start","req":{"start":{"project_id":"a/b","op_name":"o"}}},
      {"mode":"start","req":{"start":{"project_id":"a/b","op_name":"p"}}},
      {"mode":"end","req":{"end":{"project_id":"a/c","id":"1"}}},
      {"mode":"start","req":{"start":{"project_id":"a/b","op_name":"o"}}}]})");
  CHECK(facts.project_ids == Strings{"a/b", "a/c"});
  CHECK(Ops(facts) == Strings{"o*2", "p*1"});
  CHECK(facts.starts == 3);
  CHECK(facts.ends == 1);
}

TEST_CASE("a complete call is a start and an end", "[control]") {
  const Facts facts =
      FactsOf("/v2/{entity}/{project}/calls/complete",
              R"({"batch":[{"project_id":"a/b","op_name":"o"}]})");
  CHECK(facts.starts == 1);
  CHECK(facts.ends == 1);
  CHECK(Ops(facts) == Strings{"o*1"});
}

TEST_CASE("the project of other requests", "[control]") {
  struct Row {
    std::string route, body;
    Strings projects;
  };
  const Row row = GENERATE(values<Row>({
      {"/call/read", R"({"project_id":"a/b","id":"x"})", {"a/b"}},
      {"/obj/create", R"({"obj":{"project_id":"a/b","val":{}}})", {"a/b"}},
      {"/table/create", R"({"table":{"project_id":"a/b"}})", {"a/b"}},
      {"/feedback/batch/create",
       R"({"batch":[{"project_id":"a/b"},{"project_id":"a/b"}]})",
       {"a/b"}},
      {"/refs/read_batch", R"({"refs":["weave:///a/b/call/1"]})", {}},
      {"", R"([{"project_id":"a/b"}])", {}},
      {"", R"({"project_id":1})", {}},
  }));
  CAPTURE(row.route, row.body);
  const Facts facts = FactsOf(row.route, row.body);
  CHECK(facts.project_ids == row.projects);
  CHECK(facts.is_json);
  CHECK(facts.starts == 0);
}

TEST_CASE("a body that is not JSON says nothing", "[control]") {
  const std::string body = GENERATE("", "{", "x=1");
  const Facts facts = FactsOf("/call/start", body);
  CHECK_FALSE(facts.is_json);
  CHECK(facts.project_ids.empty());
}

TEST_CASE("an op is found by its ref and by the name within", "[control]") {
  const std::string ref = "weave:///a/b/op/add:0123";
  CHECK(control::OpFits("add", ref));
  CHECK(control::OpFits(ref, ref));
  CHECK(control::OpFits("weave:///a/b/*", ref));
  CHECK(control::OpFits("a*", ref));
  CHECK_FALSE(control::OpFits("sub", ref));
  CHECK(control::OpFits("plain", "plain"));
}

}  // namespace
}  // namespace bobbin::testing
