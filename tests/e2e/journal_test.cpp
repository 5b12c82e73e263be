// The journal and faults of the real program.
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

using Json = nlohmann::json;

Json JournalOf(Client& client) {
  const Answer answer = client.Get("/_bobbin/journal");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return Json::parse(answer.body).at("entries");
}

TEST_CASE("what is not for long has a journal, without bodies", "[e2e]") {
  Served server({"--ephemeral"});
  Client client = server.NewClient();
  REQUIRE(
      client.Post("/call/start", StartBody("c1"), {{"X-Weave-Retry-Id", "r1"}})
          .status == 200);
  const Json entry = JournalOf(client).at(0);
  CHECK(entry.at("retry_id") == "r1");
  CHECK_FALSE(entry.contains("body"));
}

TEST_CASE("a file has a journal if it is asked for, with bodies", "[e2e]") {
  TempDir folder;
  const bool by_flag = GENERATE(true, false);
  Arguments arguments = {"--db", folder.File("f.db")};
  Environment environment;
  if (by_flag) {
    arguments.insert(arguments.end(), {"--journal", "2"});
  } else {
    environment["BOBBIN_JOURNAL"] = "2";
  }
  Served server(arguments, environment);
  Client client = server.NewClient();
  for (const char* id : {"c1", "c2", "c3"}) {
    REQUIRE(client.Post("/call/start", StartBody(id)).status == 200);
  }
  const Json entries = JournalOf(client);
  REQUIRE(entries.size() == 2);
  CHECK(entries.at(1).at("body") == Json::parse(StartBody("c3")));
}

TEST_CASE("a journal can be had or not", "[e2e]") {
  TempDir folder;
  const Arguments arguments = GENERATE(true, false)
                                  ? Arguments{"--db", folder.File("f.db")}
                                  : Arguments{"--ephemeral", "--journal", "0"};
  Served server(arguments);
  Client client = server.NewClient();
  CHECK(client.Get("/_bobbin/journal").status == 400);
  CHECK(client.Get("/_bobbin/report").status == 200);
}

TEST_CASE("an answer that hangs does not hold up the end", "[e2e]") {
  Served server({"--ephemeral"});
  Client client = server.NewClient();
  REQUIRE(client.Post("/_bobbin/faults", R"({"kind":"hang"})").status == 200);
  int status = -1;
  std::thread waiting([&server, &status] {
    Client hanging = server.NewClient();
    status = hanging.Post("/call/start", StartBody("c1")).status;
  });
  while (JournalOf(client).empty()) std::this_thread::yield();
  CHECK(server.Stop() == 0);
  waiting.join();
  CHECK(status == 0);  // no answer
}

}  // namespace
}  // namespace bobbin::testing
