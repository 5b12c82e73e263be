// What a test suite asks of the server besides the service API.
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

int64_t ResidentBytes(pid_t pid) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  int64_t total = 0;
  int64_t resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::string OfProject(const std::string& project,
                      const std::string& more = "") {
  return R"({"project_id":")" + project + "\"" + more + "}";
}

TEST_CASE("a server that stops lets go of those who wait and listen",
          "[e2e][control]") {
  Served bobbin({"--ephemeral"});
  Connection listener(bobbin.port());
  REQUIRE(
      listener.Send("GET /_bobbin/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  listener.WaitForAnswer();
  Connection waiter(bobbin.port());
  const std::string wait =
      OfProject("team/e2e", R"(,"calls":1,"timeout_ms":600000)");
  REQUIRE(waiter.Send(
      PostHead("/_bobbin/wait", wait.size(), "Expect: 100-continue\r\n")));
  REQUIRE(waiter.ReadAnswer().status == 100);
  REQUIRE(waiter.Send(wait));

  CHECK(bobbin.Stop() == 0);

  CHECK(waiter.ReadAnswer().status == 503);
  const RawAnswer events = listener.ReadAnswer();
  CHECK(events.status == 200);  // and it is whole
  CHECK_THAT(events.body, Catch::StartsWith(": bobbin tells of changes\n"));
}

TEST_CASE("a client that hangs up is not waited for", "[e2e][control]") {
  Served bobbin({"--ephemeral", "--threads", "1"});
  {
    Connection waiter(bobbin.port());
    const std::string wait =
        OfProject("team/e2e", R"(,"calls":1,"timeout_ms":600000)");
    REQUIRE(waiter.Send(PostHead("/_bobbin/wait", wait.size()) + wait));
  }
  // There is room for one connection: once it is free the other has gone.
  int status = 0;
  while (status != 200) {
    status = bobbin.NewClient().Get("/health").status;
    REQUIRE((status == 200 || status == 503));
  }
}

TEST_CASE("a thousand resets leave no more memory in use", "[e2e][control]") {
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  const std::string inputs = R"({"x":")" + std::string(20'000, 'x') + "\"}";
  const auto round = [&](int i) {
    const std::string project = "team/p" + std::to_string(i);
    for (const char* id : {"a", "b"}) {
      REQUIRE(
          client.Post("/call/start", StartBody(id, inputs, project)).status ==
          200);
    }
    REQUIRE(
        client.Post("/_bobbin/reset", i % 2 == 0 ? "{}" : OfProject(project))
            .status == 200);
  };
  for (int i = 0; i < 200; ++i) round(i);
  const int64_t before = ResidentBytes(bobbin.process().pid());
  for (int i = 200; i < 1200; ++i) round(i);
  const int64_t after = ResidentBytes(bobbin.process().pid());
  CAPTURE(before, after);
  CHECK(after < before + (4 << 20));
}

TEST_CASE("parallel workers with a project each do not meet",
          "[e2e][control]") {
  constexpr int kWorkers = 16;
  constexpr int kTests = 200;
  Served bobbin({"--ephemeral"});
  {
    Client client = bobbin.NewClient();
    REQUIRE(client.Post("/call/start", StartBody("fixture", "{}", "team/base"))
                .status == 200);
  }
  std::atomic<int> next = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> workers;
  for (int w = 0; w < kWorkers; ++w) {
    workers.emplace_back([&, w] {
      Client client = bobbin.NewClient();
      const std::string project = "team/worker" + std::to_string(w);
      const auto post = [&](const std::string& path, const std::string& body) {
        const Answer answer = client.Post(path, body);
        if (answer.status != 200) ++wrong;
        return answer.body;
      };
      for (int test = next++; test < kTests; test = next++) {
        const std::string mark = std::to_string(test);
        post("/_bobbin/reset", OfProject(project));
        if (test % 2 == 0) {
          post("/_bobbin/fork",
               OfProject("team/base", R"(,"to":")" + project + "\""));
        }
        post("/call/start", StartBody("t" + mark, "{}", project));
        post("/call/end", EndBody("t" + mark, mark, project));
        const int expected = test % 2 == 0 ? 2 : 1;
        const std::string reached = post(
            "/_bobbin/wait", OfProject(project, R"(,"ended":1,"calls":)" +
                                                    std::to_string(expected)));
        if (reached != R"({"calls":)" + std::to_string(expected) +
                           R"(,"ended":1,"open":)" +
                           std::to_string(expected - 1) + "}") {
          ++wrong;
        }
        const std::string calls =
            client
                .Get("/test/getCalls?project_id=team%2Fworker" +
                     std::to_string(w))
                .body;
        size_t seen = 0;
        for (size_t at = calls.find("\"id\":\""); at != std::string::npos;
             at = calls.find("\"id\":\"", at + 1)) {
          ++seen;
        }
        if (seen != static_cast<size_t>(expected)) ++wrong;
        if (calls.find("\"id\":\"t" + mark + "\"") == std::string::npos) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(next >= kTests);
  CHECK(wrong == 0);
}

TEST_CASE("a file is not emptied unless its owner says so", "[e2e][control]") {
  const TempDir dir;
  const std::string file = dir.File("calls.db");
  {
    Served bobbin({"--db", file});
    Client client = bobbin.NewClient();
    REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);
    for (const char* path :
         {"/_bobbin/reset", "/_bobbin/drop", "/_bobbin/restore",
          "/_bobbin/seed", "/test/reset"}) {
      CAPTURE(path);
      const Answer answer =
          client.Post(path, OfProject("team/e2e", R"(,"snapshot":"s")"));
      CHECK(answer.status == 403);
      CHECK(answer.body.find("--control") != std::string::npos);
    }
    CHECK(
        client
            .Post("/_bobbin/snapshot", OfProject("team/e2e", R"(,"name":"s")"))
            .status == 200);
    CHECK(client.Post("/call/read", ReadBody("c1")).body.find("\"c1\"") !=
          std::string::npos);
    REQUIRE(bobbin.Stop() == 0);
  }
  {
    Served bobbin({"--db", file, "--control"});
    Client client = bobbin.NewClient();
    CHECK(client.Post("/_bobbin/reset", OfProject("team/e2e")).status == 200);
    CHECK(client.Post("/call/read", ReadBody("c1")).body == R"({"call":null})");
    REQUIRE(bobbin.Stop() == 0);
  }
  // Snapshots are kept in the file.
  Served bobbin({"--db", file, "--control"});
  Client client = bobbin.NewClient();
  CHECK(
      client
          .Post("/_bobbin/restore", OfProject("team/e2e", R"(,"snapshot":"s")"))
          .status == 200);
  CHECK(client.Post("/call/read", ReadBody("c1")).body.find("\"c1\"") !=
        std::string::npos);
}

}  // namespace
}  // namespace bobbin::testing
