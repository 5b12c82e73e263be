// `bobbin prices import`.
#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.h"
#include "support/served.h"
#include "support/temp_dir.h"

namespace bobbin::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kList = R"({
  "sample_spec": {"input_cost_per_token": 0.0, "litellm_provider": "one of"},
  "gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
             "cache_read_input_token_cost": 1.25e-06,
             "litellm_provider": "openai", "mode": "chat"},
  "claude": {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
             "litellm_provider": "anthropic"},
  "dall-e-3": {"input_cost_per_pixel": 1.9e-07}
})";

std::string Write(const TempDir& dir, const std::string& name,
                  const std::string& content) {
  std::ofstream(dir.File(name), std::ios::binary) << content;
  return dir.File(name);
}

Finished Import(const std::string& list, const std::string& db) {
  return RunBobbin({"prices", "import", list, "--db", db});
}

// The costs of a call that used 1,000 tokens of `model` for its prompt.
Json CostsOf(Client& client, const std::string& model) {
  REQUIRE(client
              .Post("/call/start",
                    R"({"start":{"project_id":"team/e2e","id":"priced",
                        "op_name":"op","started_at":"2024-01-01T00:00:00Z",
                        "attributes":{},"inputs":{}}})")
              .status == 200);
  REQUIRE(client
              .Post("/call/end",
                    R"({"end":{"project_id":"team/e2e","id":"priced",
                        "ended_at":"2024-01-01T00:00:01Z","summary":{"usage":
                        {")" +
                        model + R"(":{"prompt_tokens":1000}}}}})")
              .status == 200);
  const Answer answer =
      client.Post("/call/read", R"({"project_id":"team/e2e","id":"priced",
                                    "include_costs":true})");
  REQUIRE(answer.status == 200);
  return Json::parse(answer.body)
      .at("call")
      .at("summary")
      .at("weave")
      .value("costs", Json::object());
}

TEST_CASE("imported prices are what calls cost", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("new/calls.db");
  const Finished done = Import(Write(dir, "prices.json", kList), db);
  CAPTURE(done.err);
  CHECK(done.code == 0);
  CHECK(done.err.empty());
  CHECK(done.out == "Imported the prices of 2 models into " + db +
                        "; 1 more in the list have no price per token.\n");

  Served bobbin({"--db", db});
  Client client = bobbin.NewClient();
  const Json costs = CostsOf(client, "gpt-4o");
  CHECK(costs.at("gpt-4o").at("prompt_tokens_total_cost") == 0.0025);
  CHECK(costs.at("gpt-4o").at("provider_id") == "openai");
  CHECK(costs.at("gpt-4o").at("pricing_level") == "default");
  CHECK(costs.at("gpt-4o").at("pricing_level_id") == "default");

  SECTION("a project's own price goes before them") {
    REQUIRE(client
                .Post("/cost/create",
                      R"({"project_id":"team/e2e","costs":{"gpt-4o":{
                          "prompt_token_cost":1,
                          "completion_token_cost":1}}})")
                .status == 200);
    CHECK(CostsOf(client, "gpt-4o").at("gpt-4o").at("pricing_level") ==
          "project");
  }
  SECTION("they are not among the project's own") {
    CHECK(client.Post("/cost/query", R"({"project_id":"team/e2e"})").body ==
          R"({"results":[]})");
  }
}

TEST_CASE("a second import takes the place of the first", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("calls.db");
  REQUIRE(Import(Write(dir, "prices.json", kList), db).code == 0);
  REQUIRE(Import(Write(dir, "other.json",
                       R"({"claude":{"input_cost_per_token":1}})"),
                 db)
              .code == 0);
  Served bobbin({"--db", db});
  Client client = bobbin.NewClient();
  CHECK(CostsOf(client, "gpt-4o").empty());
  CHECK(CostsOf(client, "claude").at("claude").at("prompt_token_cost") == 1);
}

