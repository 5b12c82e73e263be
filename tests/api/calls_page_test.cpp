// What a list of calls comes in: sorted, cut to pages and columns (contract
// section 4.4).

#include <algorithm>
#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/calls_in_project.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// --- order -----------------------------------------------------------------

// What the tests below sort: a is the earliest, d the latest.
void PutCallsToSort(Api& api) {
  PutComplete(api, AComplete("a")
                       .WithText("started_at", "2024-01-01T00:00:00Z")
                       .WithText("ended_at", "2024-01-01T00:00:04Z")
                       .WithText("op_name", "weave:///team/app/op/zeta:1")
                       .With("wb_run_step", "2")
                       .With("inputs", R"({"n":10,"s":"b","d":{"k":[5,1]}})")
                       .With("output", "3")
                       .With("summary", R"({"x":{"y":2}})"));
  PutComplete(api, AComplete("b")
                       .WithText("started_at", "2024-01-01T00:00:01Z")
                       .WithText("ended_at", "2024-01-01T00:00:02Z")
                       .WithText("op_name", "mu")
                       .WithText("exception", "broke")
                       .With("inputs", R"({"n":9.5,"s":"a","d":{"k":[4,2]}})")
                       .With("output", R"({"v":2})")
                       .With("summary", R"({"x":{"y":1}})"));
  PutComplete(api, AComplete("c")
                       .WithText("started_at", "2024-01-01T00:00:02Z")
                       .WithText("ended_at", "2024-01-01T00:00:10Z")
                       .WithText("op_name", "alpha")
                       .WithText("display_name", "omega")
                       .With("wb_run_step", "1")
                       .With("inputs", R"({"n":"text","s":null})")
                       .With("output", R"({"v":1})")
                       .With("summary", R"({"status_counts":{"error":1}})"));
  PutStart(api, AStart("d")
                    .WithText("started_at", "2024-01-01T00:00:03Z")
                    .WithText("op_name", "nu")
                    .WithText("parent_id", "a")
                    .With("inputs", R"({"s":"c"})"));
}

TEST_CASE(
    "calls are sorted by columns, paths and derived fields, with what "
    "is missing last both ways",
    "[api][query]") {
  struct Row {
    std::string field;
    std::string up;
    std::string down;
  };
  const Row row = GENERATE(values<Row>({
      {"started_at", "a b c d", "d c b a"},
      {"id", "a b c d", "d c b a"},
      {"ended_at", "b a c d", "c a b d"},
      {"op_name", "c b d a", "a d b c"},
      {"display_name", "c a b d", "c a b d"},
      {"exception", "b a c d", "b a c d"},
      {"parent_id", "d a b c", "d a b c"},
      {"wb_run_step", "c a b d", "a c b d"},
      {"thread_id", "a b c d", "a b c d"},
      // Numbers by value, then text; nothing and null last.
      {"inputs.n", "b a c d", "a b c d"},
      {"inputs.s", "b a d c", "d a b c"},
      {"inputs.d.k.0", "b a c d", "a b c d"},
      {"inputs.d.k.1", "a b c d", "b a c d"},
      {"inputs.no.such", "a b c d", "a b c d"},
      {"output.v", "c b a d", "b c a d"},
      {"summary.x.y", "b a c d", "a b c d"},
      {"attributes.none", "a b c d", "a b c d"},
      // As text: descendant_error, error, running, success.
      {"summary.weave.status", "c b d a", "a d b c"},
      {"summary.weave.latency_ms", "b a c d", "c a b d"},
      // mu, nu, omega, zeta
      {"summary.weave.trace_name", "b d c a", "a c d b"},
  }));
  CAPTURE(row.field);
  Api api;
  PutCallsToSort(api);
  const auto sorted = [&](std::string_view direction) {
    return QueryIds(api, R"("sort_by":[{"field":")" + row.field +
                             R"(","direction":")" + std::string(direction) +
                             "\"}]");
  };
  CHECK(sorted("asc") == row.up);
  CHECK(sorted("desc") == row.down);
}

TEST_CASE("calls are sorted by one field after another", "[api][query]") {
  Api api;
  PutStart(api, AStart("a").With("inputs", R"({"x":1,"y":1})"));
  PutStart(api, AStart("b").With("inputs", R"({"x":2,"y":1})"));
  PutStart(api, AStart("c").With("inputs", R"({"x":1,"y":2})"));
  CHECK(QueryIds(api, R"("sort_by":[{"field":"inputs.x","direction":"asc"},
                                    {"field":"inputs.y","direction":"desc"}])") ==
        "c a b");
  CHECK(QueryIds(api, R"("sort_by":[{"field":"inputs.x","direction":"desc"},
                                    {"field":"id","direction":"desc"}])") ==
        "b c a");
}

