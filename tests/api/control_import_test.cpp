// What an import does where something is there already, or is wrong.
#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/transfer_lines.h"

namespace bobbin::testing {
namespace {

using Catch::Contains;

TEST_CASE("deleted versions of an object stay deleted, and numbers go on",
          "[api][control][transfer]") {
  Api api;
  const std::string one = PublishVal(api, "o", "1");
  PublishVal(api, "o", "2");
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"o",)"
                        R"("digests":[)" +
                            Quoted(one) + "]}");
  CheckRoundTrip(api);
  Api copy;
  Import(copy, ExportAll(api));
  for (Api* db : {&api, &copy}) PublishVal(*db, "o", "1");
  CHECK(ExportAll(copy) != "");
  CHECK(ReadObject(copy, "o", one).at("version_index") ==
        ReadObject(api, "o", one).at("version_index"));
}

TEST_CASE("a version whose number is another's gets the next one",
          "[api][control][transfer]") {
  Api from;
  const std::string theirs = PublishVal(from, "o", "1");
  Api into;
  const std::string ours = PublishVal(into, "o", "2");
  const std::string lines = ExportAll(from);
  Import(into, lines);
  CHECK(ReadObject(into, "o", ours).at("version_index") == 0);
  const Json came = ReadObject(into, "o", theirs);
  CHECK(came.at("version_index") == 1);
  CHECK(came.at("is_latest") == 1);
  CHECK(Import(into, lines).at("added").empty());
}

TEST_CASE("a version that was deleted elsewhere stays, however often it comes",
          "[api][control][transfer]") {
  Api from;
  const std::string digest = PublishVal(from, "o", "1");
  Api into;
  Import(into, ExportAll(from));
  from.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"o",)"
                         R"("digests":[)" +
                             Quoted(digest) + "]}");
  for (int again = 0; again < 2; ++again) {
    CHECK(Import(into, ExportAll(from)).at("added").empty());
  }
  CHECK(ReadObject(into, "o", digest).at("version_index") == 0);
  const std::string next = PublishVal(into, "o", "2");
  CHECK(ReadObject(into, "o", next).at("version_index") == 1);
}

TEST_CASE("a version that was deleted here stays deleted",
          "[api][control][transfer]") {
  Api api;
  const std::string first = PublishVal(api, "o", "1");
  PublishVal(api, "o", "2");
  const std::string lines = ExportAll(api);
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"o",)"
                        R"("digests":[)" +
                            Quoted(first) + "]}");
  const std::string after = ExportAll(api);
  CHECK(Import(api, lines).at("added").empty());
  CHECK(ExportAll(api) == after);
}

TEST_CASE("what is there already stays as it is", "[api][control][transfer]") {
  Api from;
  PutStart(from, AStart("c1").With("inputs", R"({"who":"theirs"})"));
  Api into;
  PutStart(into, AStart("c1").With("inputs", R"({"who":"ours"})"));
  const Json counts = Import(into, ExportAll(from));
  CHECK(counts.at("present").at("call") == 1);
  CHECK(ReadCall(into, "c1").at("inputs").at("who") == "ours");
}

