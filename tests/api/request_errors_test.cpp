// What is answered to a body of the wrong shape: contract section 2, row by
// row. What the words of each rule are is in tests/model; here it is that
// they arrive, and where.

#include <string>
#include <vector>

#include "json/document.h"
#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

// One detail, as JSON.
Json ADetail(std::string_view type, const Json& loc, std::string_view msg,
             const Json& input) {
  return {{"type", type}, {"loc", loc}, {"msg", msg}, {"input", input}};
}

// `[type, loc below the base]` of each detail: enough where several errors
// are about order.
Json TypesAndLocs(const Json& details) {
  Json short_form = Json::array();
  for (const Json& detail : details) {
    short_form.push_back({detail.at("type"), detail.at("loc")});
  }
  return short_form;
}

struct WrongField {
  std::string name;
  std::string sent;
  std::string type;
  std::string msg;
  std::string context = "";
};

constexpr const char* kString = "Input should be a valid string";
constexpr const char* kInteger = "Input should be a valid integer";
constexpr const char* kDictionary = "Input should be a valid dictionary";
constexpr const char* kDatetime = "Input should be a valid datetime";

TEST_CASE("a wrong field of a start is named in pydantic's words",
          "[api][errors]") {
  const auto row = GENERATE(values<WrongField>({
      {"project_id", "5", "string_type", kString},
      {"project_id", "null", "string_type", kString},
      {"project_id", "{}", "string_type", kString},
      {"op_name", "true", "string_type", kString},
      {"op_name", "null", "string_type", kString},
      {"id", "5", "string_type", kString},
      {"display_name", "[]", "string_type", kString},
      {"trace_id", "1.5", "string_type", kString},
      {"parent_id", "{\"a\":1}", "string_type", kString},
      {"thread_id", "0", "string_type", kString},
      {"turn_id", "false", "string_type", kString},
      {"wb_user_id", "1", "string_type", kString},
      {"wb_run_id", "1", "string_type", kString},
      {"attributes", "[]", "dict_type", kDictionary},
      {"attributes", "null", "dict_type", kDictionary},
      {"inputs", "\"text\"", "dict_type", kDictionary},
      {"inputs", "1", "dict_type", kDictionary},
      {"otel_dump", "[1]", "dict_type", kDictionary},
      {"wb_run_step", "[]", "int_type", kInteger},
      {"wb_run_step", "{}", "int_type", kInteger},
      {"wb_run_step", "\"five\"", "int_parsing",
       "Input should be a valid integer, unable to parse string as an "
       "integer"},
      {"wb_run_step", "1.5", "int_from_float",
       "Input should be a valid integer, got a number with a fractional part"},
      {"started_at", "null", "datetime_type", kDatetime},
      {"started_at", "true", "datetime_type", kDatetime},
      {"started_at", "{}", "datetime_type", kDatetime},
      {"started_at", "[2024]", "datetime_type", kDatetime},
      {"started_at", "\"x\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, input is too short",
       "input is too short"},
      {"started_at", "\"\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, input is too short",
       "input is too short"},
      {"started_at", "\"2024-13-01T00:00:00Z\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, month value is outside "
       "expected range of 1-12",
       "month value is outside expected range of 1-12"},
      {"started_at", "\"2024-02-30\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, day value is outside "
       "expected range",
       "day value is outside expected range"},
      {"started_at", "\"2024/01/01 00:00\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, invalid date separator, "
       "expected `-`",
       "invalid date separator, expected `-`"},
      {"started_at", "\"2024-01-01T25:00:00Z\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, unexpected extra characters "
       "at the end of the input",
       "unexpected extra characters at the end of the input"},
      {"started_at", "\"2024-01-01T00:00:60Z\"", "datetime_from_date_parsing",
       "Input should be a valid datetime or date, unexpected extra characters "
       "at the end of the input",
       "unexpected extra characters at the end of the input"},
      {"started_at", "1000000000000000000000", "datetime_parsing",
       "Input should be a valid datetime, dates after 9999 are not supported "
       "as unix timestamps",
       "dates after 9999 are not supported as unix timestamps"},
  }));
  CAPTURE(row.name, row.sent);
  Api api;
  const Json details = DetailsOf(
      api.Post("/call/start", Start(AStart("c1").With(row.name, row.sent))));
  Json expected = ADetail(row.type, {"body", "start", row.name}, row.msg,
                          Json::parse(row.sent));
  if (!row.context.empty()) expected["ctx"] = {{"error", row.context}};
  CHECK(details == Json::array({expected}));
  CHECK(ReadCall(api, "c1").is_null());
}

