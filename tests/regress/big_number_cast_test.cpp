// A cast to bool keeps numbers that are neither true nor false, and went
// through a double: two integers of 30 digits that differ in the last one
// were equal, and one of them equal to the bool cast of the other.

#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

const std::string kBig = "123456789012345678901234567890";
const std::string kBigger = "123456789012345678901234567891";

std::string Find(Api& api, const std::string& op, const std::string& left,
                 const std::string& right) {
  return QueryIds(
      api, R"("query":{"$expr":{")" + op + "\":[" + left + "," + right + "]}}");
}

TEST_CASE("a cast to bool keeps all digits of a number", "[regress][query]") {
  Api api;
  const auto put = [&](const char* id, const std::string& x,
                       const std::string& y) {
    PutComplete(api, AComplete(id).With("inputs",
                                        R"({"x":)" + x + R"(,"y":)" + y + "}"));
  };
  put("differ", kBig, kBigger);
  put("same", kBig, '"' + kBig + '"');
  put("small", "0.1", "\"1e-1\"");
  put("true", "true", "1.0");
  const std::string x =
      R"({"$convert":{"input":{"$getField":"inputs.x"},"to":"bool"}})";
  const std::string y =
      R"({"$convert":{"input":{"$getField":"inputs.y"},"to":"bool"}})";
  const std::string raw_y = R"({"$getField":"inputs.y"})";
  const auto literal = [](const std::string& json) {
    return R"({"$literal":)" + json + "}";
  };

  CHECK(Find(api, "$eq", x, y) == "same small true");
  CHECK(Find(api, "$lt", x, y) == "differ");
  CHECK(Find(api, "$gte", x, raw_y) == "same small true");
  CHECK(Find(api, "$eq", y, literal(kBigger)) == "differ");
  CHECK(Find(api, "$eq", x, literal("true")) == "true");
  CHECK(Find(api, "$gt", x, literal("true")) == "differ same");
  CHECK(Find(api, "$eq", x, literal("0.1")) == "small");
  // As a condition by itself: all but 0 hold.
  CHECK(QueryIds(api, R"("query":{"$expr":{"$and":[)" + x + "]}}") ==
        "differ same small true");
}

// The same in an $in whose numbers are not all integers, over a text.
TEST_CASE("a text in a list of mixed numbers keeps all its digits",
          "[regress][query]") {
  Api api;
  PutComplete(api, AComplete("big").WithText("thread_id", kBig));
  PutComplete(api, AComplete("bigger").WithText("thread_id", kBigger));
  PutComplete(api, AComplete("half").WithText("thread_id", "0.50"));
  PutComplete(api, AComplete("none").WithText("thread_id", "a"));
  const std::string in = R"({"$in":[{"$getField":"thread_id"},[{"$literal":)" +
                         kBigger + R"(},{"$literal":0.5},{"$literal":7}]]})";

  CHECK(QueryIds(api, R"("query":{"$expr":)" + in + "}") == "bigger half");
  CHECK(QueryIds(api, R"("query":{"$expr":{"$not":[)" + in + "]}}") == "big");
}

}  // namespace
}  // namespace bobbin::testing
