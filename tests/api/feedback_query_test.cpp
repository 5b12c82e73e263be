// Asking for feedback (contract section 10). What comparisons mean is the
// business of tests/query; here is that they reach the rows.

#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// Four pieces of feedback, a second apart:
//   f1 custom, score 2        on c1, by Ann
//   f2 note                   on c1, by Bob
//   f3 custom, score 10       on c2
//   f4 custom, score null     on an object
void Fill(Api& api) {
  const char* bodies[] = {
      R"({"id":"f1","project_id":"team/app","creator":"Ann",
          "weave_ref":"weave:///team/app/call/c1","feedback_type":"custom",
          "payload":{"score":2,"deep":{"a.b":[1.50]}},
          "scorer_ratings":{"quality":0.5}})",
      R"({"id":"f2","project_id":"team/app","creator":"Bob",
          "weave_ref":"weave:///team/app/call/c1",
          "feedback_type":"wandb.note.1","payload":{"note":"well"}})",
      R"({"id":"f3","project_id":"team/app",
          "weave_ref":"weave:///team/app/call/c2","feedback_type":"custom",
          "payload":{"score":10}})",
      R"({"id":"f4","project_id":"team/app",
          "weave_ref":"weave:///team/app/object/o:v1",
          "feedback_type":"custom","payload":{"score":null}})"};
  for (const char* body : bodies) {
    api.Ok("/feedback/create", body);
    api.clock.now_us += 1'000'000;
  }
  api.Ok("/feedback/create",
         R"({"id":"x1","project_id":"team/other","weave_ref":"r",
             "feedback_type":"custom","payload":{}})");
}

std::string Asking(std::string_view more) {
  return R"({"project_id":"team/app")" + std::string(more) + "}";
}

// `,"query":{...}` around an operation.
std::string Where(std::string_view operation) {
  return R"(,"query":{"$expr":)" + std::string(operation) + "}";
}

TEST_CASE("feedback is found by query, in the order asked for",
          "[api][feedback]") {
  struct Row {
    std::string more;
    std::string ids;
    int total;
  };
  const Row row = GENERATE(values<Row>({
      {"", "f1 f2 f3 f4", 4},
      {R"(,"fields":null,"query":null,"sort_by":null,"limit":null)",
       "f1 f2 f3 f4", 4},
      {R"(,"fields":[],"sort_by":[])", "f1 f2 f3 f4", 4},
      {R"(,"limit":2)", "f1 f2", 4},
      {R"(,"limit":2,"offset":3)", "f4", 4},
      {R"(,"offset":2)", "f3 f4", 4},
      {R"(,"limit":0)", "", 4},
      {R"(,"sort_by":[{"field":"created_at","direction":"desc"}],"limit":1)",
       "f4", 4},
      {R"(,"sort_by":[{"field":"weave_ref","direction":"desc"},
                      {"field":"id","direction":"desc"}])",
       "f4 f3 f2 f1", 4},
      {R"(,"sort_by":[{"field":"creator","direction":"asc"}])", "f1 f2 f3 f4",
       4},
      {R"(,"sort_by":[{"field":"creator","direction":"desc"}])", "f2 f1 f3 f4",
       4},
      {R"(,"sort_by":[{"field":"payload.score","direction":"desc"}])",
       "f3 f1 f2 f4", 4},
      {R"(,"sort_by":[{"field":"scorer_ratings.quality","direction":"asc"}])",
       "f1 f2 f3 f4", 4},
      {Where(R"({"$eq":[{"$getField":"weave_ref"},
                        {"$literal":"weave:///team/app/call/c1"}]})"),
       "f1 f2", 2},
      {Where(R"({"$in":[{"$getField":"weave_ref"},
                        [{"$literal":"weave:///team/app/call/c1"},
                         {"$literal":"weave:///team/app/call/c2"}]]})") +
           R"(,"limit":1)",
       "f1", 3},
      {Where(R"({"$eq":[{"$getField":"id"},{"$literal":"f3"}]})"), "f3", 1},
      {Where(R"({"$eq":[{"$literal":"f3"},{"$getField":"id"}]})"), "f3", 1},
      {Where(R"({"$eq":[{"$getField":"id"},{"$literal":"x1"}]})"), "", 0},
      {Where(R"({"$and":[
           {"$eq":[{"$getField":"feedback_type"},{"$literal":"custom"}]},
           {"$gt":[{"$getField":"payload.score"},{"$literal":1}]}]})"),
       "f1 f3", 2},
      {Where(R"({"$or":[
           {"$eq":[{"$getField":"id"},{"$literal":"f1"}]},
           {"$eq":[{"$getField":"id"},{"$literal":"f4"}]}]})"),
       "f1 f4", 2},
      {Where(R"({"$not":[{"$eq":[{"$getField":"feedback_type"},
                                 {"$literal":"custom"}]}]})"),
       "f2", 1},
      {Where(R"({"$contains":{"input":{"$getField":"payload.note"},
                              "substr":{"$literal":"EL"},
                              "case_insensitive":true}})"),
       "f2", 1},
      {Where(R"({"$eq":[{"$convert":{"input":{"$getField":"payload.score"},
                                     "to":"exists"}},{"$literal":true}]})"),
       "f1 f3 f4", 3},
      {Where(R"({"$eq":[{"$getField":"scorer_ratings.quality"},
                        {"$literal":0.5}]})"),
       "f1", 1},
      {Where(R"({"$gte":[{"$getField":"created_at"},
                         {"$literal":"2023-11-14T22:13:22Z"}]})"),
       "f3 f4", 2},
      {Where(R"({"$lt":[{"$getField":"created_at"},
                        {"$literal":1700000001}]})"),
       "f1", 1},
      {Where(R"({"$eq":[{"$getField":"project_id"},
                        {"$literal":"team/app"}]})"),
       "f1 f2 f3 f4", 4},
      {Where(R"({"$eq":[{"$getField":"creator"},{"$literal":null}]})"), "f3 f4",
       2},
      {Where(R"({"$eq":[{"$literal":"1"},{"$literal":"1"}]})"), "f1 f2 f3 f4",
       4},
  }));
  CAPTURE(row.more);
  Api api;
  Fill(api);
  const Json answer = Json::parse(api.Ok("/feedback/query", Asking(row.more)));
  std::string ids;
  for (const Json& one : answer.at("result")) {
    ids += (ids.empty() ? "" : " ") + one.at("id").get<std::string>();
  }
  CHECK(ids == row.ids);
  CHECK(answer.at("total_count") == row.total);
}

