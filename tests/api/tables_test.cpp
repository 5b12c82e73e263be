// Tables (contract section 7).

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

using Strings = std::vector<std::string>;

// Of {"a":1}, {"a":2} and the table of both (contract section 6.1).
constexpr std::string_view kOne = "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA";
constexpr std::string_view kTwo = "5anVsDAOD1DTcuWp3fokIIqsmpQM6aNvJHOHIhriBf4";
constexpr std::string_view kBoth =
    "1c95cdc46a75d6e7e971986a80adfcd676dd22f2222a3405c7743f3db8df6785";
constexpr std::string_view kEmpty =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string List(const Strings& items) {
  std::string text = "[";
  for (const std::string& item : items) {
    if (text.size() > 1) text += ',';
    text += item;
  }
  return text + "]";
}

Body ATable(const Strings& rows) {
  return {{"project_id", Quoted(kProject)}, {"rows", List(rows)}};
}
std::string Envelope(const Body& table) {
  return R"({"table":)" + table.json() + "}";
}
std::string Create(Api& api, const Strings& rows) {
  return Json::parse(api.Ok("/table/create", Envelope(ATable(rows))))
      .at("digest");
}
Body AQuery(std::string_view digest) {
  return {{"project_id", Quoted(kProject)}, {"digest", Quoted(digest)}};
}
Body AnUpdate(std::string_view base, const Strings& updates) {
  return {{"project_id", Quoted(kProject)},
          {"base_digest", Quoted(base)},
          {"updates", List(updates)}};
}
// The `val`s of an answer, as text without blanks.
std::string Vals(Api& api, const Body& query) {
  std::string vals;
  const Json answer = Json::parse(api.Ok("/table/query", query.json()));
  for (const Json& row : answer.at("rows")) vals += row.at("val").dump();
  return vals;
}

TEST_CASE("a table and its rows have the digests of the hosted service",
          "[api][tables]") {
  Api api;
  CHECK(api.Ok("/table/create",
               Envelope(ATable({R"({"a":1})", R"({ "a" : 2 })"}))) ==
        R"({"digest":")" + std::string(kBoth) + R"(","row_digests":[")" +
            std::string(kOne) + R"(",")" + std::string(kTwo) + R"("]})");
  CHECK(api.Ok("/table/create", Envelope(ATable({}))) ==
        R"({"digest":")" + std::string(kEmpty) + R"(","row_digests":[]})");
}

TEST_CASE("rows come back byte by byte, in their order", "[api][tables]") {
  Api api;
  const Strings rows{R"({"a":1})",
                     R"({ "b" : 1.0, "a": 1e400 })",
                     R"({"a":1})",
                     R"({"big":123456789012345678901234567890})",
                     R"({"s":"\ud83d é 中 \u00e9 \/"})",
                     R"({"a":1,"a":2})",
                     R"({"nested":{"list":[[],{},null,true]}})",
                     "{}"};
  const Json created =
      Json::parse(api.Ok("/table/create", Envelope(ATable(rows))));
  const std::string digest = created.at("digest");
  std::string want = R"({"rows":[)";
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) want += ',';
    want += R"({"digest":)" + created.at("row_digests")[i].dump() +
            R"(,"val":)" + rows[i] + R"(,"original_index":)" +
            std::to_string(i) + "}";
  }
  want += "]}";
  const std::string path = GENERATE("/table/query", "/traces/table/query");
  CHECK(api.Ok(path, AQuery(digest).json()) == want);
}

TEST_CASE("a stream has a row on each line", "[api][tables]") {
  Api api;
  const std::string digest = Create(api, {"{\n\"a\":\r\n1}", R"({"a":"\n"})"});
  const api::Response response =
      api.Post("/table/query_stream", AQuery(digest).json());
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/jsonl");
  CHECK_THAT(response.body,
             Catch::Contains(R"("val":{ "a":  1},"original_index":0})"
                             "\n"));
  CHECK_THAT(response.body,
             Catch::EndsWith(R"("val":{"a":"\n"},"original_index":1})"
                             "\n"));
  CHECK(std::ranges::count(response.body, '\n') == 2);
  CHECK(api.Ok("/table/query_stream", AQuery("unknown").json()).empty());
  api::Request request{.method = "POST",
                       .path = "/table/query_stream",
                       .content_type = "application/json",
                       .accept = "application/x-ndjson",
                       .body = AQuery(digest).json()};
  CHECK(api.Send(request).content_type == "application/x-ndjson");
}

