// Many connections at once.
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kGetHealth =
    "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

bool AnswersHealth(Connection& connection) {
  return connection.Send(kGetHealth) && connection.ReadAnswer().status == 200;
}

TEST_CASE("300 idle connections do not keep new ones waiting", "[e2e]") {
  Served bobbin({"--ephemeral"});
  std::vector<Connection> idle;
  for (int i = 0; i < 300; ++i) {
    idle.emplace_back(bobbin.port());
    REQUIRE(AnswersHealth(idle.back()));
  }

  for (int i = 0; i < 50; ++i) {
    CAPTURE(i);
    Client client = bobbin.NewClient();
    const std::string id = "call-" + std::to_string(i);
    REQUIRE(client.Post("/call/start", StartBody(id)).status == 200);
    REQUIRE(client.Post("/call/read", ReadBody(id)).status == 200);
  }

  int alive = 0;
  for (Connection& connection : idle) alive += AnswersHealth(connection);
  CHECK(alive == 300);
}

TEST_CASE("a connection beyond --threads is told to come back later", "[e2e]") {
  Served bobbin({"--ephemeral", "--threads", "3"});
  std::vector<Connection> busy;
  for (int i = 0; i < 3; ++i) {
    busy.emplace_back(bobbin.port());
    REQUIRE(AnswersHealth(busy.back()));
  }

  Connection refused(bobbin.port());
  refused.Send(kGetHealth);
  const RawAnswer answer = refused.ReadAnswer();
  CHECK(answer.status == 503);
  CHECK_THAT(answer.head, Catch::Contains("\r\nRetry-After: "));
  for (Connection& connection : busy) CHECK(AnswersHealth(connection));

  // The place of a connection that has ended is free again, if not at once.
  busy.pop_back();
  bool served = false;
  for (int i = 0; i < 10'000 && !served; ++i) {
    Connection next(bobbin.port());
    served = AnswersHealth(next);
  }
  CHECK(served);
}

TEST_CASE("32 threads that start 500 calls each lose and repeat none",
          "[e2e]") {
  constexpr int kThreads = 32;
  constexpr int kCallsEach = 500;
  const TempDir dir;
  Served bobbin({"--db", dir.File("calls.db"), "--durability", "normal"});
  std::vector<std::vector<std::string>> ids(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Client client = bobbin.NewClient();
      for (int n = 0; n < kCallsEach; ++n) {
        const Answer answer = client.Post("/call/start", StartBody(""));
        if (answer.status == 200) {
          ids[i].push_back(RawMember(answer.body, "id"));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::set<std::string> distinct;
  for (const auto& some : ids) distinct.insert(some.begin(), some.end());
  CHECK(distinct.size() == kThreads * kCallsEach);
  const Answer stats = bobbin.NewClient().Post("/calls/query_stats",
                                               R"({"project_id":"team/e2e"})");
  CHECK(RawMember(stats.body, "count") ==
        std::to_string(kThreads * kCallsEach));
}

}  // namespace
}  // namespace bobbin::testing
