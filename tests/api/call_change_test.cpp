// Renaming and deleting calls (contract section 4.2).

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

std::string Rename(std::string_view id, std::string_view name_json) {
  return Body{{"project_id", Quoted(kProject)},
              {"call_id", Quoted(id)},
              {"display_name", std::string(name_json)}}
      .json();
}

std::string Deletion(const std::vector<std::string>& ids) {
  std::string list = "[";
  for (const std::string& id : ids) {
    if (list.size() > 1) list += ',';
    list += Quoted(id);
  }
  return Body{{"project_id", Quoted(kProject)}, {"call_ids", list + "]"}}
      .json();
}

int64_t Delete(Api& api, const std::vector<std::string>& ids) {
  const Json answer = Json::parse(api.Ok("/calls/delete", Deletion(ids)));
  REQUIRE(answer.size() == 1);
  return answer.at("num_deleted").get<int64_t>();
}

TEST_CASE("a call can be renamed", "[api][update]") {
  Api api;
  PutStart(api, AStart("c1").WithText("display_name", "old"));
  CHECK(api.Ok("/call/update", Rename("c1", R"("new \ud83d\ude00")")) == "{}");
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("display_name") == "new \U0001f600");
  CHECK(call.at("summary").at("weave").at("display_name") == "new \U0001f600");
}

TEST_CASE("an empty name clears", "[api][update]") {
  Api api;
  PutStart(api, AStart("c1").WithText("display_name", "old"));
  api.Ok("/call/update", Rename("c1", "\"\""));
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("display_name").is_null());
  CHECK(call.at("summary").at("weave").at("trace_name") == "op");
  CHECK_FALSE(call.at("summary").at("weave").contains("display_name"));
}

TEST_CASE("an update without a name is refused", "[api][update]") {
  Api api;
  PutStart(api, AStart("c1").WithText("display_name", "old"));
  const std::string body = GENERATE(
      R"({"project_id":"team/app","call_id":"c1"})",
      R"({"project_id":"team/app","call_id":"c1","display_name":null})",
      R"({"project_id":"team/app","call_id":"c1","wb_user_id":"x"})");
  CAPTURE(body);
  CHECK(ReasonOf(api.Post("/call/update", body), 400) ==
        "One of [display_name] is required for call update");
  CHECK(ReadCall(api, "c1").at("display_name") == "old");
}

TEST_CASE("an update of an unknown call is answered {}", "[api][update]") {
  Api api;
  CHECK(api.Ok("/call/update", Rename("nobody", R"("x")")) == "{}");
  CHECK(ReadCall(api, "nobody").is_null());
  CHECK(QueryIds(api).empty());
}

TEST_CASE("an update of a call elsewhere changes nothing here",
          "[api][update]") {
  Api api;
  PutStart(api, AStart("c1"));
  api.Ok("/call/update",
         R"({"project_id":"team/two","call_id":"c1","display_name":"x"})");
  CHECK(ReadCall(api, "c1").at("display_name").is_null());
}

TEST_CASE("a name outlives the parts that arrive after it", "[api][update]") {
  Api api;
  const std::string first = GENERATE("nothing", "start", "end");
  CAPTURE(first);
  if (first == "start") PutStart(api, AStart("c1"));
  if (first == "end") PutEnd(api, AnEnd("c1"));
  api.Ok("/call/update", Rename("c1", R"("kept")"));
  const std::string then = GENERATE("halves", "complete");
  CAPTURE(then);
  if (then == "halves") {
    PutStart(api, AStart("c1"));
    PutEnd(api, AnEnd("c1"));
  } else {
    PutComplete(api, AComplete("c1"));
  }
  const Json call = ReadCall(api, "c1");
  CHECK(call.at("display_name") == "kept");
  CHECK(call.at("ended_at") == kEndedAt);
  CHECK(call.at("summary").at("weave").at("status") == "success");
}

// root > child > grandchild, and a call beside them.
void PutFamily(Api& api) {
  PutStart(api, AStart("root"));
  PutStart(api, AStart("child").WithText("parent_id", "root"));
  PutStart(api, AStart("grandchild").WithText("parent_id", "child"));
  PutStart(api, AStart("beside"));
}

TEST_CASE("a deleted call takes all below it along", "[api][delete]") {
  struct Row {
    std::vector<std::string> ids;
    int64_t deleted;
    std::string left;
  };
  const Row row = GENERATE(values<Row>({
      {{"root"}, 3, "beside"},
      {{"child"}, 2, "beside root"},
      {{"grandchild"}, 1, "beside child root"},
      {{"root", "grandchild"}, 3, "beside"},
      {{"grandchild", "root"}, 3, "beside"},
      {{"beside", "beside"}, 1, "child grandchild root"},
      {{"nobody"}, 1, "beside child grandchild root"},
      {{"child", "nobody"}, 3, "beside root"},
      {{}, 0, "beside child grandchild root"},
  }));
  CAPTURE(row.ids);
  Api api;
  PutFamily(api);
  CHECK(Delete(api, row.ids) == row.deleted);
  CHECK(QueryIds(api) == row.left);
}