TEST_CASE("a large table is created and read over a port", "[api][tables]") {
  Api api(Transport::kPort, db::Durability::kNormal);
  constexpr int kRows = 20'000;
  Strings rows;
  for (int i = 0; i < kRows; ++i) {
    rows.push_back(R"({"i":)" + std::to_string(i) + "}");
  }
  const std::string digest = Create(api, rows);
  CHECK(api.Ok("/table/query_stats", AQuery(digest).json()) ==
        R"({"count":20000})");
  std::string all;
  for (const std::string& row : rows) all += row;
  CHECK((Vals(api, AQuery(digest)) == all));
  const Body page = AQuery(digest).With("limit", "2").With("offset", "19997");
  CHECK(Vals(api, page) == R"({"i":19997}{"i":19998})");
  api.Restart();
  CHECK(Vals(api, page) == R"({"i":19997}{"i":19998})");
  const std::string lines =
      api.Ok("/table/query_stream", AQuery(digest).json());
  CHECK(std::ranges::count(lines, '\n') == kRows);
}

TEST_CASE("a query may filter, sort and page", "[api][tables]") {
  Api api;
  const std::string digest = Create(
      api, {R"({"a":1})", R"({"a":2})", R"({"a":{"b.c":1}})", R"({"a":3})"});
  struct Row {
    std::string member, value, vals;
  };
  const Row row = GENERATE(values<Row>({
      {"limit", "2", R"({"a":1}{"a":2})"},
      {"limit", "0", ""},
      {"limit", "null", R"({"a":1}{"a":2}{"a":{"b.c":1}}{"a":3})"},
      {"offset", "3", R"({"a":3})"},
      {"offset", "4", ""},
      {"offset", "9223372036854775807", ""},
      {"filter", "null", R"({"a":1}{"a":2}{"a":{"b.c":1}}{"a":3})"},
      {"filter", "{}", R"({"a":1}{"a":2}{"a":{"b.c":1}}{"a":3})"},
      {"filter", R"({"row_digests":[]})",
       R"({"a":1}{"a":2}{"a":{"b.c":1}}{"a":3})"},
      {"filter", R"({"row_digests":["unknown"]})", ""},
      {"filter",
       R"({"row_digests":["5anVsDAOD1DTcuWp3fokIIqsmpQM6aNvJHOHIhriBf4"]})",
       R"({"a":2})"},
      {"sort_by", "[]", R"({"a":1}{"a":2}{"a":{"b.c":1}}{"a":3})"},
      {"sort_by", R"([{"field":"a","direction":"desc"}])",
       R"({"a":3}{"a":2}{"a":1}{"a":{"b.c":1}})"},
      {"sort_by", R"([{"field":"a.b\\.c","direction":"asc"}])",
       R"({"a":{"b.c":1}}{"a":1}{"a":2}{"a":3})"},
      {"sort_by", R"([{"field":"nothing","direction":"asc"}])",
       R"({"a":1}{"a":2}{"a":{"b.c":1}}{"a":3})"},
  }));
  CAPTURE(row.member, row.value);
  CHECK(Vals(api, AQuery(digest).With(row.member, row.value)) == row.vals);
}

TEST_CASE("an update makes another table", "[api][tables]") {
  Api api;
  const std::string base = Create(api, {R"({"a":1})", R"({"a":2})"});
  const std::string updates[] = {R"({"append":{"row":{"a":3}}})",
                                 R"({"pop":{"index":0}})",
                                 R"({"insert":{"index":"1","row":{"a":1}}})"};
  const Json updated = Json::parse(
      api.Ok("/table/update",
             AnUpdate(base, {updates[0], updates[1], updates[2]}).json()));
  const std::string digest = updated.at("digest");
  CHECK(Vals(api, AQuery(digest)) == R"({"a":2}{"a":1}{"a":3})");
  CHECK(Vals(api, AQuery(base)) == R"({"a":1}{"a":2})");
  REQUIRE(updated.at("updated_row_digests").size() == 3);
  CHECK(updated.at("updated_row_digests")[1] == kOne);
  CHECK(updated.at("updated_row_digests")[2] == kOne);
  CHECK(updated.size() == 2);
  // Nothing to do: the same table.
  CHECK(api.Ok("/table/update", AnUpdate(base, {}).json()) ==
        R"({"digest":")" + base + R"(","updated_row_digests":[]})");
}