TEST_CASE("a missing field is reported with the object that lacks it",
          "[api][errors]") {
  const std::string name =
      GENERATE("project_id", "op_name", "started_at", "attributes", "inputs");
  CAPTURE(name);
  Api api;
  const Body start = AStart("c1").Without(name);
  CHECK(DetailsOf(api.Post("/call/start", Start(start))) ==
        Json::array({ADetail("missing", {"body", "start", name},
                             "Field required", Json::parse(start.json()))}));
}

TEST_CASE("all errors of a body come, in the order of the schema",
          "[api][errors]") {
  Api api;
  // Sent in another order than the schema's.
  const Json details = DetailsOf(api.Post("/call/start", R"({
      "zeta": 1,
      "start": {"wb_run_step": "x", "inputs": [], "id": 1, "unknown": 1,
                "started_at": "?", "thread_id": {}},
      "alpha": null})"));
  CHECK(TypesAndLocs(details) == Json::parse(R"([
          ["missing", ["body", "start", "project_id"]],
          ["string_type", ["body", "start", "id"]],
          ["missing", ["body", "start", "op_name"]],
          ["string_type", ["body", "start", "thread_id"]],
          ["datetime_from_date_parsing", ["body", "start", "started_at"]],
          ["missing", ["body", "start", "attributes"]],
          ["dict_type", ["body", "start", "inputs"]],
          ["int_parsing", ["body", "start", "wb_run_step"]],
          ["extra_forbidden", ["body", "zeta"]],
          ["extra_forbidden", ["body", "alpha"]]])"));
}

TEST_CASE("a key that the top level does not know is an error",
          "[api][errors]") {
  Api api;
  struct Row {
    std::string path;
    std::string good;
  };
  const Row row = GENERATE(values<Row>({
      {"/call/start", Start(AStart("c1"))},
      {"/call/end", End(AnEnd("c1"))},
      {"/call/upsert_batch", Batch({})},
      {"/v2/team/app/call/start", Start(AStart("c1"))},
      {"/call/update",
       R"({"project_id":"team/app","call_id":"c1","display_name":"x"})"},
      {"/calls/delete", R"({"project_id":"team/app","call_ids":[]})"},
      {"/call/read", R"({"project_id":"team/app","id":"c1"})"},
      {"/calls/stream_query", R"({"project_id":"team/app"})"},
      {"/calls/query", R"({"project_id":"team/app"})"},
      {"/calls/query_stats", R"({"project_id":"team/app"})"},
      {"/obj/create",
       R"({"obj":{"project_id":"team/app","object_id":"o","val":1}})"},
  }));
  CAPTURE(row.path);
  REQUIRE(api.Post(row.path, row.good).status == 200);
  std::string more = row.good;
  more.insert(1, R"("a key":{"deep":[1]},)");
  CHECK(DetailsOf(api.Post(row.path, more)) ==
        Json::array({ADetail("extra_forbidden", {"body", "a key"},
                             "Extra inputs are not permitted",
                             Json::parse(R"({"deep":[1]})"))}));
}

TEST_CASE("what should be an object with fields and is not", "[api][errors]") {
  const std::string sent = GENERATE("5", "\"text\"", "[]", "true");
  CAPTURE(sent);
  Api api;
  const std::string msg =
      "Input should be a valid dictionary or object to extract fields from";
  const Json input = Json::parse(sent);
  CHECK(DetailsOf(api.Post("/call/start", sent)) ==
        Json::array({ADetail("model_attributes_type", {"body"}, msg, input)}));
  CHECK(DetailsOf(api.Post("/call/start", R"({"start":)" + sent + "}")) ==
        Json::array(
            {ADetail("model_attributes_type", {"body", "start"}, msg, input)}));
  CHECK(DetailsOf(api.Post(
            "/calls/stream_query",
            R"({"project_id":"team/app","sort_by":[)" + sent + "]}")) ==
        Json::array({ADetail("model_attributes_type", {"body", "sort_by", 0},
                             msg, input)}));
}

TEST_CASE("a null where an object with fields is required", "[api][errors]") {
  Api api;
  CHECK(DetailsOf(api.Post("/call/start", R"({"start":null})")) ==
        Json::array({ADetail("model_attributes_type", {"body", "start"},
                             "Input should be a valid dictionary or object "
                             "to extract fields from",
                             nullptr)}));
}