TEST_CASE("without a sort calls come by start, then by id", "[api][query]") {
  Api api;
  PutStart(api, AStart("z").WithText("started_at", "2024-01-01T00:00:00Z"));
  PutStart(api, AStart("b").WithText("started_at", "2024-01-01T00:00:01Z"));
  PutStart(api, AStart("a").WithText("started_at", "2024-01-01T00:00:01Z"));
  CHECK(QueryIds(api) == "z a b");
  CHECK(QueryIds(api, R"("sort_by":null)") == "z a b");
}

TEST_CASE("an empty sort is any order", "[api][query]") {
  Api api;
  PutCallsToSort(api);
  std::string ids = QueryIds(api, R"("sort_by":[])");
  std::sort(ids.begin(), ids.end());
  CHECK(ids == "   abcd");
}

TEST_CASE("a field that is not one cannot be sorted by", "[api][query]") {
  const std::string field = GENERATE(
      "nope", "", "inputs2", "storage_size_bytes", "total_storage_size_bytes",
      "c.id", "id; DROP TABLE calls", "started_at.x");
  CAPTURE(field);
  Api api;
  const api::Response response =
      api.Post("/calls/stream_query",
               R"({"project_id":"team/app","sort_by":[{"field":")" + field +
                   R"(","direction":"asc"}]})");
  CHECK(ReasonOf(response, 422) == "Field " + field + " is not allowed");
  CHECK(Json::parse(response.body).at("error_type") == "InvalidFieldError");
}

TEST_CASE("a path in a sort is a path and no SQL", "[api][query]") {
  Api api;
  PutStart(api, AStart("a").With("inputs", R"({"it's":{"\"q\"":2},"a.b":1})"));
  PutStart(api, AStart("b").With("inputs", R"({"it's":{"\"q\"":1},"a.b":2})"));
  const auto sorted = [&](const std::string& field) {
    return QueryIds(
        api, R"("sort_by":[{"field":")" + field + R"(","direction":"asc"}])");
  };
  CHECK(sorted(R"(inputs.it's.\"q\")") == "b a");
  CHECK(sorted(R"(inputs.a\\.b)") == "a b");
  CHECK(sorted(R"(inputs.') OR 1=1 --)") == "a b");
}

// --- pages -----------------------------------------------------------------

TEST_CASE("limit and offset cut a page out", "[api][query]") {
  struct Row {
    std::string page;
    std::string ids;
  };
  const Row row = GENERATE(values<Row>({
      {R"("limit":2)", "a b"},
      {R"("limit":2,"offset":1)", "b c"},
      {R"("offset":3)", "d"},
      {R"("offset":4)", ""},
      {R"("limit":0)", ""},
      {R"("limit":100,"offset":0)", "a b c d"},
      {R"("limit":null,"offset":null)", "a b c d"},
      {R"("limit":"1","offset":1.0)", "b"},
      {R"("limit":1,"sort_by":[{"field":"inputs.s","direction":"desc"}])", "d"},
      {R"("limit":2,"offset":1,"sort_by":[{"field":"inputs.s",
                                           "direction":"asc"}])",
       "a d"},
  }));
  CAPTURE(row.page);
  Api api;
  PutCallsToSort(api);
  CHECK(QueryIds(api, row.page) == row.ids);
}

TEST_CASE("a page before the first is refused", "[api][query]") {
  const std::string page = GENERATE(R"("limit":-1)", R"("offset":-1)");
  CAPTURE(page);
  Api api;
  ReasonOf(api.Post("/calls/stream_query",
                    R"({"project_id":"team/app",)" + page + "}"),
           400);
}

// --- columns ---------------------------------------------------------------

TEST_CASE("columns choose what is there; the rest is null or empty",
          "[api][query]") {
  Api api;
  PutComplete(api, AComplete("c1")
                       .WithText("display_name", "N")
                       .WithText("parent_id", "p")
                       .WithText("thread_id", "th")
                       .WithText("turn_id", "tu")
                       .WithText("exception", "broke")
                       .WithText("wb_user_id", "ann")
                       .WithText("wb_run_id", "r")
                       .With("wb_run_step", "1")
                       .With("wb_run_step_end", "2")
                       .With("attributes", R"({"a":1})")
                       .With("inputs", R"({"i":1,"j":2})")
                       .With("output", "1")
                       .With("summary", R"({"s":1})"));
  const Json all = ReadCall(api, "c1");
  struct Row {
    std::string columns;
    std::vector<std::string> chosen;  // beside those that are always there
  };
  const Row row = GENERATE(values<Row>({
      {R"(["id"])", {}},
      {R"(["id","trace_id","project_id","op_name","started_at"])", {}},
      {R"(["inputs"])", {"inputs"}},
      {R"(["inputs.i"])", {"inputs"}},
      {R"(["inputs.no.such"])", {"inputs"}},
      {R"(["attributes.a","output"])", {"attributes", "output"}},
      {R"(["display_name"])", {"display_name"}},
      {R"(["parent_id","thread_id","turn_id"])",
       {"parent_id", "thread_id", "turn_id"}},
      {R"(["ended_at"])", {"ended_at"}},
      {R"(["exception","wb_user_id","wb_run_id","wb_run_step",
           "wb_run_step_end"])",
       {"exception", "wb_user_id", "wb_run_id", "wb_run_step",
        "wb_run_step_end"}},
      {R"(["summary"])", {"summary", "ended_at", "exception", "display_name"}},
      {R"(["summary.weave.status"])",
       {"summary", "ended_at", "exception", "display_name"}},
  }));
  CAPTURE(row.columns);
  const Json call = QueryCalls(api, R"("columns":)" + row.columns).at(0);
  CHECK(Keys(call) == Keys(all));
  for (const auto& [name, value] : all.items()) {
    CAPTURE(name);
    const bool always = name == "id" || name == "trace_id" ||
                        name == "project_id" || name == "op_name" ||
                        name == "started_at";
    const bool chosen =
        always || std::find(row.chosen.begin(), row.chosen.end(), name) !=
                      row.chosen.end();
    if (chosen) {
      CHECK(call.at(name) == value);
    } else if (name == "inputs" || name == "attributes") {
      CHECK(call.at(name) == Json::object());
    } else if (name == "summary") {
      // The derived part is there anyway.
      CHECK(call.at(name) ==
            Json::parse(R"({"weave":{"status":"error","display_name":"N",
                                     "latency_ms":2000}})"));
    } else {
      CHECK(call.at(name).is_null());
    }
  }
}

