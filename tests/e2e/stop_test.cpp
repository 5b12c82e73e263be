// SIGTERM and SIGINT.
#include <csignal>
#include <filesystem>
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

namespace fs = std::filesystem;

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Returns once nobody listens on the port any more.
void WaitUntilClosed(int port) {
  for (int tries = 0; Listening(port); ++tries) {
    REQUIRE(tries < 1'000'000);
    std::this_thread::yield();
  }
}

TEST_CASE("SIGTERM and SIGINT leave one whole file and nothing else", "[e2e]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  CAPTURE(signal);
  const TempDir dir;
  const std::string file = dir.File("calls.db");
  const std::string port_file = dir.File("port");
  Served bobbin({"--db", file, "--port-file", port_file});
  CHECK(FirstLine(port_file) == std::to_string(bobbin.port()));
  Client client = bobbin.NewClient();
  REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);

  bobbin.process().Signal(signal);

  const Exit exit = bobbin.process().Wait();
  CHECK(exit.code == 0);
  CHECK(exit.signal == 0);
  CHECK(bobbin.process().ReadRest().empty());  // READY was all
  CHECK_FALSE(fs::exists(port_file));
  CHECK((!fs::exists(file + "-wal") || fs::file_size(file + "-wal") == 0));

  fs::remove(file + "-wal");
  fs::remove(file + "-shm");
  Served again({"--db", file});
  CHECK(again.NewClient()
            .Post("/call/read", ReadBody("c1"))
            .body.find(R"("id":"c1")") != std::string::npos);
}

TEST_CASE("idle connections do not hold up the end", "[e2e]") {
  Served bobbin({"--ephemeral"});
  std::vector<Connection> idle;
  for (int i = 0; i < 100; ++i) {
    idle.emplace_back(bobbin.port());
    idle.back().Send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    REQUIRE(idle.back().ReadAnswer().status == 200);
  }
  Connection silent(bobbin.port());  // has not asked for anything yet

  CHECK(bobbin.Stop() == 0);
}

TEST_CASE("a request that is running when the signal comes is answered",
          "[e2e]") {
  const TempDir dir;
  const Arguments arguments = {"--db", dir.File("calls.db")};
  Served bobbin(arguments);
  const std::string body = StartBody("late");
  Connection connection(bobbin.port());
  // Half a body: the server waits for the rest when the signal comes.
  REQUIRE(connection.Send(
      PostHead("/call/start", body.size(), "Expect: 100-continue\r\n")));
  REQUIRE(connection.ReadAnswer().status == 100);
  REQUIRE(connection.Send(body.substr(0, 20)));

  bobbin.process().Signal(SIGTERM);
  WaitUntilClosed(bobbin.port());
  REQUIRE(connection.Send(body.substr(20)));

  CHECK(connection.ReadAnswer().status == 200);
  CHECK(bobbin.process().Wait().code == 0);
  Served again(arguments);
  CHECK(again.NewClient()
            .Post("/call/read", ReadBody("late"))
            .body.find(R"("id":"late")") != std::string::npos);
}

TEST_CASE("who hears of changes is told of the end, too", "[e2e]") {
  Served bobbin({"--ephemeral"});
  Connection listener(bobbin.port());
  REQUIRE(
      listener.Send("GET /_bobbin/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  listener.WaitForAnswer();
  bobbin.process().Signal(SIGTERM);
  CHECK(listener.ReadAnswer().status == 200);  // to its last chunk
  CHECK(bobbin.process().Wait().code == 0);
}

TEST_CASE("a second signal cuts off what is still running", "[e2e]") {
  const TempDir dir;
  const std::string port_file = dir.File("port");
  Served bobbin({"--ephemeral", "--port-file", port_file});
  Connection connection(bobbin.port());
  REQUIRE(connection.Send(
      PostHead("/call/start", 100, "Expect: 100-continue\r\n")));
  REQUIRE(connection.ReadAnswer().status == 100);

  bobbin.process().Signal(SIGINT);
  WaitUntilClosed(bobbin.port());
  bobbin.process().Signal(GENERATE(SIGINT, SIGTERM));

  connection.ReadAnswer();  // whatever it is, then it ends
  const Exit exit = bobbin.process().Wait();
  CHECK(exit.code == 0);
  CHECK(exit.signal == 0);
  CHECK_FALSE(fs::exists(port_file));
}

TEST_CASE("an answer that is being read when the signal comes is finished",
          "[e2e]") {
  constexpr int kCalls = 16;
  Served bobbin({"--ephemeral"});
  Client client = bobbin.NewClient();
  // More than the buffers of both ends hold.
  const std::string text = '"' + std::string(2 << 20, 'x') + '"';
  for (int i = 0; i < kCalls; ++i) {
    const std::string id = "c" + std::to_string(i);
    REQUIRE(client.Post("/call/start", StartBody(id, "{\"x\":" + text + "}"))
                .status == 200);
  }
  Connection reader(bobbin.port());
  const std::string query = R"({"project_id":"team/e2e"})";
  REQUIRE(reader.Send(PostHead("/calls/stream_query", query.size())));
  REQUIRE(reader.Send(query));
  reader.WaitForAnswer();

  bobbin.process().Signal(SIGTERM);
  WaitUntilClosed(bobbin.port());

  const RawAnswer answer = reader.ReadAnswer();
  CHECK(answer.status == 200);
  CHECK(answer.body.size() > kCalls * text.size());
  CHECK(bobbin.process().Wait().code == 0);
}

}  // namespace
}  // namespace bobbin::testing