TEST_CASE("no body at all", "[api][errors]") {
  Api api;
  const std::string path =
      GENERATE("/call/start", "/calls/stream_query", "/obj/create");
  CHECK(DetailsOf(api.Post(path, "")) ==
        Json::array({ADetail("missing", {"body"}, "Field required", nullptr)}));
}

struct BadJson {
  std::string body;
  int offset;
  std::string why;
};

TEST_CASE("a body that is not JSON is answered as Python's reader puts it",
          "[api][errors]") {
  const auto row = GENERATE(values<BadJson>({
      {"{", 1, "Expecting property name enclosed in double quotes"},
      {"nonsense", 0, "Expecting value"},
      {"   ", 3, "Expecting value"},
      {R"({"start": })", 10, "Expecting value"},
      {R"({"start" {}})", 9, "Expecting ':' delimiter"},
      {R"({"start":{} "end":{}})", 12, "Expecting ',' delimiter"},
      {R"({"start":[1 2]})", 12, "Expecting ',' delimiter"},
      {R"({"start":{}} x)", 13, "Extra data"},
      {R"({"start":"abc)", 9, "Unterminated string starting at"},
      {"{\"start\":\"a\nb\"}", 11, "Invalid control character at"},
      // Characters are counted, not bytes.
      {"{\"\u00e9\U0001f600\": }", 7, "Expecting value"},
  }));
  CAPTURE(row.body);
  Api api;
  Json expected = ADetail("json_invalid", {"body", row.offset},
                          "JSON decode error", Json::object());
  expected["ctx"] = {{"error", row.why}};
  CHECK(DetailsOf(api.Post("/call/start", row.body)) ==
        Json::array({expected}));
}

struct ContentTypeRow {
  std::string type;
  bool is_json;
};

TEST_CASE("a body that does not say it is JSON is not read as JSON",
          "[api][errors]") {
  const auto [type, is_json] = GENERATE(values<ContentTypeRow>({
      {"application/json", true},
      {"application/json; charset=utf-8", true},
      {"application/json;charset=utf-8", true},
      {"application/vnd.api+json", true},
      {"", true},
      {"Application/JSON", true},
      {"text/plain", false},
      {"text/json", false},
      {"application/x-www-form-urlencoded", false},
      {"application/jsonp", false},
  }));
  CAPTURE(type);
  Api api;
  const std::string body = Start(AStart("c1"));
  const api::Response response = api.Send({.method = "POST",
                                           .path = "/call/start",
                                           .content_type = type,
                                           .body = body});
  if (is_json) {
    CHECK(response.status == 200);
    return;
  }
  CHECK(DetailsOf(response) ==
        Json::array({ADetail("model_attributes_type", {"body"},
                             "Input should be a valid dictionary or object "
                             "to extract fields from",
                             body)}));
}

TEST_CASE("the input of an error is the client's own text", "[api][errors]") {
  Api api;
  const std::string odd =
      R"({ "b":1.0,"a":1e400,"a":"\ud83d",  "n":123456789012345678901234567890})";
  const api::Response response =
      api.Post("/call/start", Start(AStart("c1").With("op_name", odd)));
  REQUIRE(response.status == 422);
  CHECK_THAT(response.body, Catch::Contains(R"("input":)" + odd + "}"));
}

TEST_CASE("a summary's typed parts are checked, the rest is free",
          "[api][errors]") {
  struct Row {
    std::string summary;
    std::string details;  // [type, loc below `summary`]
  };
  const Row row = GENERATE(values<Row>({
      {R"({"usage":5})", R"([["dict_type",["usage"]]])"},
      {R"({"usage":{"gpt":[]}})", R"([["dict_type",["usage","gpt"]]])"},
      {R"({"usage":{"gpt":{"prompt_tokens":"x","requests":1.5}}})",
       R"([["int_parsing",["usage","gpt","prompt_tokens"]],
           ["int_from_float",["usage","gpt","requests"]]])"},
      {R"({"status_counts":[]})", R"([["dict_type",["status_counts"]]])"},
      {R"({"weave":5})", R"([["dict_type",["weave"]]])"},
      {R"({"weave":null})", "[]"},
      {R"({"status_counts":{"error":"x"}})",
       R"([["int_parsing",["status_counts","error"]]])"},
      {R"({"status_counts":{"foo":1}})",
       R"([["enum",["status_counts","foo","[key]"]]])"},
      {R"({"usage":{"gpt":{"prompt_tokens":null,"own":"x","total_tokens":3}},
           "status_counts":{"success":1,"error":0,"running":"2",
                            "descendant_error":0},
           "other":[1]})",
       "[]"},
  }));
  CAPTURE(row.summary);
  Api api;
  const api::Response response =
      api.Post("/call/end", End(AnEnd("c1").With("summary", row.summary)));
  Json expected = Json::parse(row.details);
  if (expected.empty()) {
    CHECK(response.status == 200);
    return;
  }
  for (Json& detail : expected) {
    Json loc = {"body", "end", "summary"};
    loc.insert(loc.end(), detail[1].begin(), detail[1].end());
    detail[1] = loc;
  }
  CHECK(TypesAndLocs(DetailsOf(response)) == expected);
}