TEST_CASE("a table is made of the digests of rows that are there",
          "[api][tables]") {
  Api api;
  Create(api, {R"({"a":1})", R"({"a":2})", R"({"a":3})"});
  const Body both{{"project_id", Quoted(kProject)},
                  {"row_digests", List({Quoted(kOne), Quoted(kTwo)})}};
  const std::string digest = R"({"digest":")" + std::string(kBoth) + R"("})";
  CHECK(api.Ok("/table/create_from_digests", both.json()) == digest);
  CHECK(Vals(api, AQuery(kBoth)) == R"({"a":1}{"a":2})");
  CHECK(api.Ok("/table/create_from_digests",
               both.WithText("expected_digest", kBoth).json()) == digest);
  // What Python asks to find out whether there is such a route.
  CHECK(api.Ok("/table/create_from_digests",
               R"({"project_id":"team/new","row_digests":[]})") ==
        R"({"digest":")" + std::string(kEmpty) + R"("})");
  const api::Response response =
      api.Post("/table/create_from_digests",
               both.With("row_digests", List({Quoted("b\\u0000"), Quoted(kOne),
                                              Quoted("a"), Quoted("a")}))
                   .json());
  CHECK(ReasonOf(response, 400) ==
        std::string("Row digests not found: b\0 and 1 more", 36));
  CHECK(Json::parse(response.body).at("missing_row_digests") ==
        Json({std::string("b\0", 2), "a"}));
}

TEST_CASE("an expected digest must be the table's", "[api][tables]") {
  Api api;
  const Strings rows{R"({"a":1})", R"({"a":2})"};
  const Body table = ATable(rows);
  api.Ok("/table/create", Envelope(table.WithText("expected_digest", kBoth)));
  const Body digests{{"project_id", Quoted(kProject)},
                     {"row_digests", List({Quoted(kTwo)})},
                     {"expected_digest", Quoted(kBoth)}};
  for (const api::Response& response :
       {api.Post(
            "/table/create",
            Envelope(
                ATable({R"({"a":2})"}).WithText("expected_digest", kBoth))),
        api.Post("/table/create_from_digests", digests.json())}) {
    CHECK_THAT(ReasonOf(response, 409),
               Catch::StartsWith("Client table digest " + std::string(kBoth) +
                                 " != server digest "));
    CHECK(Json::parse(response.body).at("error_type") == "DigestMismatchError");
  }
}

TEST_CASE("statistics of tables", "[api][tables]") {
  Api api;
  const std::string one = Create(api, {R"({"a":1})"});
  const std::string empty = Create(api, {});
  CHECK(api.Ok("/table/query_stats", AQuery(one).json()) == R"({"count":1})");
  CHECK(api.Ok("/table/query_stats", AQuery(empty).json()) == R"({"count":0})");
  CHECK(api.Ok("/table/query_stats", AQuery("x").json()) == R"({"count":0})");
  const Body batch{{"project_id", Quoted(kProject)}};
  const std::string path = "/table/query_stats_batch";
  CHECK(api.Ok(path, batch.json()) == R"({"tables":[]})");
  CHECK(api.Ok(path, batch.With("digests", "null").json()) ==
        R"({"tables":[]})");
  const Body some = batch.With(
      "digests", List({Quoted("x"), Quoted(one), Quoted(empty), Quoted(one)}));
  CHECK(api.Ok(path, some.json()) ==
        R"({"tables":[{"count":1,"digest":")" + one +
            R"(","storage_size_bytes":null},{"count":0,"digest":")" + empty +
            R"(","storage_size_bytes":null}]})");
  CHECK(Json::parse(
            api.Ok(path, some.With("include_storage_size", "true").json()))
            .at("tables")[0]
            .at("storage_size_bytes") == 7);
}

