// The table of statuses in contract section 1, row by row: what a client does
// to get each, and how the answer names it. (Rows that speak of what a local
// server has not are left out: external LLM keys, permissions, projects that
// take complete calls only, runs.)

#include <string>

#include "support/api_rows.h"
#include "support/object_bodies.h"

namespace bobbin::testing {
namespace {

const std::string kInProject = R"({"project_id":"team/app",)";

std::string Query(const std::string& expr) {
  return kInProject + R"("query":{"$expr":)" + expr + "}}";
}

// "thing" has one version, "gone" had one.
void Prepare(Api& api) {
  PublishVal(api, "thing", R"({"a":1})");
  PublishVal(api, "gone", "1");
  api.Ok("/obj/delete", kInProject + R"("object_id":"gone"})");
  PutStart(api, AStart("c1"));
}

TEST_CASE("400: what is well-formed and cannot be done", "[api][errors]") {
  Api api;
  Prepare(api);
  const std::string invalid = R"({"error_type":"InvalidRequest","reason":)";
  CheckRows(
      api,
      {{"an update without a change", "POST /call/update",
        kInProject + R"("call_id":"c1"})", 400,
        invalid + R"("One of [display_name] is required for call update"})"},
       {"a project that is none", "POST /call/read",
        R"({"project_id":"app","id":"c1"})", 400,
        R"({"error_type":"InvalidRequest"})"},
       {"a batch item of no known mode", "POST /call/upsert_batch",
        Batch({R"({"mode":"middle","req":)" + Start(AStart("c2")) + "}"}), 400,
        invalid + R"("Invalid mode"})"},
       {"an empty operation", "POST /calls/stream_query",
        Query(R"({"$or":[]})"), 400, invalid + R"("Empty OR operation"})"},
       {"values without a common type", "POST /calls/query_stats",
        Query(R"({"$in":[{"$getField":"id"},[{"$literal":1},)"
              R"({"$literal":"a"}]]})"),
        400, R"({"error_type":"InvalidRequest"})"},
       {"a time that is none", "POST /calls/stream_query",
        Query(R"({"$gt":[{"$getField":"started_at"},{"$literal":"soon"}]})"),
        400, R"({"error_type":"InvalidRequest"})"},
       {"a negative limit", "POST /calls/stream_query",
        kInProject + R"("limit":-1})", 400,
        R"({"error_type":"InvalidRequest"})"},
       {"a field of feedback that is none", "POST /feedback/query",
        kInProject + R"("query":{"$expr":{"$eq":[{"$getField":"x"},)"
                     R"({"$literal":1}]}}})",
        400, R"({"reason":"Unknown field: x"})"},
       {"an internal ref", "POST /refs/read_batch",
        R"({"refs":["weave-trace-internal:///p/object/x:v0"]})", 400,
        R"({"error_type":"InvalidExternalRef"})"},
       {"a value that does not fit its class", "POST /obj/create",
        R"({"obj":{"project_id":"team/app","object_id":"x","val":1,)"
        R"("builtin_object_class":"Leaderboard"}})",
        400, R"({"error_type":"InvalidRequest"})"},
       {"a name that belongs to another class", "POST /obj/create",
        R"({"obj":{"project_id":"team/app","object_id":"thing","val":)"
        R"({"_class_name":"P","_bases":["Prompt","Object","BaseModel"]}}})",
        400,
        R"({"error_type":"ObjectNameTypeCollision","object_id":"thing",
            "kind":"object","new_base_object_class":"Prompt",
            "existing_base_object_classes":[null],"object_name":"thing"})"}});
}

TEST_CASE("404: what is not there", "[api][errors]") {
  Api api;
  Prepare(api);
  CheckRows(
      api,
      {{"an object", "POST /obj/read",
        kInProject + R"("object_id":"no","digest":"abc"})", 404,
        R"({"error_type":"NotFoundError","reason":"Obj no:abc not found"})"},
       {"a deleted object", "POST /obj/read",
        kInProject + R"("object_id":"gone","digest":"v0"})", 404,
        R"({"error_type":"ObjectDeletedError",
            "deleted_at":"2023-11-14T22:13:20Z"})"},
       {"an object behind a ref", "POST /refs/read_batch",
        R"({"refs":["weave:///team/app/object/no:abc"]})", 404,
        R"({"error_type":"RefObjectsNotFoundError",
            "missing_object_digests":["abc"]})"},
       {"an object to delete", "POST /obj/delete",
        kInProject + R"("object_id":"no"})", 404,
        R"({"error_type":"NotFoundError"})"},
       {"a version to tag", "PUT /objs/no/versions/v0/tags",
        kInProject + R"("tags":["x"]})", 404,
        R"({"error_type":"NotFoundError"})"},
       {"a file", "POST /file/content", kInProject + R"("digest":"abc"})", 404,
        R"({"error_type":"NotFoundError",
            "reason":"File with digest abc not found"})"},
       {"a table to go on from", "POST /table/update",
        kInProject + R"("base_digest":"abc","updates":[]})", 404,
        R"({"error_type":"NotFoundError"})"},
       {"a route", "POST /no/such/route", "{}", 404,
        R"({"detail":"Not Found"})"},
       {"a method", "DELETE /call/read", "", 405,
        R"({"detail":"Method Not Allowed"})"}});
}