TEST_CASE("what an end says of its start is checked too", "[api][errors]") {
  Api api;
  const api::Response response =
      api.Post("/call/end", End(AnEnd("c1")
                                    .With("trace_id", "5")
                                    .With("started_at", "[]")
                                    .With("is_eval", "2")));
  CHECK(TypesAndLocs(DetailsOf(response)) ==
        Json::parse(R"([["string_type",["body","end","trace_id"]],
                        ["datetime_type",["body","end","started_at"]],
                        ["bool_parsing",["body","end","is_eval"]]])"));
  CHECK(api.Post("/call/end", End(AnEnd("c1")
                                      .WithText("trace_id", "t")
                                      .With("started_at", "1.5")
                                      .With("is_eval", "true")))
            .status == 200);
}

TEST_CASE("an unknown status in status_counts", "[api][errors]") {
  Api api;
  const std::string names =
      "'success', 'error', 'running' or 'descendant_error'";
  Json expected = ADetail(
      "enum", {"body", "end", "summary", "status_counts", "foo", "[key]"},
      "Input should be " + names, "foo");
  expected["ctx"] = {{"expected", names}};
  CHECK(DetailsOf(api.Post(
            "/call/end", End(AnEnd("c1").With(
                             "summary", R"({"status_counts":{"foo":1}})")))) ==
        Json::array({expected}));
}

TEST_CASE("a wrong question is answered in the same words", "[api][errors]") {
  struct Row {
    std::string member;
    std::string details;  // [type, loc, msg, input]
    std::string context = "";
  };
  const Row row = GENERATE(values<Row>({
      {R"("limit":"x")",
       R"(["int_parsing",["body","limit"],"Input should be a valid integer, unable to parse string as an integer","x"])"},
      {R"("offset":[])",
       R"(["int_type",["body","offset"],"Input should be a valid integer",[]])"},
      {R"("include_costs":"maybe")",
       R"(["bool_parsing",["body","include_costs"],"Input should be a valid boolean, unable to interpret input","maybe"])"},
      {R"("include_feedback":2)",
       R"(["bool_parsing",["body","include_feedback"],"Input should be a valid boolean, unable to interpret input",2])"},
      {R"("include_storage_size":[])",
       R"(["bool_type",["body","include_storage_size"],"Input should be a valid boolean",[]])"},
      {R"("columns":"id")",
       R"(["list_type",["body","columns"],"Input should be a valid list","id"])"},
      {R"("columns":["id",1])",
       R"(["string_type",["body","columns",1],"Input should be a valid string",1])"},
      {R"("filter":{"call_ids":[null]})",
       R"(["string_type",["body","filter","call_ids",0],"Input should be a valid string",null])"},
      {R"("filter":{"trace_roots_only":"x"})",
       R"(["bool_parsing",["body","filter","trace_roots_only"],"Input should be a valid boolean, unable to interpret input","x"])"},
      {R"("filter":{"call_id":["c1"]})",
       R"(["extra_forbidden",["body","filter","call_id"],"Extra inputs are not permitted",["c1"]])"},
      {R"("filter":[])",
       R"(["model_attributes_type",["body","filter"],"Input should be a valid dictionary or object to extract fields from",[]])"},
      {R"("sort_by":{})",
       R"(["list_type",["body","sort_by"],"Input should be a valid list",{}])"},
      {R"("sort_by":[{"field":"id"}])",
       R"(["missing",["body","sort_by",0,"direction"],"Field required",{"field":"id"}])"},
      {R"("sort_by":[{"field":"id","direction":"up"}])",
       R"(["literal_error",["body","sort_by",0,"direction"],"Input should be 'asc' or 'desc'","up"])",
       R"({"expected":"'asc' or 'desc'"})"},
  }));
  CAPTURE(row.member);
  Api api;
  const Json values = Json::parse(row.details);
  Json expected = {{"type", values[0]},
                   {"loc", values[1]},
                   {"msg", values[2]},
                   {"input", values[3]}};
  if (!row.context.empty()) expected["ctx"] = Json::parse(row.context);
  CHECK(DetailsOf(api.Post("/calls/stream_query",
                           R"({"project_id":"team/app",)" + row.member +
                               "}")) == Json::array({expected}));
}