TEST_CASE("a deleted call is in no answer", "[api][delete]") {
  Api api;
  PutComplete(api,
              AComplete("c1")
                  .WithText("thread_id", "th1")
                  .With("inputs", R"(["no"])")
                  .With("inputs", R"({"x":"weave:///team/app/object/o:1"})"));
  Delete(api, {"c1"});
  CHECK(ReadCall(api, "c1").is_null());
  CHECK(QueryIds(api).empty());
  CHECK(QueryIds(api, R"("filter":{"call_ids":["c1"]})").empty());
  CHECK(QueryIds(api, R"("filter":{"thread_ids":["th1"]})").empty());
  CHECK(QueryIds(api, R"("filter":{"input_refs":
                         ["weave:///team/app/object/o:1"]})")
            .empty());
  CHECK(api.Ok("/calls/query", R"({"project_id":"team/app"})") ==
        R"({"calls":[]})");
  CHECK(
      Json::parse(api.Ok(
          "/calls/query_stats",
          R"({"project_id":"team/app","include_total_storage_size":true})")) ==
      Json::parse(
          R"({"count":0,"has_more":false,"total_storage_size_bytes":0})"));
}

TEST_CASE("a deleted call's size no longer counts", "[api][delete]") {
  Api api;
  PutFamily(api);
  const auto total = [&] {
    return Json::parse(api.Ok("/call/read",
                              R"({"project_id":"team/app","id":"root",
                                  "include_total_storage_size":true})"))
        .at("call")
        .at("total_storage_size_bytes")
        .get<int64_t>();
  };
  const int64_t before = total();
  Delete(api, {"beside"});
  CHECK(total() < before);
}

TEST_CASE("a deleted call stays deleted whatever is sent for it",
          "[api][delete]") {
  Api api;
  const std::string when = GENERATE("started", "ended", "unseen", "end only");
  const std::string then =
      GENERATE("start", "end", "complete", "batch", "update", "start and end");
  CAPTURE(when, then);
  if (when == "started" || when == "ended") PutStart(api, AStart("c1"));
  if (when == "ended" || when == "end only") PutEnd(api, AnEnd("c1"));
  CHECK(Delete(api, {"c1"}) == 1);
  if (then.starts_with("start")) PutStart(api, AStart("c1"));
  if (then.ends_with("end")) PutEnd(api, AnEnd("c1"));
  if (then == "complete") PutComplete(api, AComplete("c1"));
  if (then == "update") api.Ok("/call/update", Rename("c1", R"("x")"));
  if (then == "batch") {
    api.Ok("/call/upsert_batch",
           Batch({EndItem(AnEnd("c1")), StartItem(AStart("c1"))}));
  }
  CHECK(ReadCall(api, "c1").is_null());
  CHECK(QueryIds(api).empty());
}

TEST_CASE("what is deleted again counts as asked for", "[api][delete]") {
  Api api;
  PutFamily(api);
  CHECK(Delete(api, {"root"}) == 3);
  CHECK(Delete(api, {"root"}) == 1);
  CHECK(QueryIds(api) == "beside");
}

TEST_CASE("a deletion stays within the trace and the project",
          "[api][delete]") {
  Api api;
  PutStart(api, AStart("root"));
  PutStart(api, AStart("elsewhere")
                    .WithText("parent_id", "root")
                    .WithText("trace_id", "t2"));
  PutStart(api, AStart("root").WithText("project_id", "team/two"));
  PutStart(api, AStart("child")
                    .WithText("parent_id", "root")
                    .WithText("project_id", "team/two"));
  CHECK(Delete(api, {"root"}) == 1);
  CHECK(QueryIds(api) == "elsewhere");
  CHECK(
      Json::parse(api.Ok("/calls/query_stats", R"({"project_id":"team/two"})"))
          .at("count") == 2);
}

TEST_CASE("a ring of parents can be deleted", "[api][delete]") {
  Api api;
  PutStart(api, AStart("a").WithText("parent_id", "b"));
  PutStart(api, AStart("b").WithText("parent_id", "a"));
  PutStart(api, AStart("self").WithText("parent_id", "self"));
  CHECK(Delete(api, {"a"}) == 2);
  CHECK(Delete(api, {"self"}) == 1);
  CHECK(QueryIds(api).empty());
}

TEST_CASE("a thousand ids can be deleted at once, and no more",
          "[api][delete]") {
  Api api;
  PutStart(api, AStart("c0"));
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back("c" + std::to_string(i));
  SECTION("a thousand") { CHECK(Delete(api, ids) == 1000); }
  SECTION("one more") {
    ids.emplace_back("one more");
    ReasonOf(api.Post("/calls/delete", Deletion(ids)), 413);
    CHECK(QueryIds(api) == "c0");
  }
}

TEST_CASE("a deep trace is deleted whole", "[api][delete]") {
  Api api;
  std::vector<std::string> items;
  for (int i = 0; i < 3000; ++i) {
    items.push_back(
        StartItem(AStart("c" + std::to_string(i))
                      .WithText("parent_id", "c" + std::to_string(i - 1))));
  }
  api.Ok("/call/upsert_batch", Batch(items));
  CHECK(Delete(api, {"c0"}) == 3000);
  CHECK(QueryIds(api).empty());
}

}  // namespace
}  // namespace bobbin::testing