TEST_CASE("409: a digest that is another than the client expected",
          "[api][errors]") {
  Api api;
  CheckRows(api, {{"an object's", "POST /obj/create",
                   R"({"obj":{"project_id":"team/app","object_id":"o","val":1,)"
                   R"("expected_digest":"abc"}})",
                   409, R"({"error_type":"DigestMismatchError"})"},
                  {"a table's", "POST /table/create",
                   R"({"table":{"project_id":"team/app","rows":[],)"
                   R"("expected_digest":"abc"}})",
                   409, R"({"error_type":"DigestMismatchError"})"},
                  {"a table's of digests", "POST /table/create_from_digests",
                   kInProject + R"("row_digests":[],"expected_digest":"abc"})",
                   409, R"({"error_type":"DigestMismatchError"})"}});
  const api::Response file =
      api.SendForm("/file/create", {{.name = "project_id", .data = "team/app"},
                                    {.name = "expected_digest", .data = "abc"},
                                    {.name = "file", .data = "hello"}});
  CHECK(file.status == 409);
  CHECK(Json::parse(file.body).at("error_type") == "DigestMismatchError");
}

TEST_CASE("413: what is too much", "[api][errors]") {
  Api api;
  std::string ids = R"("x")";
  for (int i = 0; i < 1000; ++i) ids += R"(,"x")";
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  CheckRows(api, {{"ids to delete", "POST /calls/delete",
                   kInProject + R"("call_ids":[)" + ids + "]}", 413,
                   R"({"error_type":"RequestTooLarge"})"},
                  {"depth", "POST /call/start",
                   Start(AStart("c").With("inputs", R"({"x":)" + deep + "}")),
                   413, R"({"error_type":"RequestTooLarge"})"}});
}

TEST_CASE("422: a wrong shape, or a name that is not allowed",
          "[api][errors]") {
  Api api;
  CheckRows(
      api,
      {{"a shape", "POST /call/read", R"({"project_id":1})", 422,
        R"([["string_type",["body","project_id"]],["missing",["body","id"]]])"},
       {"a field to sort by", "POST /calls/stream_query",
        kInProject + R"("sort_by":[{"field":"x","direction":"asc"}]})", 422,
        R"({"error_type":"InvalidFieldError",
            "reason":"Field x is not allowed"})"},
       {"a field to compare", "POST /calls/query_stats",
        Query(R"({"$eq":[{"$getField":"x.y"},{"$literal":1}]})"), 422,
        R"({"error_type":"InvalidFieldError",
            "reason":"Field x.y is not allowed"})"},
       {"a name for an object", "POST /obj/create",
        R"({"obj":{"project_id":"team/app","object_id":"a b","val":1}})", 422,
        R"({"error_type":"InvalidFieldError"})"}});
}

TEST_CASE("500: what went wrong inside is not told", "[api][errors]") {
  Api api;
  REQUIRE(api.database()
              .Write([](db::Connection& connection) {
                connection.Exec("DROP TABLE call_inputs");
                return Status();
              })
              .ok());
  CheckRow(api, {"a broken file", "POST /call/read",
                 R"({"project_id":"team/app","id":"c1"})", 500,
                 R"({"error_type":"InternalError",
                     "reason":"Internal server error"})"});
}

TEST_CASE("503 and 504: come back later, ask for less", "[api][errors]") {
  const api::Response busy =
      api::ErrorResponse({Code::kBusy, "Too many queries"});
  CHECK(ReasonOf(busy, 503) == "Too many queries");
  CHECK(busy.headers == decltype(busy.headers){{"Retry-After", "1"}});
  const api::Response full = api::ErrorResponse(
      {Code::kBusy, "The disk is full.", std::string(db::kDiskFull)});
  CHECK(full.status == 503);
  CHECK(full.body ==
        R"({"reason":"The disk is full.","error_type":"DiskFull"})");
  CHECK(full.headers.empty());
  const api::Response slow = api::ErrorResponse({Code::kTimeout, "Too long"});
  CHECK(ReasonOf(slow, 504) == "Too long");
  CHECK(Json::parse(slow.body).at("error_type") == "QueryTimeout");
}

}  // namespace
}  // namespace bobbin::testing