TEST_CASE("a bool of a question is taken in every lax form", "[api][errors]") {
  const std::string sent = GENERATE("true", "1", "1.0", R"("yes")", R"("ON")",
                                    R"("t")", R"("Y")", R"("1")", R"("True")");
  CAPTURE(sent);
  Api api;
  PutStart(api, AStart("root"));
  PutStart(api, AStart("child").WithText("parent_id", "root"));
  CHECK(QueryIds(api, R"("filter":{"trace_roots_only":)" + sent + "}") ==
        "root");
}

TEST_CASE("no route, or not with this method", "[api][errors]") {
  struct Row {
    std::string method;
    std::string path;
    int status;
    std::string body;
  };
  const Row row = GENERATE(values<Row>({
      {"POST", "/no/such/route", 404, R"({"detail":"Not Found"})"},
      {"POST", "/call/start/", 404, R"({"detail":"Not Found"})"},
      {"POST", "/v2/team/calls/complete", 404, R"({"detail":"Not Found"})"},
      {"POST", "/v2//app/calls/complete", 404, R"({"detail":"Not Found"})"},
      {"POST", "/v2/team/app/calls/complete/x", 404,
       R"({"detail":"Not Found"})"},
      {"POST", "/tracescall/start", 404, R"({"detail":"Not Found"})"},
      {"GET", "/call/start", 405, R"({"detail":"Method Not Allowed"})"},
      {"GET", "/traces/call/start", 405, R"({"detail":"Method Not Allowed"})"},
      {"PUT", "/call/start", 405, R"({"detail":"Method Not Allowed"})"},
      {"POST", "/health", 405, R"({"detail":"Method Not Allowed"})"},
      {"GET", "/v2/team/app/calls/complete", 405,
       R"({"detail":"Method Not Allowed"})"},
  }));
  CAPTURE(row.method, row.path);
  Api api;
  const api::Response response =
      api.Send({.method = row.method, .path = row.path});
  CHECK(response.status == row.status);
  CHECK(response.body == row.body);
  CHECK(response.content_type == "application/json");
}

TEST_CASE("a 405 says which method would do", "[api][errors]") {
  Api api;
  const api::Response response =
      api.Send({.method = "GET", .path = "/call/start"});
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].first == "Allow");
  CHECK(response.headers[0].second == "POST");
}

TEST_CASE("every route is served below /traces as well", "[api][errors]") {
  Api api;
  CHECK(api.Ok("/traces/call/start", Start(AStart("c1"))) ==
        R"({"id":"c1","trace_id":"t1"})");
  CHECK(api.Ok("/traces/v2/team/app/calls/complete",
               Batch({AComplete("c2").json()})) == "{}");
  CHECK(api.Send({.method = "GET", .path = "/traces/health"}).status == 200);
  CHECK(QueryIds(api) == "c1 c2");
}

TEST_CASE("a body nested too deeply is too large, not a crash",
          "[api][errors]") {
  Api api;
  const std::string deep = std::string(100'000, '[');
  ReasonOf(api.Post("/call/start",
                    Start(AStart("c1").With("inputs", R"({"x":)" + deep))),
           413);
}

TEST_CASE("a body of too many values is too large", "[api][errors]") {
  Api api;
  std::string body = R"({"batch":[0)";
  for (size_t i = 0; i < json::kMaxNodes; ++i) body += ",0";
  ReasonOf(api.Post("/call/upsert_batch", body + "]}"), 413);
}

TEST_CASE("a body that is not UTF-8 is refused", "[api][errors]") {
  Api api;
  ReasonOf(
      api.Post("/call/start", Start(AStart("c1").WithText("op_name", "a\xff"))),
      400);
}

}  // namespace
}  // namespace bobbin::testing
