// Tags and aliases of objects (contract section 6.4).

#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/object_bodies.h"

namespace bobbin::testing {
namespace {

const std::string kTags = "/objs/thing/versions/v0/tags";
const std::string kAliases = "/objs/thing/aliases";

std::string Tags(std::string_view tags) {
  return R"({"project_id":"team/app","tags":)" + std::string(tags) + "}";
}
std::string Aliases(std::string_view digest, std::string_view aliases) {
  return R"({"project_id":"team/app","digest":")" + std::string(digest) +
         R"(","aliases":)" + std::string(aliases) + "}";
}
std::string NoAliases(std::string_view aliases) {
  return R"({"project_id":"team/app","aliases":)" + std::string(aliases) + "}";
}

// Sends what must succeed, and do nothing but that.
void Do(Api& api, std::string_view method, std::string_view path,
        std::string_view json) {
  const api::Response response = SendJson(api, method, path, json);
  INFO(path << " " << json);
  REQUIRE(response.body == "{}");
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/json");
}

std::string List(Api& api, const std::string& path) {
  const api::Response response = Get(api, path, {{"project_id", "team/app"}});
  CHECK(response.status == 200);
  return response.body;
}

TEST_CASE("a version wears tags", "[api][tags]") {
  Api api(GENERATE(Transport::kInProcess, Transport::kPort));
  PublishVal(api, "thing", "1");
  PublishVal(api, "thing", "2");
  const std::string prefix = GENERATE("", "/traces");
  Do(api, "PUT", prefix + kTags, Tags(R"(["two words","b","a","b"])"));
  Do(api, "PUT", prefix + kTags, Tags(R"(["b","c"])"));
  Do(api, "PUT", prefix + kTags, Tags("[]"));
  CHECK(ReadObject(api, "thing", "v0").at("tags") ==
        Json({"a", "b", "c", "two words"}));
  CHECK(ReadObject(api, "thing", "v1").at("tags") == Json::array());
  Do(api, "POST", prefix + kTags + "/remove", Tags(R"(["b","none"])"));
  CHECK(List(api, prefix + "/tags") == R"({"tags":["a","c","two words"]})");
  CHECK(List(api, prefix + "/aliases") == R"({"aliases":[]})");
}

TEST_CASE("an alias reads like a digest, and moves", "[api][tags]") {
  Api api;
  PublishVal(api, "thing", "1");
  PublishVal(api, "thing", "2");
  Do(api, "PUT", kAliases, Aliases("v0", R"(["prod","my deploy.v2"])"));
  CHECK(ReadObject(api, "thing", "prod").at("version_index") == 0);
  CHECK(ReadObject(api, "thing", "v0").at("aliases") ==
        Json({"my deploy.v2", "prod"}));
  Do(api, "PUT", kAliases, Aliases("latest", R"(["prod"])"));
  CHECK(ReadObject(api, "thing", "prod").at("version_index") == 1);
  CHECK(ReadObject(api, "thing", "prod").at("aliases") ==
        Json({"latest", "prod"}));
  CHECK(ReadObject(api, "thing", "v0").at("aliases") == Json({"my deploy.v2"}));
  CHECK(List(api, "/aliases") == R"({"aliases":["my deploy.v2","prod"]})");
  Do(api, "POST", kAliases + "/remove", NoAliases(R"(["prod","none"])"));
  CHECK(ReasonOf(api.Post("/obj/read", AVersion("thing", "prod").json()),
                 404) == "Obj thing:prod not found");
  Do(api, "POST", "/objs/none/aliases/remove", NoAliases(R"(["prod"])"));
}

TEST_CASE("tags are put on a version by any of its names", "[api][tags]") {
  Api api;
  const std::string digest = PublishVal(api, "thing", "1");
  Do(api, "PUT", kAliases, Aliases(digest, R"(["prod"])"));
  for (const std::string& name :
       std::vector<std::string>{digest, "v0", "latest", "prod"}) {
    CAPTURE(name);
    const std::string path = "/objs/thing/versions/" + name + "/tags";
    Do(api, "PUT", path, Tags(R"(["x"])"));
    CHECK(ReadObject(api, "thing", "v0").at("tags") == Json({"x"}));
    Do(api, "POST", path + "/remove", Tags(R"(["x"])"));
    CHECK(ReadObject(api, "thing", "v0").at("tags").empty());
  }
}

TEST_CASE("objects are found by their tags and aliases", "[api][tags]") {
  Api api;
  for (const char* val : {"1", "2"}) PublishVal(api, "thing", val);
  PublishVal(api, "other", "1");
  Do(api, "PUT", kTags, Tags(R"(["x"])"));
  Do(api, "PUT", "/objs/other/aliases", Aliases("v0", R"(["prod"])"));
  const auto found = [&](const char* filter) {
    std::string all;
    for (const Json& object :
         QueryObjects(api, std::string(R"("include_tags_and_aliases":true,)") +
                               R"("metadata_only":true,"filter":)" + filter)) {
      all += object.at("object_id").get<std::string>() +
             object.at("tags").dump() + object.at("aliases").dump();
    }
    return all;
  };
  CHECK(found(R"({"tags":["x","y"]})") == R"(thing["x"][])");
  CHECK(found(R"({"tags":["y"]})").empty());
  CHECK(found(R"({"aliases":["prod"]})") == R"(other[]["latest","prod"])");
  CHECK(found(R"({"aliases":["latest"],"object_ids":["thing"]})") ==
        R"(thing[]["latest"])");
  CHECK(found(R"({"tags":["x"],"aliases":["prod"]})").empty());
}