TEST_CASE("tables are those of one project", "[api][tables]") {
  Api api;
  const std::string digest = Create(api, {R"({"a":1})"});
  const Body other = AQuery(digest).WithText("project_id", "team/two");
  CHECK(api.Ok("/table/query", other.json()) == R"({"rows":[]})");
  CHECK(api.Ok("/table/query_stats", other.json()) == R"({"count":0})");
}

TEST_CASE("what is refused about tables, and why", "[api][tables]") {
  Api api;
  const std::string base = Create(api, {R"({"a":1})"});
  struct Row {
    std::string path;
    Body body;
    int status;
    std::string reason;
  };
  const Body update = AnUpdate(base, {});
  const Body query = AQuery(base);
  std::string many;
  for (int i = 0; i < 1001; ++i) many += i == 0 ? R"("a")" : R"(,"a")";
  const std::string too_many =
      "' request length is greater than max length "
      "(1000). Actual length: 1001";
  const auto row = GENERATE_REF(values<Row>({
      {"/table/update", update.With("updates", R"([{"pop":{"index":1}}])"), 400,
       "Index out of range"},
      {"/table/update", update.With("updates", R"([{"pop":{"index":-1}}])"),
       400, "Index out of range"},
      {"/table/update",
       update.With("updates", R"([{"insert":{"index":2,"row":{}}}])"), 400,
       "Index out of range"},
      {"/table/update",
       update.With("updates", R"([{"insert":{"index":-1,"row":{}}}])"), 400,
       "Index out of range"},
      {"/table/update", update.WithText("base_digest", "unknown"), 404,
       "Table unknown not found"},
      {"/table/update", update.WithText("project_id", "team/two"), 404,
       "Table " + base + " not found"},
      {"/table/query", query.With("limit", "-1"), 400,
       "limit must not be negative"},
      {"/table/query_stream", query.With("offset", "-1"), 400,
       "offset must not be negative"},
      {"/table/query",
       query.With("sort_by", R"([{"field":"a..b","direction":"asc"}])"), 400,
       "Invalid sort field: 'a..b'. Expected a path inside a row's val"},
      {"/table/query",
       query.With("filter", R"({"row_digests":[)" + many + "]}"), 400,
       "Parameter: 'row_digests" + too_many},
      {"/table/query_stats_batch",
       query.Without("digest").With("digests", "[" + many + "]"), 400,
       "Parameter: 'digests" + too_many},
      {"/table/create_from_digests",
       query.Without("digest").With("row_digests", R"(["a"])"), 400,
       "Row digests not found: a"},
  }));
  CAPTURE(row.path, row.body.json());
  CHECK(ReasonOf(api.Post(row.path, row.body.json()), row.status) ==
        row.reason);
}

TEST_CASE("every route of tables wants a project", "[api][tables]") {
  Api api;
  const auto [path, body] = GENERATE(table<std::string, std::string>({
      {"/table/create", R"({"table":{"project_id":"app","rows":[]}})"},
      {"/table/create_from_digests",
       R"({"project_id":"app","row_digests":[]})"},
      {"/table/update",
       R"({"project_id":"app","base_digest":"a","updates":[]})"},
      {"/table/query", R"({"project_id":"app","digest":"a"})"},
      {"/table/query_stream", R"({"project_id":"app","digest":"a"})"},
      {"/table/query_stats", R"({"project_id":"app","digest":"a"})"},
      {"/table/query_stats_batch", R"({"project_id":"app","digests":[]})"},
  }));
  CAPTURE(path);
  CHECK_THAT(ReasonOf(api.Post(path, body), 400),
             Catch::StartsWith("Invalid project_id: 'app'"));
}

