// A query with an empty $in beside an equality was answered 500: SQLite sees
// while it compiles that nothing can match, finds no use for the index of
// some rows only that the statement insists on, and refuses the statement.

#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

TEST_CASE("an empty $in beside an equality finds nothing, and is no error",
          "[regress][query]") {
  Api api;
  PutComplete(
      api,
      AComplete("c1").WithText("thread_id", "t").WithText("parent_id", "p"));
  PutComplete(api, AComplete("c2").WithText("turn_id", "u"));
  const std::string field = GENERATE(as<std::string>(), "parent_id",
                                     "thread_id", "turn_id", "op_name", "id");
  CAPTURE(field);
  const std::string equality =
      R"({"$eq":[{"$getField":")" + field + R"("},{"$literal":"p"}]})";
  const std::string none = R"({"$in":[{"$getField":"trace_id"},[]]})";

  CHECK(QueryIds(api, R"("query":{"$expr":{"$and":[)" + equality + "," + none +
                          "]}}")
            .empty());
  // What the list says is false, not unknown.
  CHECK(QueryIds(api, R"("query":{"$expr":{"$and":[{"$not":[)" + none +
                          R"(]},{"$eq":[{"$getField":"parent_id"},)"
                          R"({"$literal":"p"}]}]}})") == "c1");
}

}  // namespace
}  // namespace bobbin::testing
