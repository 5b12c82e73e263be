// A body of 20 KB for /graphql killed the server: arrays that nested ten
// thousand deep in `variables` were copied by calling itself for each level,
// on the small stack of a connection's thread.

#include <string>

#include "support/api_fixture.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

TEST_CASE("nesting in a GraphQL body is no danger to a thread's stack",
          "[regress][graphql][threads]") {
  Api api;
  HttpServer server(
      [&](const api::Request& request) { return api.Send(request); });
  const size_t depth = GENERATE(200, 10'000, 400'000);
  const std::string body = R"({"query":"{viewer{username}}","variables":)" +
                           std::string(depth, '[') + std::string(depth, ']') +
                           "}";

  const RawReply answer =
      Ask(server.port(),
          "POST /graphql HTTP/1.1\r\nHost: localhost\r\n"
          "Content-Type: application/json\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);

  CHECK(answer.status == 200);
  CHECK_THAT(answer.body, Catch::StartsWith(R"({"data":{)"));
}

}  // namespace
}  // namespace bobbin::testing