TEST_CASE("what was traced is untouched by an import", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("calls.db");
  std::string before;
  {
    Served bobbin({"--db", db});
    Client client = bobbin.NewClient();
    REQUIRE(client.Post("/call/start", StartBody("c1")).status == 200);
    before = client.Post("/call/read", ReadBody("c1")).body;
    REQUIRE(bobbin.Stop() == 0);
  }
  REQUIRE(Import(Write(dir, "prices.json", kList), db).code == 0);
  Served again({"--db", db});
  CHECK(again.NewClient().Post("/call/read", ReadBody("c1")).body == before);
}

TEST_CASE("BOBBIN_DB says which file prices go to", "[e2e]") {
  const TempDir dir;
  const Finished done =
      RunBobbin({"prices", "import", Write(dir, "prices.json", kList)},
                {{"BOBBIN_DB", dir.File("calls.db")}});
  CHECK(done.code == 0);
  CHECK(fs::exists(dir.File("calls.db")));
}

// Runs an import that must end with `code` and one plain sentence about
// `subject`.
void CheckRefused(const std::string& list, const std::string& db, int code,
                  const std::string& subject) {
  const Finished refused = Import(list, db);
  CAPTURE(refused.err);
  CHECK(refused.code == code);
  CHECK(refused.out.empty());
  CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
  CHECK_THAT(refused.err, Catch::StartsWith("bobbin: "));
  CHECK_THAT(refused.err, Catch::EndsWith(".\n"));
  CHECK_THAT(refused.err, Catch::Contains(subject));
}

TEST_CASE("a list that is no good is refused before the file is made",
          "[e2e]") {
  const TempDir dir;
  struct Row {
    std::string content;
    std::string subject;
  };
  const auto [content, subject] = GENERATE(values<Row>({
      {"", "is not JSON"},
      {"<html>", "is not JSON: Expecting value at character 0"},
      {R"([{"model":"m"}])", "is not a price list"},
      {"{}", "has no prices"},
      {R"({"m":{"input_cost_per_token":"much"}})", "input_cost_per_token of m"},
  }));
  CheckRefused(Write(dir, "prices.json", content), dir.File("calls.db"), 1,
               subject);
  CHECK_FALSE(fs::exists(dir.File("calls.db")));
}

TEST_CASE("a list that can't be read is refused", "[e2e]") {
  const TempDir dir;
  CheckRefused(dir.File("missing.json"), dir.File("calls.db"), 1,
               "missing.json: No such file");
  CheckRefused(dir.path(), dir.File("calls.db"), 1, "Is a directory");
  CHECK_FALSE(fs::exists(dir.File("calls.db")));
}

TEST_CASE("prices are not put into a file that is served", "[e2e]") {
  const TempDir dir;
  const std::string db = dir.File("calls.db");
  Served bobbin({"--db", db});
  CheckRefused(Write(dir, "prices.json", kList), db, 7, db);
  Client client = bobbin.NewClient();
  CHECK(CostsOf(client, "gpt-4o").empty());
}

TEST_CASE("prices are not put into a file of something else", "[e2e]") {
  const TempDir dir;
  const std::string list = Write(dir, "prices.json", kList);
  CheckRefused(list, Write(dir, "notes.txt", "Dear diary"), 5, "notes.txt");
  const std::string other = dir.File("other.db");
  SQLite::Database(other, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE birds (name TEXT)");
  CheckRefused(list, other, 5, other);
  CheckRefused(list, dir.path(), 4, dir.path());
}

TEST_CASE("`prices` explains itself, and wants to know what to do", "[e2e]") {
  const Finished help = RunBobbin({"prices", "import", "--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("--db"));
  CHECK_THAT(help.out, Catch::Contains("BOBBIN_DB"));
  CHECK(RunBobbin({"prices"}).code == 2);
  CHECK(RunBobbin({"prices", "import"}).code == 2);
  CHECK(RunBobbin({"prices", "export"}).code == 2);
}

}  // namespace
}  // namespace bobbin::testing