TEST_CASE("an answer has the fields asked for, JSON as it was sent",
          "[api][feedback]") {
  struct Row {
    std::string more;
    std::string answer;
  };
  const Row row = GENERATE(values<Row>({
      {R"(,"fields":["id"],"limit":1)", R"([{"id":"f1"}])"},
      {R"(,"fields":["payload.score","id"])",
       R"([{"payload.score":2,"id":"f1"},{"payload.score":null,"id":"f2"},)"
       R"({"payload.score":10,"id":"f3"},{"payload.score":null,"id":"f4"}])"},
      {R"(,"fields":["payload.deep","payload.deep.a\\.b.0"],"limit":1)",
       R"([{"payload.deep":{"a.b":[1.50]},"payload.deep.a\\.b.0":1.50}])"},
      {R"(,"fields":["scorer_ratings","scorer_ratings.quality",)"
       R"("scorer_tags","scorer_tag_reasons.x","span_trace_id"],"limit":1)",
       R"([{"scorer_ratings":{"quality":0.5},"scorer_ratings.quality":0.5,)"
       R"("scorer_tags":[],"scorer_tag_reasons.x":null,"span_trace_id":""}])"},
      {R"(,"fields":["id","id","creator"],"limit":1,"offset":2)",
       R"([{"id":"f3","creator":null}])"},
      {R"j(,"fields":["count(*)"])j", R"j([{"count(*)":4}])j"},
      {R"j(,"fields":["COUNT(*)"],"limit":1)j", R"j([{"count(*)":4}])j"},
      {R"j(,"fields":["count(*)"])j" +
           Where(R"({"$eq":[{"$getField":"creator"},{"$literal":"Ann"}]})"),
       R"j([{"count(*)":1}])j"},
      {R"(,"fields":["project_id","created_at"],"limit":1)",
       R"([{"project_id":"team/app","created_at":"2023-11-14T22:13:20Z"}])"},
  }));
  CAPTURE(row.more);
  Api api;
  Fill(api);
  const std::string answer = api.Ok("/feedback/query", Asking(row.more));
  CHECK_THAT(answer, Catch::StartsWith(R"({"result":)" + row.answer +
                                       R"(,"total_count":)"));
}

