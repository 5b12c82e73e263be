// Large answers: constant memory, and no patience with readers that stall.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/connection.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

constexpr int kBatchSize = 1000;
constexpr int kBoundKib = 60 << 10;

// A file with `calls` calls in project "team/e2e"; `text_bytes` of text in
// each make it larger.
class CallFile {
 public:
  CallFile(int calls, size_t text_bytes) : path_(dir_.File("calls.db")) {
    Served bobbin({"--db", path_, "--durability", "normal"});
    Client client = bobbin.NewClient();
    const std::string text(text_bytes, 'x');
    for (int n = 0; n < calls;) {
      std::string body = R"({"batch":[)";
      for (int i = 0; i < kBatchSize; ++i, ++n) {
        if (i > 0) body += ',';
        body += R"({"mode":"start","req":)";
        body += StartBody("call-" + std::to_string(n),
                          R"({"n":)" + std::to_string(n * 7919LL % 1'000'003) +
                              R"(,"text":")" + text + R"("})");
        body += '}';
      }
      body += "]}";
      REQUIRE(client.Post("/call/upsert_batch", body).status == 200);
    }
    REQUIRE(bobbin.Stop() == 0);
  }

  const std::string& path() const { return path_; }

 private:
  const TempDir dir_;
  const std::string path_;
};

// Made once; tests add to other projects only.
constexpr int kLargeCalls = 20'000;
const std::string& LargeFile() {
  static const CallFile file(kLargeCalls, 4000);
  return file.path();
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

TEST_CASE("reading a million calls takes no more memory than reading a few",
          "[e2e]") {
  constexpr int kCalls = 1'000'000;
  const CallFile file(kCalls, 10);
  for (const char* sort_by :
       {"null", R"([{"field":"inputs.n","direction":"asc"}])"}) {
    CAPTURE(sort_by);
    Served bobbin({"--db", file.path()});
    const pid_t pid = bobbin.process().pid();
    const int idle_kib = StatusKib(pid, "VmRSS");
    Connection reader(bobbin.port());
    Ask(reader,
        R"({"project_id":"team/e2e","sort_by":)" + std::string(sort_by) + "}");
    CHECK(CountLines(reader) == kCalls);
    CHECK(StatusKib(pid, "VmHWM") < idle_kib + kBoundKib);
  }
}

TEST_CASE("large calls are sent as they are read", "[e2e]") {
  Served bobbin({"--db", LargeFile()});
  const pid_t pid = bobbin.process().pid();
  const int idle_kib = StatusKib(pid, "VmRSS");
  Connection reader(bobbin.port());
  Ask(reader, R"({"project_id":"team/e2e",)"
              R"("sort_by":[{"field":"started_at","direction":"desc"}]})");
  CHECK(CountLines(reader) == kLargeCalls);
  // All of them together are 80 MB.
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

TEST_CASE("many readers that stall keep nobody else from reading", "[e2e]") {
  // None of them is cut off while the test runs.
  Served bobbin({"--db", LargeFile(), "--write-timeout", "600000"});
  std::vector<std::unique_ptr<Connection>> stalled;
  for (int i = 0; i < 40; ++i) {
    stalled.push_back(std::make_unique<Connection>(bobbin.port()));
    Ask(*stalled.back(), R"({"project_id":"team/e2e"})");
    stalled.back()->WaitForAnswer();
  }
  Client other = bobbin.NewClient();
  const Answer answer = other.Post("/call/read", ReadBody("call-1"));
  CHECK(answer.status == 200);
  CHECK(RawMember(answer.body, "id") == R"("call-1")");
}

}  // namespace
}  // namespace bobbin::testing
