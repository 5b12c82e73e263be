// The views that the file has for people and other tools.
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

TEST_CASE_METHOD(StoreFixture, "v_calls tells times as the API does",
                 "[store]") {
  REQUIRE(Record(AComplete("c1").At(-500'000).Until(1'700'000'000'123'456),
                 AComplete("c2").At(-62'135'596'799'999'999).Until(0))
              .ok());
  CHECK(RowsIn(*database,
               "SELECT started_at || ' ' || ended_at FROM v_calls ORDER BY "
               "id") ==
        std::vector<std::string>{"1969-12-31T23:59:59.500000Z "
                                 "2023-11-14T22:13:20.123456Z",
                                 "0001-01-01T00:00:00.000001Z "
                                 "1970-01-01T00:00:00.000000Z"});
}

TEST_CASE_METHOD(StoreFixture, "v_calls shows a call that is under way",
                 "[store]") {
  REQUIRE(Record(AStart("c1"), AnEnd("hidden")).ok());
  CHECK(RowsIn(*database,
               "SELECT id || ' ' || status || ' ' || (ended_at IS NULL) || ' ' "
               "|| (latency_ms IS NULL) FROM v_calls") ==
        std::vector<std::string>{"c1 running 1 1"});
}

}  // namespace
}  // namespace bobbin::testing