TEST_CASE("a label is any text that its rule allows", "[api][tags]") {
  Api api;
  PublishVal(api, "thing", "1");
  struct Row {
    std::string label;  // inside a JSON string
    bool tag, alias;
  };
  const std::string e_acute = "\xc3\xa9";
  std::string most_tag, most_alias;
  for (int i = 0; i < 256; ++i) most_tag += e_acute;
  for (int i = 0; i < 128; ++i) most_alias += e_acute;
  for (const Row& row : std::vector<Row>{
           {"a", true, true},
           {"-_9Z", true, true},
           {"two words", true, true},
           {"v0", true, false},
           {"v123", true, false},
           {"v", true, true},
           {"v1a", true, true},
           {"V1", true, true},
           {"latest", true, false},
           {"Latest", true, true},
           {"a.b", false, true},
           {"a!b@c+d", false, true},
           {"a/b", false, false},
           {"a:b", false, false},
           {"", false, false},
           {"   ", false, false},
           {"\\t", false, false},
           {" a", false, true},
           {"a ", false, true},
           {"a  b", false, true},
           {"a\\nb", false, true},
           {"a\\\"b", false, true},
           {"\xe4\xb8\xad\xe6\x96\x87", true, true},
           {most_alias, true, true},
           {most_alias + "x", true, false},
           {most_tag, true, false},
           {most_tag + "x", false, false},
       }) {
    CAPTURE(row.label);
    const std::string list = "[\"fine\",\"" + row.label + "\"]";
    const Json label = Json::parse("\"" + row.label + "\"");
    for (const bool remove : {false, true}) {
      CAPTURE(remove);
      const std::string method = remove ? "POST" : "PUT";
      const std::string way = remove ? "/remove" : "";
      const api::Response tag = SendJson(api, method, kTags + way, Tags(list));
      CHECK(tag.status == (row.tag ? 200 : 400));
      if (!row.tag) CHECK(!ReasonOf(tag, 400).empty());
      const api::Response alias =
          SendJson(api, method, kAliases + way,
                   remove ? NoAliases(list) : Aliases("v0", list));
      CHECK(alias.status == (row.alias ? 200 : 400));
      if (!row.alias) CHECK(!ReasonOf(alias, 400).empty());
      const Json object = ReadObject(api, "thing", "v0");
      const auto has = [&](const char* list_name) {
        for (const Json& one : object.at(list_name)) {
          if (one == label) return label != "latest" || list_name[0] == 't';
        }
        return false;
      };
      CHECK(has("tags") == (row.tag && !remove));
      CHECK(has("aliases") == (row.alias && !remove));
    }
  }
}

