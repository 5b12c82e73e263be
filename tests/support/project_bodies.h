// Projects with something of each kind in them, and what there is of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/call_bodies.h"

namespace bobbin::testing {
inline namespace bodies {

// Something of each kind.
inline void Fill(Api& api, std::string_view project,
                 std::string_view word = "w") {
  const std::string p = Quoted(project);
  const std::string w(word);
  const std::string ref = "weave:///" + std::string(project) + "/object/o:v";
  PutStart(api, AStart("root-" + w)
                    .With("project_id", p)
                    .With("inputs", R"({"x":)" + Quoted(ref + w) +
                                        R"(,"shared":"weave:///a/b/call/c"})"));
  PutComplete(api, AComplete("child-" + w)
                       .With("project_id", p)
                       .WithText("parent_id", "root-" + w)
                       .With("output", Quoted(ref + "out")));
  PutEnd(api, AnEnd("hidden-" + w).With("project_id", p));
  api.Ok("/calls/delete",
         R"({"project_id":)" + p + R"(,"call_ids":["never"]})");
  for (const char* val : {"1", "2"}) {
    api.Ok("/obj/create", R"({"obj":{"project_id":)" + p +
                              R"(,"object_id":"thing","val":)" + val + "}}");
  }
  REQUIRE(SendJson(api, "PUT", "/objs/thing/versions/v0/tags",
                   R"({"project_id":)" + p + R"(,"tags":["good"]})")
              .status == 200);
  REQUIRE(SendJson(
              api, "PUT", "/objs/thing/aliases",
              R"({"project_id":)" + p + R"(,"digest":"v1","aliases":["prod"]})")
              .status == 200);
  REQUIRE(api.SendForm("/file/create",
                       {{.name = "project_id", .data = std::string(project)},
                        {.name = "file",
                         .filename = "f",
                         .data = std::string(300'000, w.front())}})
              .status == 200);
  api.Ok("/table/create", R"({"table":{"project_id":)" + p +
                              R"(,"rows":[{"n":1},{"w":)" + Quoted(word) +
                              "}]}}");
  api.Ok("/feedback/create",
         R"({"project_id":)" + p + R"(,"weave_ref":"weave:///)" +
             std::string(project) + R"(/call/root-)" + w +
             R"(","feedback_type":"note","payload":{"note":)" + Quoted(word) +
             "}}");
  api.Ok("/cost/create", R"({"project_id":)" + p +
                             R"(,"costs":{"m":{"prompt_token_cost":1,)"
                             R"("completion_token_cost":2}}})");
}

// What the API shows of a project, word for word, but for its name.
inline std::string All(Api& api, std::string_view project) {
  const std::string p = R"({"project_id":)" + Quoted(project);
  std::string all;
  for (const auto& [path, more] :
       std::vector<std::pair<const char*, const char*>>{
           {"/calls/query", R"(,"include_feedback":true})"},
           {"/calls/query_stats", "}"},
           {"/objs/query", R"(,"include_tags_and_aliases":true})"},
           {"/files/query_stats", "}"},
           {"/feedback/query", "}"},
           {"/cost/query", "}"}}) {
    all += api.Ok(path, p + more) + "\n";
  }
  const std::string table =
      Json::parse(api.Ok("/table/create",
                         R"({"table":{"project_id":)" + Quoted(project) +
                             R"(,"rows":[{"n":1},{"w":"w"}]}})"))
          .at("digest");
  all += api.Ok("/table/query", p + R"(,"digest":)" + Quoted(table) + "}");
  std::string plain;
  for (size_t at = 0; at < all.size(); ++at) {
    if (all.compare(at, project.size(), project) == 0) {
      plain += "PROJECT";
      at += project.size() - 1;
    } else {
      plain += all[at];
    }
  }
  return plain;
}

// The first column of all rows.
inline std::vector<std::string> Column(Api& api, const std::string& sql) {
  std::vector<std::string> values;
  const Status status = api.database().Read([&](db::Connection& connection) {
    db::Query query(connection, sql);
    while (query.Row()) values.emplace_back(query.Text(0));
    return Status();
  });
  REQUIRE(status.ok());
  return values;
}

// How many rows each table has, but for those that have none.
inline std::map<std::string, std::string> Rows(Api& api) {
  std::map<std::string, std::string> counts;
  for (const std::string& table :
       Column(api,
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name "
              "NOT LIKE 'sqlite_%'")) {
    const std::string count =
        Column(api, "SELECT count(*) FROM " + table).front();
    if (count != "0") counts[table] = count;
  }
  return counts;
}

}  // namespace bodies
}  // namespace bobbin::testing
