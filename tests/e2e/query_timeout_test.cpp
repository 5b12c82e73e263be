// --query-timeout.
#include <string>

#include "support/catch.h"
#include "support/served.h"

namespace bobbin::testing {
namespace {

void PutManyCalls(Client& client) {
  std::string body = R"({"batch":[)";
  for (int i = 0; i < 20'000; ++i) {
    if (i > 0) body += ',';
    body += R"({"mode":"start","req":)" +
            StartBody("c" + std::to_string(i),
                      R"({"n":)" + std::to_string(i * 7919 % 20'011) + "}") +
            "}";
  }
  REQUIRE(client.Post("/call/upsert_batch", body + "]}").status == 200);
}

constexpr const char* kSorted =
    R"({"project_id":"team/e2e",)"
    R"("sort_by":[{"field":"inputs.n","direction":"asc"}]})";

TEST_CASE("a query may take as long as --query-timeout", "[e2e]") {
  const auto [arguments, environment, status] =
      GENERATE(table<Arguments, Environment, int>(
          {{{"--query-timeout", "0.0001"}, {}, 504},
           {{}, {{"BOBBIN_QUERY_TIMEOUT", "0.0001"}}, 504},
           {{"--query-timeout", "60"},
            {{"BOBBIN_QUERY_TIMEOUT", "0.0001"}},
            200},
           {{"--query-timeout", "0"}, {}, 200},
           {{}, {}, 200}}));
  Arguments all = arguments;
  all.push_back("--ephemeral");
  Served bobbin(all, environment);
  Client client = bobbin.NewClient();
  PutManyCalls(client);
  CAPTURE(arguments, environment);

  const Answer answer = client.Post("/calls/stream_query", kSorted);
  CHECK(answer.status == status);
  if (status == 504) {
    CHECK_THAT(answer.body, Catch::StartsWith(R"({"reason":")"));
    CHECK_THAT(bobbin.process().Stderr(), Catch::Contains("longer than"));
  }
  CHECK(client.Post("/call/read", ReadBody("c1")).status == 200);
  CHECK(client.Post("/call/start", StartBody("another")).status == 200);
  CHECK(bobbin.Stop() == 0);
}

}  // namespace
}  // namespace bobbin::testing
