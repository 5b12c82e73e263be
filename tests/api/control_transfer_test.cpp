// Whole projects out and in again.
#include <algorithm>
#include <string>
#include <vector>

#include "support/captured_log.h"
#include "support/catch.h"
#include "support/object_bodies.h"
#include "support/project_bodies.h"

namespace bobbin::testing {
namespace {

using Catch::Contains;

std::string ExportAll(Api& api) { return api.Ok("/_bobbin/export", ""); }

Json Import(Api& api, const std::string& lines) {
  return Json::parse(api.Ok("/_bobbin/import", lines));
}

// Why lines are refused; nothing of them is kept.
std::string Refused(Api& api, const std::string& lines) {
  const std::string before = ExportAll(api);
  std::string reason = ReasonOf(api.Post("/_bobbin/import", lines), 400);
  CHECK(ExportAll(api) == before);
  return reason;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

// The lines of one type.
std::vector<Json> OfType(const std::string& text, std::string_view type) {
  std::vector<Json> found;
  for (const std::string& line : LinesOf(text)) {
    Json json = Json::parse(line);
    if (json.at("type") == type) found.push_back(std::move(json));
  }
  return found;
}

// A version of `o` in team/app; `more` are further members.
std::string VersionLine(const std::string& more) {
  return R"({"type":"object","project_id":"team/app","object_id":"o",)"
         R"("kind":"object","digest":"d",)"
         R"("created_at":"2024-01-01T00:00:00Z",)"
         R"("published_at":"2024-01-01T00:00:00Z","val":1,)" +
         more + "}\n";
}

// Out of one database, into a new one, and out of that.
void CheckRoundTrip(Api& api) {
  const std::string lines = ExportAll(api);
  Api copy;
  Import(copy, lines);
  CHECK(ExportAll(copy) == lines);
}

std::string CallLine(const std::string& more) {
  return R"({"type":"call","project_id":"team/app","id":"c1",)" + more + "}\n";
}

TEST_CASE(
    "what is exported and imported is the same again, and so are all "
    "answers",
    "[api][control][transfer]") {
  Api api;
  Fill(api, "team/app");
  Fill(api, "team/other", "o");
  const std::string lines = ExportAll(api);
  Api copy;
  // Another row numbering than there.
  Fill(copy, "somebody/else");
  copy.Ok("/_bobbin/drop", R"({"project_id":"somebody/else"})");
  const Json counts = Import(copy, lines);
  CHECK(counts.at("present").empty());
  CHECK(counts.at("added").at("project") == 2);
  CHECK(counts.at("added").at("call") == 8);
  CHECK(ExportAll(copy) == lines);
  CHECK(Rows(copy) == Rows(api));
  for (const char* project : {"team/app", "team/other"}) {
    CHECK(All(copy, project) == All(api, project));
  }
}

TEST_CASE("an import can be repeated, whole or from where it was cut",
          "[api][control][transfer]") {
  Api api;
  Fill(api, "team/app");
  const std::string lines = ExportAll(api);
  const std::vector<std::string> each = LinesOf(lines);
  for (size_t cut = 0; cut <= each.size(); ++cut) {
    INFO(cut);
    Api copy;
    // Each line in a body of its own, as if it were a long one.
    for (size_t i = 0; i < cut; ++i) Import(copy, each[i]);
    const Json counts = Import(copy, lines);
    CHECK(counts.at("lines") == each.size());
    CHECK(ExportAll(copy) == lines);
  }
  const Json again = Import(api, lines);
  CHECK(again.at("added").empty());
  CHECK(ExportAll(api) == lines);
}

TEST_CASE("an export has the projects that it is asked for, in that order",
          "[api][control][transfer]") {
  Api api;
  for (const char* project : {"a/1", "a/2", "a/3"}) {
    PutStart(api, AStart("c").WithText("project_id", project));
  }
  const std::string lines =
      api.Ok("/_bobbin/export", R"({"project_ids":["a/3","a/1"]})");
  const auto projects = OfType(lines, "project");
  REQUIRE(projects.size() == 2);
  CHECK(projects[0].at("project_id") == "a/3");
  CHECK(projects[1].at("project_id") == "a/1");
  CHECK(Json::parse(LinesOf(lines).back()).at("lines") == 4);
  CHECK_THAT(
      ReasonOf(api.Post("/_bobbin/export", R"({"project_ids":["a/1","a/9"]})"),
               404),
      Contains("a/9"));
  ReasonOf(api.Post("/_bobbin/export", R"({"project_ids":["a"]})"), 400);
}

TEST_CASE("JSON comes back with its line breaks, escapes and odd numbers",
          "[api][control][transfer]") {
  Api api;
  const std::string inputs =
      "{\"a\":\r\n [1,\n\t1e400, 12345678901234567890123, \"\\ud800\\n\","
      " \"\\u0000\\u2028\xe2\x80\xa8\"]}";
  PutStart(api, AStart("c1").With("inputs", inputs).With("attributes", "{\n}"));
  PutEnd(api, AnEnd("c1").With("output", " null"));
  CheckRoundTrip(api);
  Api copy;
  Import(copy, ExportAll(api));
  CHECK(ReadText(copy, "c1") == ReadText(api, "c1"));
  CHECK_THAT(ReadText(copy, "c1"), Contains(inputs));
}

TEST_CASE("payloads may have more values than a document has nodes",
          "[api][control][transfer]") {
  std::string output = "[0";
  for (int i = 0; i < 5'000'000; ++i) output += ",0";
  output += ']';
  Api api;
  PutStart(api, AStart("c1"));
  PutEnd(api, AnEnd("c1").With("output", output));
  const std::string lines = ExportAll(api);
  Api copy;
  Import(copy, lines);
  CHECK((ExportAll(copy) == lines));
}

TEST_CASE("halves of calls, names that came first and deleted calls are kept",
          "[api][control][transfer]") {
  Api api;
  PutEnd(api, AnEnd("late").With("output", "1"));
  api.Ok("/call/update",
         R"({"project_id":"team/app","call_id":"named","display_name":"N"})");
  PutStart(api, AStart("gone"));
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["gone"]})");
  CheckRoundTrip(api);
  Api copy;
  Import(copy, ExportAll(api));
  for (Api* one : {&api, &copy}) {
    PutStart(*one, AStart("late"));
    PutStart(*one, AStart("named"));
    PutStart(*one, AStart("gone"));
  }
  CHECK(QueryIds(copy) == "late named");
  CHECK(ReadText(copy, "late") == ReadText(api, "late"));
  CHECK(ReadCall(copy, "named").at("display_name") == "N");
}

TEST_CASE("tables that share rows go on to share them",
          "[api][control][transfer]") {
  Api api;
  std::string rows;
  for (int i = 0; i < 3000; ++i) {
    rows += (i > 0 ? R"(,{"n":)" : R"({"n":)") + std::to_string(i) + "}";
  }
  const std::string digest =
      Json::parse(api.Ok("/table/create",
                         R"({"table":{"project_id":"team/app","rows":[)" +
                             rows + "]}}"))
          .at("digest");
  api.Ok("/table/update", R"({"project_id":"team/app","base_digest":)" +
                              Quoted(digest) +
                              R"(,"updates":[{"append":{"row":{"n":-1}}}]})");
  CheckRoundTrip(api);
  Api copy;
  Import(copy, ExportAll(api));
  CHECK(Rows(copy) == Rows(api));
}

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

TEST_CASE("a call that has lost a half of its JSON is exported without it",
          "[api][control][transfer]") {
  Api api;
  for (const char* id : {"whole", "no-inputs", "no-output"}) {
    PutStart(api, AStart(id).With("inputs", R"({"x":1})"));
    PutEnd(api, AnEnd(id).With("output", "2"));
  }
  const auto lose = [&](const std::string& rows, const std::string& of) {
    const Status lost = api.database().Write([&](db::Connection& connection) {
      connection.Exec("DELETE FROM " + rows + " FROM calls WHERE id = '" + of +
                      "')");
      return Status();
    });
    REQUIRE(lost.ok());
  };
  lose("call_inputs WHERE row_id = (SELECT row_id", "no-inputs");
  lose("call_outputs WHERE row_id = (SELECT output_row", "no-output");
  const CapturedLog log;
  const std::string lines = ExportAll(api);
  CHECK_THAT(log.Text(), Contains("exported without them: 2"));
  Api copy;
  Import(copy, lines);
  CHECK(ExportAll(copy) == lines);
  CHECK(QueryIds(copy) == "no-inputs no-output whole");
  CHECK(ReadCall(copy, "no-inputs").at("inputs").empty());
  CHECK(ReadCall(copy, "no-inputs").at("output") == 2);
  CHECK(ReadCall(copy, "no-output").at("inputs") == Json{{"x", 1}});
  CHECK(ReadCall(copy, "no-output").at("output").is_null());
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

TEST_CASE("an export over a port streams out of a file",
          "[api][control][transfer]") {
  Api api(Transport::kPort, db::Durability::kNormal);
  Fill(api, "team/app");
  const api::Response response = api.Post("/_bobbin/export", "{}");
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/jsonl");
  Api copy(Transport::kPort, db::Durability::kNormal);
  Import(copy, response.body);
  CHECK(ExportAll(copy) == response.body);
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

TEST_CASE("a table that repeats its rows comes back, also where it shares them",
          "[api][control][transfer]") {
  std::string rows;
  for (int i = 0; i < 5000; ++i) rows += R"(,{"label":0})";
  const auto create = [&](Api& api, std::string_view first) {
    api.Ok("/table/create", R"({"table":{"project_id":"team/app","rows":[)" +
                                std::string(first) + rows + "]}}");
  };
  Api api;
  create(api, R"({"n":1})");
  create(api, R"({"label":0})");
  CheckRoundTrip(api);
  Api copy;
  create(copy, R"({"label":0})");
  const std::string lines = ExportAll(api);
  CHECK(Import(copy, lines).at("present").at("table") == 1);
  CHECK(Import(copy, lines).at("added").empty());
  const std::string digest = OfType(lines, "table").at(0).at("digest");
  const std::string wanted =
      R"({"project_id":"team/app","digest":)" + Quoted(digest) + "}";
  CHECK((copy.Ok("/table/query", wanted) == api.Ok("/table/query", wanted)));
}

TEST_CASE("tags and aliases with half a surrogate pair come back",
          "[api][control][transfer]") {
  Api api;
  const std::string digest = PublishVal(api, "o", "1");
  const Body in_app{{"project_id", Quoted(kProject)}};
  REQUIRE(SendJson(api, "PUT", "/objs/o/versions/" + digest + "/tags",
                   in_app.With("tags", R"(["b \ud800","a"])").json())
              .status == 200);
  REQUIRE(SendJson(api, "PUT", "/objs/o/aliases",
                   in_app.WithText("digest", digest)
                       .With("aliases", R"(["\udfff"])")
                       .json())
              .status == 200);
  CheckRoundTrip(api);
  Api copy;
  Import(copy, ExportAll(api));
  const std::string wanted =
      AVersion("o", digest).With("include_tags_and_aliases", "true").json();
  CHECK(copy.Ok("/obj/read", wanted) == api.Ok("/obj/read", wanted));
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

TEST_CASE("a project that is asked for twice is exported once",
          "[api][control][transfer]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(OfType(api.Ok("/_bobbin/export",
                      R"({"project_ids":["team/app","team/app"]})"),
               "call")
            .size() == 1);
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
