// kill -9 under load: nothing that was answered may be lost.
#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

constexpr int kRounds = 20;  // at each durability
constexpr int kConnections = 16;
constexpr int kBatchSize = 5;

// What one connection was told is stored.
struct Promised {
  std::set<std::string> started;
  std::set<std::string> ended;
};

std::string Batch(const std::string& prefix, const std::string& project,
                  std::set<std::string>& ids) {
  std::string items;
  for (int i = 0; i < kBatchSize; ++i) {
    const std::string id = prefix + "-b" + std::to_string(i);
    ids.insert(id);
    items += (i > 0 ? "," : "") + std::string(R"({"mode":"start","req":)") +
             StartBody(id, "{}", project) + "}";
  }
  return R"({"batch":[)" + items + "]}";
}

// Reports calls one after the other until the server is gone.
Promised Load(const Served& bobbin, const std::string& project, int connection,
              std::atomic<int>& answers) {
  Promised promised;
  Client client = bobbin.NewClient();
  const auto stored = [&](const std::string& path, const std::string& body) {
    const bool ok = client.Post(path, body).status == 200;
    if (ok) {
      ++answers;
      answers.notify_one();
    }
    return ok;
  };
  for (int i = 0;; ++i) {
    const std::string id =
        "c" + std::to_string(connection) + "-" + std::to_string(i);
    const std::string output = '"' + id + '"';
    if (!stored("/call/start", StartBody(id, "{}", project))) break;
    promised.started.insert(id);
    if (!stored("/call/end", EndBody(id, output, project))) break;
    promised.ended.insert(id);
    if (i % 4 != 0) continue;
    std::set<std::string> batch;
    if (!stored("/call/upsert_batch", Batch(id, project, batch))) break;
    promised.started.merge(batch);
  }
  return promised;
}

// Loads the server with kConnections at once and kills it as soon as it has
// given `enough` answers.
Promised LoadAndKill(Served& bobbin, const std::string& project, int enough) {
  std::atomic<int> answers = 0;
  std::vector<Promised> promised(kConnections);
  std::vector<std::thread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&, i] {
      promised[i] = Load(bobbin, project, i, answers);
      answers += enough;  // also if the load ends before its time
      answers.notify_one();
    });
  }
  for (int seen = 0; seen < enough; seen = answers) answers.wait(seen);
  bobbin.Kill();
  for (std::thread& thread : threads) thread.join();
  Promised all;
  for (Promised& one : promised) {
    all.started.merge(one.started);
    all.ended.merge(one.ended);
  }
  return all;
}

// What the API shows of the project.
Promised Stored(const Served& bobbin, const std::string& project) {
  const Answer answer = bobbin.NewClient().Post(
      "/calls/stream_query", R"({"project_id":")" + project + R"("})");
  REQUIRE(answer.status == 200);
  Promised stored;
  size_t begin = 0;
  for (size_t end; (end = answer.body.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const auto call =
        nlohmann::json::parse(answer.body.substr(begin, end - begin));
    const std::string id = call["id"];
    REQUIRE(stored.started.insert(id).second);  // each once
    if (call["ended_at"].is_null()) continue;
    REQUIRE(call["output"] == id);
    stored.ended.insert(id);
  }
  return stored;
}

std::vector<std::string> Missing(const std::set<std::string>& wanted,
                                 const std::set<std::string>& there) {
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(),
                      std::back_inserter(missing));
  return missing;
}

TEST_CASE("what was answered survives kill -9 under load", "[e2e]") {
  const std::string durability = GENERATE("full", "normal");
  CAPTURE(durability);
  const TempDir dir;
  const Arguments arguments = {"--db", dir.File("calls.db"), "--durability",
                               durability};
  for (int round = 0; round < kRounds; ++round) {
    CAPTURE(round);
    const std::string project = "crash/round-" + std::to_string(round);
    Served victim(arguments);
    const Promised promised = LoadAndKill(victim, project, 100 + 75 * round);
    REQUIRE_FALSE(promised.ended.empty());

    Served again(arguments);
    const Promised stored = Stored(again, project);
    CHECK(Missing(promised.started, stored.started).empty());
    CHECK(Missing(promised.ended, stored.ended).empty());
    SQLite::Database file(dir.File("calls.db"), SQLite::OPEN_READONLY);
    CHECK(file.execAndGet("PRAGMA integrity_check").getString() == "ok");
    again.Kill();
  }
}

}  // namespace
}  // namespace bobbin::testing