TEST_CASE("a star is all fields", "[api][feedback]") {
  Api api;
  Fill(api);
  CHECK(api.Ok("/feedback/query", Asking(R"(,"fields":["*"])")) ==
        api.Ok("/feedback/query", Asking("")));
}

TEST_CASE("what can't be asked of feedback, and why", "[api][feedback]") {
  struct Row {
    std::string more;
    int status;
    std::string reason;
  };
  const Row row = GENERATE(values<Row>({
      {R"(,"limit":-1)", 400, "limit must not be negative"},
      {R"(,"offset":-1)", 400, "offset must not be negative"},
      {R"(,"fields":["id","nope"])", 400, "Unknown field: nope"},
      {R"(,"fields":["payloads.a"])", 400, "Unknown field: payloads.a"},
      {R"(,"fields":["id.x"])", 400, "Unknown field: id.x"},
      {R"(,"fields":["payload."])", 400, "Unknown field: payload."},
      {R"(,"fields":[""])", 400, "Unknown field: "},
      {R"(,"fields":["call_id"])", 400, "Unknown field: call_id"},
      {R"(,"fields":["f.id"])", 400, "Unknown field: f.id"},
      {R"(,"fields":["id; DROP TABLE feedback"])", 400,
       "Unknown field: id; DROP TABLE feedback"},
      {R"j(,"fields":["id","count(*)"])j", 400,
       "count(*) cannot be asked for beside other fields"},
      {R"(,"sort_by":[{"field":"nope","direction":"asc"}])", 400,
       "Unknown field: nope"},
      {Where(R"({"$eq":[{"$getField":"nope"},{"$literal":1}]})"), 400,
       "Unknown field: nope"},
      {Where(R"({"$and":[]})"), 400, "Empty AND operation"},
      {Where(R"({"$or":[]})"), 400, "Empty OR operation"},
  }));
  CAPTURE(row.more);
  Api api;
  Fill(api);
  CHECK(ReasonOf(api.Post("/feedback/query", Asking(row.more)), row.status) ==
        row.reason);
}

TEST_CASE("as many sort fields as allowed", "[api][feedback]") {
  Api api;
  Fill(api);
  std::string keys = R"({"field":"payload.a","direction":"asc"})";
  for (int i = 1; i < 16; ++i) {
    keys += R"(,{"field":"payload.)" + std::to_string(i) +
            R"(","direction":"desc"})";
  }
  api.Ok("/feedback/query", Asking(R"(,"sort_by":[)" + keys + "]"));
  CHECK(ReasonOf(api.Post("/feedback/query",
                          Asking(R"(,"sort_by":[)" + keys +
                                 R"(,{"field":"id","direction":"asc"}])")),
                 400) == "sort_by takes at most 16 fields");
}

TEST_CASE("a project that nobody has written to has no feedback",
          "[api][feedback]") {
  Api api;
  CHECK(api.Ok("/feedback/query", R"({"project_id":"un/known"})") ==
        R"({"result":[],"total_count":0})");
  CHECK(api.Ok("/feedback/query",
               R"j({"project_id":"un/known","fields":["count(*)"]})j") ==
        R"j({"result":[{"count(*)":0}],"total_count":0})j");
  ReasonOf(api.Post("/feedback/query", R"({"project_id":"app"})"), 400);
}

TEST_CASE("a long answer is streamed, whole", "[api][feedback]") {
  Api api(Transport::kPort, db::Durability::kNormal);
  constexpr int kCount = 3000;
  std::vector<std::string> items;
  const std::string text(100, 'x');
  for (int i = 0; i < kCount; ++i) {
    items.push_back(R"({"id":"f)" + std::to_string(i) +
                    R"(","project_id":"team/app","weave_ref":"r",
                        "feedback_type":"t","payload":{"a":")" +
                    text + "\"}}");
  }
  api.Ok("/feedback/batch/create", Batch(items));
  const Json answer = Json::parse(api.Ok("/feedback/query", Asking("")));
  REQUIRE(answer.at("result").size() == kCount);
  CHECK(answer.at("result")[kCount - 1].at("id") ==
        "f" + std::to_string(kCount - 1));
  CHECK(answer.at("total_count") == kCount);
}

}  // namespace
}  // namespace bobbin::testing
