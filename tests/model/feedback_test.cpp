#include "model/feedback.h"

#include <string>

#include "support/catch.h"

namespace bobbin::model {
namespace {

TEST_CASE("an object or op ref is taken apart", "[model]") {
  const auto ref = ParseVersionRef("weave:///team/app/object/spec:abc/attr/x");
  REQUIRE(ref);
  CHECK(ref->project_id == "team/app");
  CHECK(ref->kind == "object");
  CHECK(ref->name == "spec");
  CHECK(ref->digest == "abc");
  CHECK(ParseVersionRef("weave:///team/app/op/f:latest")->kind == "op");
}

TEST_CASE("what is not a ref of a version is none", "[model]") {
  const std::string ref = GENERATE(
      as<std::string>(), "", "spec", "weave://team/app/object/a:b",
      "weave:///team/app", "weave:///team/app/", "weave:///team/app/object",
      "weave:///team/app/object/", "weave:///team/app/object/a",
      "weave:///team/app/object/:b",
      "weave:///team/app/object/a:", "weave:///team/app/object/a:/attr/b:c",
      "weave:///team/app/call/a:b", "weave:////app/object/a:b",
      "weave:///team//object/a:b",
      "weave-trace-internal:///team/app/object/a:b");
  CAPTURE(ref);
  CHECK_FALSE(ParseVersionRef(ref));
}

TEST_CASE("a call's id is in a ref of its own project alone", "[model]") {
  CHECK(CallIdOf("weave:///team/app/call/c-1", "team/app") == "c-1");
  const std::string ref =
      GENERATE(as<std::string>(), "", "weave:///team/app/call/",
               "weave:///team/app/call", "weave:///team/other/call/c-1",
               "weave:///team/app/call/c-1/attr/x",
               "weave:///team/app/object/a:b", "weave:///team/app-2/call/c-1");
  CAPTURE(ref);
  CHECK_FALSE(CallIdOf(ref, "team/app"));
}

TEST_CASE("a call's ref may be of any project", "[model]") {
  CHECK(IsCallRef("weave:///a/b/call/c"));
  CHECK_FALSE(IsCallRef("weave:///a/b/op/c:d"));
  CHECK_FALSE(IsCallRef("c"));
}

}  // namespace
}  // namespace bobbin::model