TEST_CASE("what a request about labels is answered", "[api][tags]") {
  struct Row {
    std::string method, path, body;
    int status;
    std::string reason;  // its beginning; or [type, loc] of each 422 detail
  };
  const std::string remove_tags = kTags + "/remove";
  const std::string remove_aliases = kAliases + "/remove";
  const std::string no_project = R"({"project_id":"app","tags":["x"]})";
  const std::string need_tags =
      R"([["missing",["body","project_id"]],["missing",["body","tags"]]])";
  const std::vector<Row> rows{
      {"PUT", kTags, "{}", 422, need_tags},
      {"POST", remove_tags, "{}", 422, need_tags},
      {"PUT", kTags,
       R"({"project_id":null,"tags":[1],"wb_user_id":2,"object_id":"x"})", 422,
       R"([["string_type",["body","project_id"]],
           ["string_type",["body","tags",0]],
           ["string_type",["body","wb_user_id"]],
           ["extra_forbidden",["body","object_id"]]])"},
      {"PUT", kTags, Tags("null"), 422, R"([["list_type",["body","tags"]]])"},
      {"PUT", kTags, no_project, 400, "Invalid project_id"},
      {"POST", remove_tags, no_project, 400, "Invalid project_id"},
      {"PUT", kTags, Tags(R"(["x","a.b"])"), 400, "Invalid tag: 'a.b'"},
      {"PUT", "/objs/thing/versions/v7/tags", Tags(R"(["x"])"), 404,
       "Obj thing:v7 not found"},
      {"PUT", "/objs/none/versions/latest/tags", Tags(R"(["x"])"), 404,
       "Obj none:latest not found"},
      {"PUT", "/objs/thing/versions/v1/tags", Tags(R"(["x"])"), 404,
       "thing:v1 was deleted at "},
      {"POST", "/objs/thing/versions/v7/tags/remove", Tags(R"(["x"])"), 404,
       "Obj thing:v7 not found"},
      {"PUT", kAliases, "{}", 422,
       R"([["missing",["body","project_id"]],["missing",["body","digest"]],
           ["missing",["body","aliases"]]])"},
      {"PUT", kAliases,
       R"({"project_id":1,"digest":1,"aliases":{},"alias":"x"})", 422,
       R"([["string_type",["body","project_id"]],
           ["string_type",["body","digest"]],
           ["list_type",["body","aliases"]],
           ["extra_forbidden",["body","alias"]]])"},
      {"PUT", kAliases, R"({"project_id":"app","digest":"v0","aliases":["x"]})",
       400, "Invalid project_id"},
      {"PUT", kAliases, Aliases("v0", R"(["latest"])"), 400,
       "Alias 'latest' is reserved"},
      {"PUT", kAliases, Aliases("v7", R"(["x"])"), 404,
       "Obj thing:v7 not found"},
      {"PUT", kAliases, Aliases("v1", R"(["x"])"), 404,
       "thing:v1 was deleted at "},
      {"POST", remove_aliases, "{}", 422,
       R"([["missing",["body","project_id"]],
           ["missing",["body","aliases"]]])"},
      {"POST", remove_aliases, R"({"project_id":"app","aliases":[]})", 400,
       "Invalid project_id"},
      {"POST", remove_aliases, NoAliases(R"(["a/b"])"), 400,
       "Invalid alias: 'a/b'"},
      {"PUT", kTags, "[", 422, R"([["json_invalid",["body",1]]])"},
  };
  Api api;
  PublishVal(api, "thing", "1");
  PublishVal(api, "thing", "2");
  api.Ok("/obj/delete",
         R"({"project_id":"team/app","object_id":"thing","digests":["v1"]})");
  for (const Row& row : rows) {
    CAPTURE(row.method, row.path, row.body);
    const api::Response response =
        SendJson(api, row.method, row.path, row.body);
    if (row.status == 422) {
      Json got = Json::array();
      for (const Json& detail : DetailsOf(response)) {
        got.push_back({detail.at("type"), detail.at("loc")});
      }
      CHECK(got == Json::parse(row.reason));
    } else {
      CHECK_THAT(ReasonOf(response, row.status), Catch::StartsWith(row.reason));
    }
  }
  CHECK(List(api, "/tags") == R"({"tags":[]})");
  CHECK(List(api, "/aliases") == R"({"aliases":[]})");
}

TEST_CASE("a list of labels needs a project", "[api][tags]") {
  Api api;
  const std::string path = GENERATE("/tags", "/aliases");
  CHECK(DetailsOf(Get(api, path, {})) ==
        Json::parse(R"([{"type":"missing","loc":["query","project_id"],
                         "msg":"Field required","input":null}])"));
  CHECK_THAT(ReasonOf(Get(api, path, {{"project_id", "app"}}), 400),
             Catch::StartsWith("Invalid project_id"));
  CHECK(Get(api, path, {{"more", "1"}, {"project_id", "team/none"}}).body ==
        "{\"" + path.substr(1) + "\":[]}");
  CHECK(api.Post(path, "{}").status == 405);
}

TEST_CASE("labels outlive a restart", "[api][tags]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  PublishVal(api, "thing", "1");
  PublishVal(api, "thing", "2");
  Do(api, "PUT", kTags, Tags(R"(["x"])"));
  Do(api, "PUT", kAliases, Aliases("v0", R"(["prod"])"));
  api.Restart();
  const Json object = ReadObject(api, "thing", "prod");
  CHECK(object.at("version_index") == 0);
  CHECK(object.at("tags") == Json({"x"}));
  CHECK(object.at("aliases") == Json({"prod"}));
}

TEST_CASE("an alias that many move is on one version in the end",
          "[api][tags][threads]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  constexpr int kThreads = 4;
  constexpr int kTurns = 25;
  for (int i = 0; i < kThreads; ++i) {
    PublishVal(api, "thing", std::to_string(i));
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const std::string version = "v" + std::to_string(i);
      for (int turn = 0; turn < kTurns; ++turn) {
        if (SendJson(api, "PUT", kAliases, Aliases(version, R"(["prod"])"))
                .status != 200) {
          ++wrong;
        }
        // One snapshot: whatever version it is on, that one says so.
        const Json read = Json::parse(
            api.Post("/obj/read", AVersion("thing", "prod")
                                      .With("include_tags_and_aliases", "true")
                                      .json())
                .body);
        if (!read.contains("obj") || read.at("obj").at("aliases").dump().find(
                                         "prod") == std::string::npos) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  int wearing = 0;
  for (const Json& object :
       QueryObjects(api, R"("filter":{"aliases":["prod"]})")) {
    wearing += object.at("object_id") == "thing";
  }
  CHECK(wearing == 1);
}

}  // namespace
}  // namespace bobbin::testing
