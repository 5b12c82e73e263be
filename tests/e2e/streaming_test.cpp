// Large answers: constant memory, and no patience with readers that stall.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

constexpr int kBatches = 100;
constexpr int kBatchSize = 1000;
constexpr int kBoundKib = 60 << 10;

// A file with 100,000 calls of about 1 KB in project "team/e2e", so that a
// server which collects an answer before it sends it needs well over the
// bound. Made once; tests add to other projects only.
const std::string& LargeFile() {
  static const TempDir dir;
  static const std::string path = [] {
    const std::string file = dir.File("calls.db");
    Served bobbin({"--db", file, "--durability", "normal"});
    Client client = bobbin.NewClient();
    const std::string text(900, 'x');
    for (int batch = 0; batch < kBatches; ++batch) {
      std::string body = R"({"batch":[)";
      for (int i = 0; i < kBatchSize; ++i) {
        const int n = batch * kBatchSize + i;
        if (i > 0) body += ',';
        body += R"({"mode":"start","req":)";
        body += StartBody("call-" + std::to_string(n),
                          R"({"n":)" + std::to_string(n * 7919 % 100'003) +
                              R"(,"text":")" + text + R"("})");
        body += '}';
      }
      body += "]}";
      REQUIRE(client.Post("/call/upsert_batch", body).status == 200);
    }
    REQUIRE(bobbin.Stop() == 0);
    return file;
  }();
  return path;
}

// A line of /proc/PID/status that counts kilobytes, such as VmRSS.
int StatusKib(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) {
      return std::stoi(line.substr(name.size() + 1));
    }
  }
  throw std::runtime_error("no " + name);
}

int OpenSockets(pid_t pid) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           "/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code gone;  // closed meanwhile
    count += std::filesystem::read_symlink(entry, gone)
                 .string()
                 .starts_with("socket:");
  }
  return count;
}

void Ask(Connection& connection, const std::string& query) {
  REQUIRE(connection.Send(PostHead("/calls/stream_query", query.size())));
  REQUIRE(connection.Send(query));
}

// The lines of the answer, none of which is kept; -1 if it is cut off.
int CountLines(Connection& connection) {
  int lines = 0;
  const RawAnswer answer = connection.ReadAnswer([&](std::string_view piece) {
    lines += static_cast<int>(std::count(piece.begin(), piece.end(), '\n'));
  });
  return answer.status == 200 ? lines : -1;
}

TEST_CASE("reading 100,000 calls takes no more memory than reading a few",
          "[e2e]") {
  Served bobbin({"--db", LargeFile()});
  const pid_t pid = bobbin.process().pid();
  const int idle_kib = StatusKib(pid, "VmRSS");
  std::string query = R"({"project_id":"team/e2e"})";

  SECTION("in the default order") {}
  SECTION("newest first") {
    query = R"({"project_id":"team/e2e",)"
            R"("sort_by":[{"field":"started_at","direction":"desc"}]})";
  }
  SECTION("sorted by a value inside the inputs") {
    query = R"({"project_id":"team/e2e",)"
            R"("sort_by":[{"field":"inputs.n","direction":"asc"}]})";
  }
  Connection reader(bobbin.port());
  Ask(reader, query);
  CHECK(CountLines(reader) == kBatches * kBatchSize);
  CHECK(StatusKib(pid, "VmHWM") < idle_kib + kBoundKib);
}

TEST_CASE("a reader that stalls is cut off, and nobody else notices", "[e2e]") {
  Served bobbin({"--db", LargeFile(), "--write-timeout", "1000"});
  const pid_t pid = bobbin.process().pid();
  Client other = bobbin.NewClient();
  REQUIRE(other.Get("/health").status == 200);
  const int sockets = OpenSockets(pid);

  Connection stalled(bobbin.port());
  Ask(stalled, R"({"project_id":"team/e2e"})");
  stalled.WaitForAnswer();
  int asked = 0;
  while (OpenSockets(pid) > sockets) {
    const std::string id = "other-" + std::to_string(++asked);
    REQUIRE(
        other.Post("/call/start", StartBody(id, "{}", "team/other")).status ==
        200);
    REQUIRE(other.Post("/call/read", ReadBody(id, "team/other")).status == 200);
    REQUIRE(asked < 1'000'000);
  }

  CHECK(CountLines(stalled) == -1);
  CHECK(other.Get("/health").status == 200);
  CHECK(bobbin.Stop() == 0);
}

}  // namespace
}  // namespace bobbin::testing