TEST_CASE(
    "a call that had not ended gets its end, and one without a start that",
    "[api][control][transfer]") {
  Api from;
  Api into;
  PutStart(from, AStart("c1").WithText("parent_id", "p"));
  PutEnd(from, AnEnd("c2").With("output", R"("weave:///team/app/object/o:v")"));
  Import(into, ExportAll(from));
  PutEnd(from, AnEnd("c1").With("output", R"("weave:///team/app/object/o:w")"));
  PutStart(from,
           AStart("c2").With("inputs", R"({"x":"weave:///team/app/call/c"})"));
  const std::string lines = ExportAll(from);
  CHECK(Import(into, lines).at("added") == Json{{"call", 2}});
  CHECK(ExportAll(into) == lines);
  CHECK(Rows(into) == Rows(from));
  for (const char* id : {"c1", "c2"}) {
    CHECK(ReadText(into, id) == ReadText(from, id));
  }
  const std::string roots =
      R"({"project_id":"team/app","filter":{"trace_roots_only":true}})";
  CHECK(Json::parse(into.Ok("/calls/query_stats", roots)).at("count") == 1);
  CHECK(Import(into, lines).at("added").empty());
  // What was deleted there stays deleted.
  into.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["c1"]})");
  Import(into, lines);
  CHECK(QueryIds(into) == "c2");
}

TEST_CASE(
    "imported calls are counted, found by their refs and make waiters "
    "look",
    "[api][control][transfer]") {
  Api from;
  PutComplete(from, AComplete("c1").With(
                        "inputs", R"({"x":"weave:///team/app/object/o:v"})"));
  Api into;
  // Known numbers are kept up to date.
  PutStart(into, AStart("c0"));
  QueryIds(into);
  const uint64_t before = into.changes().last();
  Import(into, ExportAll(from));
  CHECK(into.changes().last() > before);
  CHECK(
      Json::parse(into.Ok("/calls/query_stats", R"({"project_id":"team/app"})"))
          .at("count") == 2);
  CHECK(
      QueryIds(into,
               R"("filter":{"input_refs":["weave:///team/app/object/o:v"]})") ==
      "c1");
}

TEST_CASE("lines that are none of an export are refused by number and reason",
          "[api][control][transfer]") {
  Api api;
  PutStart(api, AStart("c0"));
  const std::string good = R"({"type":"project","project_id":"new/one"})"
                           "\n";
  const auto [line, reason] = GENERATE(table<std::string, std::string>({
      {"nonsense", "no JSON"},
      {"[1]", "no JSON object"},
      {"{}", "no `type`"},
      {R"({"type":"cat"})", "there is no type \"cat\""},
      {R"({"type":"bobbin_export","version":2})", "newer bobbin"},
      {R"({"type":"bobbin_export"})", "`version` is not"},
      {R"({"type":"project"})", "`project_id` is missing"},
      {R"({"type":"project","project_id":"x"})", "not entity/project"},
      {R"({"type":"project","project_id":"a/b","x":1})", "no `x`"},
      {R"({"type":"file","project_id":"a/b"})", "`digest` is missing"},
      {R"({"type":"table","project_id":"a/b","digest":"d",)"
       R"("created_at":"2024-01-01T00:00:00Z","rows":[["x"]]})",
       "`rows` is not"},
      {R"({"type":"object","project_id":"a/b","object_id":"o",)"
       R"("kind":"cat","version_index":0,"digest":"d",)"
       R"("created_at":"2024-01-01T00:00:00Z",)"
       R"("published_at":"2024-01-01T00:00:00Z","publish_order":1,)"
       R"("val":1})",
       "`kind` is not"},
      {R"({"type":"file_piece","project_id":"a/b","digest":"d",)"
       R"("piece":0,"data":"a"})",
       "`data` is not base64"},
      {R"({"type":"file","project_id":"a/b","digest":"d",)"
       R"("size_bytes":1,"created_at":"2024-01-01T00:00:00Z"})",
       "pieces of file d"},
  }));
  INFO(line);
  const std::string said = Refused(api, good + "\n" + line + "\n");
  CHECK_THAT(said, Contains("Line 3: "));
  CHECK_THAT(said, Contains(reason));
}

TEST_CASE("a call that is not one is refused", "[api][control][transfer]") {
  Api api;
  const auto [members, reason] = GENERATE(table<std::string, std::string>({
      {R"("status":"fine")", "`status` is not"},
      {R"("status":"running","started_at":"2024-01-01T00:00:00Z")",
       "or none of them"},
      {R"("status":"success","ended_at":"2024-01-01T00:00:00Z")",
       "`ended_at` and `summary`"},
      {R"("status":"running","output":1)", "`output` with"},
      {R"("status":"success")", "is running for as long"},
      {R"("status":"running","ended_at":"2024-01-01T00:00:00Z","summary":{})",
       "is running for as long"},
      {R"("status":"success","ended_at":"yesterday","summary":{})",
       "`ended_at` is not a time"},
      {R"("status":"success","ended_at":"2024-01-01T00:00:00Z","summary":[])",
       "`summary` is not an object"},
      {R"("status":"success","ended_at":"2024-01-01T00:00:00Z","summary":{},)"
       R"("deleted_at":"2024-01-01T00:00:00Z")",
       "a deleted call has"},
      {R"("status":"running","wb_run_step":1.5)", "`wb_run_step` is not"},
      {R"("status":"running","exact":{"inputs":"{\n}"})", "`exact` says"},
      {R"("status":"running","exact":{"id":"c1"})", "`exact` is not"},
  }));
  INFO(members);
  CHECK_THAT(Refused(api, CallLine(members)), Contains(reason));
}

TEST_CASE("the number of the first line is the sender's",
          "[api][control][transfer]") {
  Api api;
  api::Request request{.method = "POST", .path = "/_bobbin/import"};
  request.body = "{}\n";
  request.query = {{"line", "41"}};
  CHECK_THAT(ReasonOf(api.Send(request), 400), Contains("Line 41: "));
  for (const char* bad : {"0", "x", "", "9223372036854775807"}) {
    request.query = {{"line", bad}};
    CHECK_THAT(ReasonOf(api.Send(request), 400),
               Contains("line must be an integer from 1"));
  }
  request.query = {{"lines", "1"}};
  CHECK_THAT(ReasonOf(api.Send(request), 400), Contains("lines"));
}

TEST_CASE("a list of more values than a document has nodes is refused",
          "[api][control][transfer]") {
  Api api;
  std::string list = "[1";
  for (int i = 0; i < 4'300'000; ++i) list += ",1";
  list += ']';
  CHECK_THAT(Refused(api, VersionLine(R"("version_index":0,"publish_order":1,)"
                                      R"("tags":)" +
                                      list)),
             Contains("`tags` has more values than can be read"));
  CHECK_THAT(Refused(api, R"({"type":"table","project_id":"a/b","digest":"d",)"
                          R"("created_at":"2024-01-01T00:00:00Z","rows":[)" +
                              list + "]}\n"),
             Contains("`rows` is not a list of lists of digests"));
}

TEST_CASE("of versions that come together the one published last is latest",
          "[api][control][transfer]") {
  Api from;
  Api into;
  const auto publish = [](Api& api, const char* val, int minute) {
    api.clock.now_us = int64_t{minute} * 60'000'000;
    return PublishVal(api, "o", val);
  };
  SECTION("a number and an order of another") {
    publish(into, "0", 1);
    publish(from, R"("a")", 2);
    publish(from, R"("c")", 3);
    publish(from, R"("a")", 4);
  }
  SECTION("an order of another") {
    for (int minute : {1, 3, 4}) publish(into, R"("a")", minute);
    for (int minute : {1, 2}) publish(from, R"("a")", minute);
    publish(from, R"("c")", 3);
  }
  Import(into, ExportAll(from));
  std::vector<std::string> latest;
  for (const Json& object : QueryObjects(into)) {
    if (object.at("is_latest") == 1) latest.push_back(object.at("val"));
  }
  CHECK(latest == std::vector<std::string>{"a"});
  CHECK(ReadObject(into, "o", "latest").at("val") == "a");
}

TEST_CASE("a version with a number that leaves no room for others is refused",
          "[api][control][transfer]") {
  Api api;
  const auto [members, reason] = GENERATE(table<std::string, std::string>({
      {R"("version_index":9223372036854775807,"publish_order":1)",
       "`version_index` is not"},
      {R"("version_index":0,"publish_order":9223372036854775807)",
       "`publish_order` is not"},
      {R"("version_index":0,"publish_order":0)", "`publish_order` is not"},
      {R"("version_index":0,"publish_order":1,"aliases":["latest"])",
       "'latest' is reserved"},
      {R"("version_index":0,"publish_order":1,"aliases":[""])",
       "cannot be empty"},
      {R"("version_index":0,"publish_order":1,"tags":["a/b"])", "Invalid tag"},
  }));
  INFO(members);
  CHECK_THAT(Refused(api, VersionLine(members)), Contains(reason));
}

TEST_CASE("a piece that does not fit spoils no file",
          "[api][control][transfer]") {
  Api api;
  REQUIRE(api.SendForm("/file/create",
                       {{.name = "project_id", .data = "team/app"},
                        {.name = "file", .filename = "f", .data = "content"}})
              .status == 200);
  const std::string lines = ExportAll(api);
  const std::string digest = OfType(lines, "file").at(0).at("digest");
  Api copy;
  const auto piece = [&](const std::string& number) {
    return R"({"type":"file_piece","project_id":"team/app","digest":)" +
           Quoted(digest) + R"(,"piece":)" + number +
           R"(,"data":"eA=="})"
           "\n";
  };
  for (const char* number : {"7", "-1", "1", "9223372036854775807"}) {
    CHECK_THAT(Refused(copy, piece(number)), Contains("does not come after"));
  }
  // A piece 0 of another content, and more of it: an import that was cut.
  Import(copy, piece("0") + piece("1"));
  CHECK(Import(copy, lines).at("added").at("file") == 1);
  CHECK(ExportAll(copy) == lines);
}

TEST_CASE("what was refused is neither counted nor told with the next commit",
          "[api][control][transfer]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  PutStart(api, AStart("c1").WithText("project_id", "a/b"));
  api.Restart();  // the file has counts
  const auto count = [&] {
    return Json::parse(api.Ok("/calls/query_stats", R"({"project_id":"a/b"})"))
        .at("count");
  };
  CHECK(count() == 1);
  const uint64_t before = api.changes().last();
  std::string lines;
  for (const char* id : {"i1", "i2", "i3"}) {
    lines += R"({"type":"call","project_id":"a/b","id":")" + std::string(id) +
             R"(","trace_id":"t","op_name":"f","status":"running",)"
             R"("started_at":"2024-01-01T00:00:00Z","attributes":{},)"
             R"("inputs":{}})"
             "\n";
  }
  ReasonOf(api.Post("/_bobbin/import", lines + "bad\n"), 400);
  PublishVal(api, "o", "1");  // a commit that changes no call
  CHECK(count() == 1);
  CHECK(api.changes().Past(before, "a/b").empty());
  // Nor does the file keep counts that are no longer true.
  PutStart(api, AStart("c2").WithText("project_id", "a/b"));
  CHECK(Column(api, "SELECT count(*) FROM project_counts").front() == "0");
  CHECK(count() == 2);
}

}  // namespace
}  // namespace bobbin::testing