TEST_CASE("no list of columns is all of them", "[api][query]") {
  Api api;
  PutStart(api, AStart("c1").With("inputs", R"({"i":1})"));
  CHECK(QueryCalls(api, R"("columns":null)").at(0) == ReadCall(api, "c1"));
}

TEST_CASE("a column that is not one is refused", "[api][query]") {
  Api api;
  const std::string column = GENERATE("nope", "", "inputs2.x", ".inputs");
  CAPTURE(column);
  ReasonOf(
      api.Post("/calls/stream_query",
               R"({"project_id":"team/app","columns":[")" + column + "\"]}"),
      422);
}

TEST_CASE("sorting needs no column that is chosen", "[api][query]") {
  Api api;
  PutCallsToSort(api);
  CHECK(QueryIds(api, R"("columns":["id"],"sort_by":
                         [{"field":"inputs.n","direction":"desc"}])") ==
        "a b c d");
}

// --- sizes -----------------------------------------------------------------

TEST_CASE(
    "storage sizes are the bytes of a call's JSON, and of its trace at "
    "the root",
    "[api][query]") {
  Api api;
  const std::string inputs = "{\"x\":\"\u00e9\"}";
  PutComplete(api, AComplete("root")
                       .With("inputs", inputs)
                       .With("output", "12345")
                       .With("summary", R"({"s":1})"));
  PutComplete(api, AComplete("child")
                       .WithText("parent_id", "root")
                       .With("attributes", R"({"a":1})")
                       .With("output", "1"));
  PutComplete(api, AComplete("other").WithText("trace_id", "t2"));
  const int64_t root = 2 + static_cast<int64_t>(inputs.size()) + 5 + 7;
  const int64_t child = 7 + 2 + 1 + 2;
  const std::string order = R"("sort_by":[{"field":"id","direction":"asc"}],)";

  const auto sizes = QueryCalls(api, order + R"("include_storage_size":true)");
  CHECK(sizes[0].at("id") == "child");
  CHECK(sizes[0].at("storage_size_bytes") == child);
  CHECK(sizes[2].at("storage_size_bytes") == root);
  CHECK(sizes[2].at("total_storage_size_bytes").is_null());

  const auto totals =
      QueryCalls(api, order + R"("include_total_storage_size":true)");
  CHECK(totals[0].at("total_storage_size_bytes").is_null());
  CHECK(totals[2].at("total_storage_size_bytes") == root + child);
  CHECK(totals[2].at("storage_size_bytes").is_null());

  const Json read = Json::parse(api.Ok("/call/read",
                                       R"({"project_id":"team/app","id":"root",
                 "include_storage_size":true,
                 "include_total_storage_size":true})"));
  CHECK(read.at("call").at("storage_size_bytes") == root);
  CHECK(read.at("call").at("total_storage_size_bytes") == root + child);

  CHECK(QueryCalls(api, order + R"("columns":["id"],
                                   "include_storage_size":true)")[2]
            .at("storage_size_bytes") == root);
  CHECK(Json::parse(api.Ok("/calls/query_stats",
                           R"({"project_id":"team/app",
                               "filter":{"trace_ids":["t1"]},
                               "include_total_storage_size":true})"))
            .at("total_storage_size_bytes") == root + child);
}