TEST_CASE("the shapes of requests about tables", "[api][tables]") {
  struct Row {
    std::string path, body;
    std::string details;  // [type, loc]
  };
  const Row row = GENERATE(values<Row>({
      {"/table/create", "{}", R"([["missing",["body","table"]]])"},
      {"/table/create", R"({"table":{},"more":1})",
       R"([["missing",["body","table","project_id"]],
           ["missing",["body","table","rows"]],
           ["extra_forbidden",["body","more"]]])"},
      {"/table/create",
       R"({"table":{"project_id":1,"rows":[{},1,[],null,"a"],
                    "expected_digest":1,"ignored":1}})",
       R"([["string_type",["body","table","project_id"]],
           ["dict_type",["body","table","rows",1]],
           ["dict_type",["body","table","rows",2]],
           ["dict_type",["body","table","rows",3]],
           ["dict_type",["body","table","rows",4]],
           ["string_type",["body","table","expected_digest"]]])"},
      {"/table/create", R"({"table":{"project_id":"a/b","rows":{}}})",
       R"([["list_type",["body","table","rows"]]])"},
      {"/table/create_from_digests",
       R"({"project_id":"a/b","row_digests":["a",1],"more":1})",
       R"([["string_type",["body","row_digests",1]],
           ["extra_forbidden",["body","more"]]])"},
      {"/table/update", "{}",
       R"([["missing",["body","project_id"]],
           ["missing",["body","base_digest"]],
           ["missing",["body","updates"]]])"},
      {"/table/update",
       R"({"project_id":"a/b","base_digest":"a","updates":[
             {"append":{"row":1}}, {"pop":{}}]})",
       R"([["dict_type",["body","updates",0,"TableAppendSpec","append","row"]],
           ["missing",["body","updates",0,"TablePopSpec","pop"]],
           ["missing",["body","updates",0,"TableInsertSpec","insert"]],
           ["missing",["body","updates",1,"TableAppendSpec","append"]],
           ["missing",["body","updates",1,"TablePopSpec","pop","index"]],
           ["missing",["body","updates",1,"TableInsertSpec","insert"]]])"},
      {"/table/update",
       R"({"project_id":"a/b","base_digest":"a","updates":[
             1, {"insert":{"index":0.5}}]})",
       R"([["model_attributes_type",["body","updates",0,"TableAppendSpec"]],
           ["model_attributes_type",["body","updates",0,"TablePopSpec"]],
           ["model_attributes_type",["body","updates",0,"TableInsertSpec"]],
           ["missing",["body","updates",1,"TableAppendSpec","append"]],
           ["missing",["body","updates",1,"TablePopSpec","pop"]],
           ["int_from_float",
            ["body","updates",1,"TableInsertSpec","insert","index"]],
           ["missing",
            ["body","updates",1,"TableInsertSpec","insert","row"]]])"},
      {"/table/query",
       R"({"project_id":"a/b","digest":null,"filter":{"row_digests":[1],
           "more":1},"limit":"x","offset":[],"sort_by":[{"field":"a"},
           {"field":"a","direction":"up"}],"more":1})",
       R"([["string_type",["body","digest"]],
           ["string_type",["body","filter","row_digests",0]],
           ["extra_forbidden",["body","filter","more"]],
           ["int_parsing",["body","limit"]],
           ["int_type",["body","offset"]],
           ["missing",["body","sort_by",0,"direction"]],
           ["literal_error",["body","sort_by",1,"direction"]],
           ["extra_forbidden",["body","more"]]])"},
      {"/table/query_stream", "[]", R"([["model_attributes_type",["body"]]])"},
      {"/table/query_stats", R"({"project_id":"a/b","more":1})",
       R"([["missing",["body","digest"]],
           ["extra_forbidden",["body","more"]]])"},
      {"/table/query_stats_batch",
       R"({"digests":1,"include_storage_size":2,"more":1})",
       R"([["missing",["body","project_id"]],
           ["list_type",["body","digests"]],
           ["bool_parsing",["body","include_storage_size"]],
           ["extra_forbidden",["body","more"]]])"},
  }));
  CAPTURE(row.path, row.body);
  Api api;
  Json got = Json::array();
  for (const Json& detail : DetailsOf(api.Post(row.path, row.body))) {
    got.push_back({detail.at("type"), detail.at("loc")});
  }
  CHECK(got == Json::parse(row.details));
}

TEST_CASE("an update with two keys is the first that fits", "[api][tables]") {
  Api api;
  const std::string base = Create(api, {R"({"a":1})"});
  const Json updated = Json::parse(api.Ok(
      "/table/update",
      AnUpdate(base, {R"({"append":{"row":1},"pop":{"index":0},"more":1})"})
          .json()));
  CHECK(updated.at("digest") == kEmpty);
}

}  // namespace
}  // namespace bobbin::testing
