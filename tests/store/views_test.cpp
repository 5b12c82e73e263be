// The views that the file has for people and other tools.
#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

TEST_CASE_METHOD(StoreFixture, "v_calls tells times as the API does",
                 "[store]") {
  REQUIRE(Record(AComplete("c1").At(-500'000).Until(1'700'000'000'123'456),
                 AComplete("c2").At(-62'135'596'799'999'999).Until(0))
              .ok());
  CHECK(RowsIn(*database,
               "SELECT started_at || ' ' || ended_at FROM v_calls ORDER BY "
               "id") ==
        std::vector<std::string>{"1969-12-31T23:59:59.500000Z "
                                 "2023-11-14T22:13:20.123456Z",
                                 "0001-01-01T00:00:00.000001Z "
                                 "1970-01-01T00:00:00.000000Z"});
}

TEST_CASE_METHOD(StoreFixture, "v_calls shows a call that is under way",
                 "[store]") {
  REQUIRE(Record(AStart("c1"), AnEnd("hidden")).ok());
  CHECK(RowsIn(*database,
               "SELECT id || ' ' || status || ' ' || (ended_at IS NULL) || ' ' "
               "|| (latency_ms IS NULL) FROM v_calls") ==
        std::vector<std::string>{"c1 running 1 1"});
}

TEST_CASE_METHOD(StoreFixture, "v_call_tree puts calls below their parents",
                 "[store]") {
  REQUIRE(Record(AComplete("r").At(10), AComplete("b").At(30).Under("r"),
                 AComplete("a").At(20).Under("r"),
                 AComplete("a2").At(40).Under("a"),
                 AComplete("stray").At(5).Under("unknown"),
                 AComplete("ring").At(50).Under("ring2"),
                 AComplete("ring2").At(60).Under("ring"), AnEnd("hidden"))
              .ok());
  CHECK(RowsIn(*database,
               "SELECT id || ' ' || depth || ' ' || op_name FROM v_call_tree "
               "WHERE trace_id = 't1' AND id NOT LIKE 'ring%' ORDER BY path") ==
        std::vector<std::string>{"stray 0 op", "r 0 op", "a 1 op", "a2 2 op",
                                 "b 1 op"});
  CHECK(NumberIn(*database, "SELECT count(*) FROM v_call_tree") == 7);
}

TEST_CASE_METHOD(StoreFixture, "v_call_tree of a trace uses its index",
                 "[store]") {
  std::string plan;
  const Status status = database->Read([&](db::Connection& connection) {
    db::Query query(connection,
                    "EXPLAIN QUERY PLAN SELECT * FROM v_call_tree WHERE "
                    "trace_id = 't1'");
    while (query.Row()) plan += std::string(query.Text(3)) + "\n";
    return Status();
  });
  REQUIRE(status.ok());
  CAPTURE(plan);
  CHECK(plan.find("SEARCH c USING INDEX calls_by_trace") != std::string::npos);
  CHECK(plan.find("SEARCH a USING INDEX calls_by_id") != std::string::npos);
}

TEST_CASE_METHOD(StoreFixture, "v_objects tells the versions there are",
                 "[store]") {
  REQUIRE(Record(AComplete("c1")).ok());  // so that there is a project
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec(
                    "INSERT INTO objects (row_id, project, kind, object_id, "
                    "version_index, digest, published_at_us, publish_order, "
                    "created_at_us, deleted_at_us, val) VALUES "
                    "(1, 1, 'object', 'o', 0, 'd0', 1, 1, 1, NULL, '1'), "
                    "(2, 1, 'object', 'o', 1, 'd1', 1, 2, 1500000, NULL, '2'), "
                    "(3, 1, 'object', 'o', 2, 'd2', 1, 3, 1, 9, '3')");
                connection.Exec(
                    "INSERT INTO object_tags VALUES (1, 'y', 2), (1, 'x', 2)");
                connection.Exec(
                    "INSERT INTO object_aliases VALUES (1, 'o', 'best', 1)");
                return Status();
              })
              .ok());
  CHECK(RowsIn(*database,
               "SELECT project_id || ' ' || object_id || ' ' || version_index "
               "|| ' ' || digest || ' ' || is_latest || ' ' || created_at || "
               "' ' || tags || ' ' || aliases || ' ' || val FROM v_objects "
               "ORDER BY version_index") ==
        std::vector<std::string>{
            "team/app o 0 d0 0 1970-01-01T00:00:00.000001Z [] [\"best\"] 1",
            "team/app o 1 d1 1 1970-01-01T00:00:01.500000Z [\"x\",\"y\"] "
            "[] 2"});
}

TEST_CASE_METHOD(StoreFixture, "v_feedback shows feedback with its project",
                 "[store]") {
  REQUIRE(Record(AComplete("c1")).ok());
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec(
                    "INSERT INTO feedback (project, id, weave_ref, call_id, "
                    "feedback_type, created_at_us, payload) VALUES (1, 'f', "
                    "'weave:///team/app/call/c1', 'c1', 'note', -1, '{}')");
                return Status();
              })
              .ok());
  CHECK(RowsIn(*database,
               "SELECT project_id || ' ' || id || ' ' || call_id || ' ' || "
               "feedback_type || ' ' || created_at || ' ' || payload FROM "
               "v_feedback") ==
        std::vector<std::string>{
            "team/app f c1 note 1969-12-31T23:59:59.999999Z {}"});
}

TEST_CASE_METHOD(StoreFixture,
                 "v_costs has a row for each call and model, and tells which "
                 "to leave out of sums",
                 "[store]") {
  const std::string_view usage =
      R"({"usage":{"m":{"prompt_tokens":10,"output_tokens":2,
          "cache_read_input_tokens":4},"n":{"total_tokens":7},"x":1}})";
  REQUIRE(Record(AComplete("r").At(10).Summary(usage),
                 AComplete("k").At(20).Under("r").Summary(usage),
                 AComplete("o").Summary("{}"))
              .ok());
  REQUIRE(database
              ->Write([](db::Connection& connection) {
                connection.Exec(
                    "INSERT INTO prices (project, id, llm_id, provider_id, "
                    "effective_at_us, prompt_token_cost, "
                    "completion_token_cost, cache_read_input_token_cost, "
                    "cache_creation_input_token_cost, prompt_token_cost_unit, "
                    "completion_token_cost_unit, created_at_us) VALUES "
                    "(NULL, 'a', 'm', 'p', 0, 100, 100, 100, 100, '', '', 1), "
                    "(1, 'b', 'm', 'p', 0, 1, 2, 0.5, 0, '', '', 1), "
                    "(1, 'c', 'm', 'p', 15, 2, 2, 0.5, 0, '', '', 1)");
                return Status();
              })
              .ok());
  CHECK(RowsIn(*database,
               "SELECT call_id || ' ' || model || ' ' || prompt_tokens || ' ' "
               "|| completion_tokens || ' ' || total_tokens || ' ' || "
               "coalesce(total_cost, 'none') || ' ' || has_used_below FROM "
               "v_costs ORDER BY call_id, model") ==
        std::vector<std::string>{"k m 10 2 12 18.0 0", "k n 0 0 7 none 0",
                                 "r m 10 2 12 12.0 1", "r n 0 0 7 none 1"});
}

}  // namespace
}  // namespace bobbin::testing
