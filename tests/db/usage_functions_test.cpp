// The aggregates over calls, see db/functions.h.
#include <string>
#include <vector>

#include "db/functions.h"
#include "support/catch.h"

namespace bobbin::db {
namespace {

const std::string kPrices =
    R"([[7,"m",1000,3,0,0,0],[7,"m",0,1,2,0.5,0.25],[0,"m",0,100,100,0,0],)"
    R"([0,"n",5000,10,0,0,0]])";

class UsageFixture {
 protected:
  UsageFixture() {
    AddFunctions(connection);
    connection.Exec("CREATE TABLE c (project, at, usage, k, status, latency)");
  }

  void Add(int64_t project, int64_t at, std::string_view usage, int64_t key = 1,
           int64_t status = 1, std::optional<int64_t> latency = {}) {
    const std::string summary = R"({"usage":)" + std::string(usage) + "}";
    Query(connection, "INSERT INTO c VALUES (?, ?, usage_of(?), ?, ?, ?)")
        .Bind(project)
        .Bind(at)
        .Bind(std::string_view(summary))
        .Bind(key)
        .Bind(status)
        .Bind(latency)
        .Run();
  }

  std::string Ask(const std::string& sql) {
    Query query(connection, sql + " FROM c");
    REQUIRE(query.Row());
    return query.IsNull(0) ? "NULL" : std::string(query.Text(0));
  }
  std::string Totals() {
    return Ask("SELECT usage_totals('" + kPrices + "', project, at, usage)");
  }

  Connection connection{
      ":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0};
};

TEST_CASE_METHOD(UsageFixture, "totals are NULL when nothing was used",
                 "[db]") {
  CHECK(Totals() == "NULL");
  Add(7, 0, "{}");
  Add(7, 0, "null");
  Add(7, 0, R"({"m":1})");
  CHECK(Totals() == "NULL");
}

TEST_CASE_METHOD(UsageFixture,
                 "both names of a count are counted, and a total that is not "
                 "reported is made",
                 "[db]") {
  Add(1, 0, R"({"x":{"prompt_tokens":1,"input_tokens":"2",
                     "completion_tokens":4.0,"output_tokens":null}})");
  CHECK(Totals() == "[3,4,7,null]");
  Add(1, 0, R"({"y":{"total_tokens":100},"x":{"prompt_tokens":1}})");
  CHECK(Totals() == "[4,4,108,null]");
}

TEST_CASE_METHOD(UsageFixture,
                 "a cost is of the price in force at the call's start, the "
                 "project's before the default",
                 "[db]") {
  struct Row {
    int64_t project, at;
    std::string usage, totals;
  };
  const Row row = GENERATE(values<Row>({
      {7, 0, R"({"m":{"prompt_tokens":10,"completion_tokens":5}})",
       "[10,5,15,20.0]"},
      {7, 999, R"({"m":{"prompt_tokens":1}})", "[1,0,1,1.0]"},
      {7, 1000, R"({"m":{"prompt_tokens":1}})", "[1,0,1,3.0]"},
      {7, -1, R"({"m":{"prompt_tokens":1}})", "[1,0,1,3.0]"},
      {8, 0, R"({"m":{"prompt_tokens":1}})", "[1,0,1,100.0]"},
      {8, 0, R"({"n":{"prompt_tokens":1}})", "[1,0,1,10.0]"},
      {8, 0, R"({"o":{"prompt_tokens":1}})", "[1,0,1,null]"},
      {8, 0, R"({"o":{"prompt_tokens":1},"m":{"prompt_tokens":1}})",
       "[2,0,2,100.0]"},
      {7, 0, R"({"m":{"prompt_tokens":10,"cache_read_input_tokens":4,
                      "cache_creation_input_tokens":4}})",
       "[10,0,10,5.0]"},
  }));
  CAPTURE(row.project, row.at, row.usage);
  Add(row.project, row.at, row.usage);
  CHECK(Totals() == row.totals);
}

TEST_CASE_METHOD(UsageFixture, "usage by model has the members of the API",
                 "[db]") {
  Add(7, 0, R"({"m":{"requests":1,"prompt_tokens":2,"completion_tokens":1},
                "a":{"total_tokens":5}})");
  Add(7, 0, R"({"m":{"requests":1,"prompt_tokens":2}})");
  const std::string nulls =
      R"("prompt_tokens_total_cost":null,"completion_tokens_total_cost":null,)"
      R"("cache_read_input_tokens_total_cost":null,)"
      R"("cache_creation_input_tokens_total_cost":null})";
  const std::string a =
      R"({"a":{"requests":0,"prompt_tokens":0,"completion_tokens":0,)"
      R"("total_tokens":5,"cache_read_input_tokens":0,)"
      R"("cache_creation_input_tokens":0,)" +
      nulls;
  const std::string m =
      R"(,"m":{"requests":2,"prompt_tokens":4,"completion_tokens":1,)"
      R"("total_tokens":5,"cache_read_input_tokens":0,)"
      R"("cache_creation_input_tokens":0,)";
  CHECK(Ask("SELECT usage_by_model(NULL, project, at, usage)") ==
        a + m + nulls + "}");
  CHECK(Ask("SELECT usage_by_model('" + kPrices + "', project, at, usage)") ==
        a + m +
            R"("prompt_tokens_total_cost":4.0,)"
            R"("completion_tokens_total_cost":2.0,)"
            R"("cache_read_input_tokens_total_cost":0.0,)"
            R"("cache_creation_input_tokens_total_cost":0.0}})");
}

TEST_CASE_METHOD(UsageFixture,
                 "statistics count calls and errors, and rank latencies",
                 "[db]") {
  const std::string sql = "SELECT call_stats('" + kPrices +
                          "', project, at, usage, k, status, latency)";
  CHECK(Ask(sql) == "NULL");
  for (int i = 1; i <= 100; ++i) Add(7, 0, "{}", 5, i % 10 == 0 ? 2 : 1, i);
  CHECK(Ask(sql) == "[[5,100,10,0.05,0.095,0.099,null,null,null,null]]");
  Add(7, 0, R"({"m":{"prompt_tokens":2}})", 5, 0);  // has not ended
  CHECK(Ask(sql) == "[[5,101,10,0.05,0.095,0.099,2,0,2,2.0]]");
}

TEST_CASE_METHOD(UsageFixture, "a call with two models counts for both",
                 "[db]") {
  Add(7, 0, R"({"m":{"prompt_tokens":2},"x":{"total_tokens":1}})", 0, 2, 1500);
  Add(7, 0, R"({"m":{"prompt_tokens":1}})", 0, 1, 2500);
  Add(7, 0, "{}", 0, 1, 9000);
  CHECK(Ask("SELECT model_stats('" + kPrices +
            "', project, at, usage, status, latency)") ==
        R"([["m",2,1,1.5,2.5,2.5,3,0,3,3.0],)"
        R"(["x",1,1,1.5,1.5,1.5,0,0,1,null]])");
}

TEST_CASE_METHOD(UsageFixture, "sums beyond 64 bits stop there", "[db]") {
  const std::string most = "9223372036854775807";
  for (int i = 0; i < 2; ++i) {
    Add(1, 0,
        R"({"x":{"prompt_tokens":)" + most + R"(,"input_tokens":)" + most +
            "}}");
  }
  CHECK(Totals() == "[" + most + ",0," + most + ",null]");
}

}  // namespace
}  // namespace bobbin::db