TEST_CASE("storage sizes follow what is stored", "[api][query]") {
  Api api;
  const auto size = [&] {
    return QueryCalls(api, R"("include_storage_size":true)")
        .at(0)
        .at("storage_size_bytes")
        .get<int64_t>();
  };
  PutStart(api, AStart("c1").With("inputs", R"({"x":12345})"));
  const int64_t started = size();
  CHECK(started >= 13);
  PutEnd(api, AnEnd("c1").With("output", "\"0123456789\""));
  CHECK(size() >= started + 12);
  PutComplete(api, AComplete("c1").With("output", "1"));
  CHECK(size() == 2 + 2 + 1 + 2);
}

// --- stats -----------------------------------------------------------------

TEST_CASE("stats count no further than their limit", "[api][query]") {
  Api api;
  PutCallsToSort(api);
  CHECK(CountCalls(api) == 4);
  CHECK(CountCalls(api, R"("limit":null)") == 4);
  CHECK(CountCalls(api, R"("limit":3)") == 3);
  CHECK(CountCalls(api, R"("limit":1)") == 1);
  CHECK(CountCalls(api, R"("limit":10)") == 4);
  CHECK(CountCalls(api, R"("limit":1,"filter":{"call_ids":["nobody"]})") == 0);
  ReasonOf(
      api.Post("/calls/query_stats", R"({"project_id":"team/app","limit":0})"),
      400);
}

// --- the answer itself -----------------------------------------------------

TEST_CASE("a stream is called what the client accepts", "[api][query]") {
  struct Row {
    std::string accept;
    std::string type;
  };
  const Row row = GENERATE(values<Row>({
      {"", "application/jsonl"},
      {"*/*", "application/jsonl"},
      {"application/jsonl", "application/jsonl"},
      {"application/x-ndjson", "application/x-ndjson"},
      {"application/ndjson", "application/ndjson"},
      {"application/json", "application/json"},
  }));
  CAPTURE(row.accept);
  Api api;
  PutStart(api, AStart("c1"));
  const std::string amount = GENERATE("some", "none");
  const api::Response response = api.Send(
      {.method = "POST",
       .path = "/calls/stream_query",
       .content_type = "application/json",
       .accept = row.accept,
       .body = amount == "none" ? R"({"project_id":"team/app","limit":0})"
                                : kInProject});
  CHECK(response.status == 200);
  CHECK(response.content_type == row.type);
}

TEST_CASE("the legacy answer is JSON whatever the client accepts",
          "[api][query]") {
  Api api;
  CHECK(api.Send({.method = "POST",
                  .path = "/calls/query",
                  .content_type = "application/json",
                  .accept = "application/x-ndjson",
                  .body = kInProject})
            .content_type == "application/json");
}

TEST_CASE("a stream of many calls is whole", "[api][query]") {
  Api api;
  constexpr int kCalls = 2000;  // some 1 MB: many pieces
  std::vector<std::string> items;
  for (int i = 0; i < kCalls; ++i) {
    items.push_back(StartItem(AStart("c" + std::to_string(i))));
  }
  api.Ok("/call/upsert_batch", Batch(items));
  CHECK(QueryCalls(api).size() == kCalls);
  CHECK(Json::parse(api.Ok("/calls/query", kInProject)).at("calls").size() ==
        kCalls);
}

TEST_CASE("options without an effect here are taken", "[api][query]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(QueryIds(api, R"("query":null,"expand_columns":[],
                         "latest_only":true,"include_usernames":true,
                         "include_costs":true,
                         "return_expanded_column_values":false)") == "c1");
}

TEST_CASE("a read asks for a project", "[api][query]") {
  Api api;
  for (const char* path :
       {"/calls/stream_query", "/calls/query", "/calls/query_stats"}) {
    CAPTURE(path);
    ReasonOf(api.Post(path, R"({"project_id":"nowhere"})"), 400);
    CHECK(DetailsOf(api.Post(path, "{}"))[0].at("loc") ==
          Json::parse(R"(["body","project_id"])"));
  }
  ReasonOf(api.Post("/call/read", R"({"project_id":"nowhere","id":"c1"})"),
           400);
}

}  // namespace
}  // namespace bobbin::testing
