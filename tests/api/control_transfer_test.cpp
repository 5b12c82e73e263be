// Whole projects out and in again.
#include <algorithm>
#include <string>
#include <vector>

#include "support/captured_log.h"
#include "support/catch.h"
#include "support/transfer_lines.h"

namespace bobbin::testing {
namespace {

using Catch::Contains;

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

TEST_CASE("a project that is asked for twice is exported once",
          "[api][control][transfer]") {
  Api api;
  PutStart(api, AStart("c1"));
  CHECK(OfType(api.Ok("/_bobbin/export",
                      R"({"project_ids":["team/app","team/app"]})"),
               "call")
            .size() == 1);
}

}  // namespace
}  // namespace bobbin::testing
