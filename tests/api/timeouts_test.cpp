// Queries beyond the time limit (contract section 1: 504).

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/captured_log.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace bobbin::testing {
namespace {

// More calls than SQLite gets through between two looks at the clock.
void PutManyCalls(Api& api) {
  std::vector<std::string> items;
  for (int i = 0; i < 3000; ++i) {
    items.push_back(
        StartItem(AStart("c" + std::to_string(i))
                      .With("inputs", R"({"n":)" + std::to_string(i) + "}")));
  }
  api.Ok("/call/upsert_batch", Batch(items));
}

TEST_CASE("a query beyond the limit is 504, on streams as well",
          "[api][timeouts]") {
  Api api(GENERATE(Transport::kInProcess, Transport::kPort),
          GENERATE(db::Durability::kMemory, db::Durability::kNormal), 1);
  PutManyCalls(api);
  const CapturedLog log;
  const auto [path, body] = GENERATE(
      table<std::string, std::string>({{"/calls/stream_query",
                                        R"({"project_id":"team/app","sort_by":[
            {"field":"inputs.n","direction":"desc"}]})"},
                                       {"/calls/query",
                                        R"({"project_id":"team/app","sort_by":[
            {"field":"inputs.n","direction":"desc"}]})"}}));
  const api::Response response = api.Post(path, body);
  CHECK_THAT(ReasonOf(response, 504), Catch::Contains("took longer"));
  CHECK(Json::parse(response.body).at("error_type") == "QueryTimeout");
  CHECK(response.content_type == "application/json");
  const std::string logged = log.Text();
  CHECK_THAT(logged, Catch::Contains("warning: The query was stopped: it took "
                                     "longer than 1e-06 seconds.\n"));
  CHECK(logged.find("warning") == logged.rfind("warning"));
  // What asks for little is served as ever.
  CHECK(
      api.Post("/call/read", R"({"project_id":"team/app","id":"c7"})").status ==
      200);
}

// What a query that never ends says, in the end.
api::Response ComputeForEver(db::Database& database) {
  const Status status = database.Read([](db::Connection& connection) {
    db::Query query(connection,
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
                    "SELECT i + 1 FROM n) SELECT count(*) FROM n");
    query.Row();
    return Status();
  });
  return api::ErrorResponse(status.error());
}

class EndlessQuery {
 public:
  explicit EndlessQuery(http::ServerOptions options)
      : api_(Transport::kInProcess,
             GENERATE(db::Durability::kMemory, db::Durability::kNormal)),
        server_(
            [this](const api::Request&) {
              entered_.set_value();
              const api::Response response = ComputeForEver(api_.database());
              left_.set_value(response.status);
              return response;
            },
            std::move(options)) {}

  HttpServer& server() { return server_; }
  Api& api() { return api_; }
  // Sends a request and returns when the query is about to run.
  void Begin(RawClient& client) {
    client.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    entered_.get_future().wait();
  }
  // Waits for the end of the query.
  int Status() { return left_.get_future().get(); }

 private:
  Api api_;
  std::promise<void> entered_;
  std::promise<int> left_;
  HttpServer server_;
};

TEST_CASE("a client that hangs up stops its query, and writers go on",
          "[api][timeouts][threads]") {
  EndlessQuery query({});
  {
    RawClient client(query.server().port());
    query.Begin(client);
  }
  CHECK(query.Status() == 504);
  PutStart(query.api(), AStart("c1"));
}

TEST_CASE("Stop() ends a query that does not end by itself",
          "[api][timeouts][threads]") {
  EndlessQuery query({.drain_timeout_ms = 50});
  RawClient client(query.server().port());
  query.Begin(client);
  query.server().server().Stop();
  CHECK(query.Status() == 504);
  PutStart(query.api(), AStart("c1"));
}

}  // namespace
}  // namespace bobbin::testing
