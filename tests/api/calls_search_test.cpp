// Finding texts, /_bobbin/search.

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/api_fixture.h"
#include "support/api_rows.h"
#include "support/call_tree.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kSearch = "/_bobbin/search";

// "id field [snippet with the match in brackets]" of each hit.
std::string Hits(Api& api, const Json& body) {
  std::string text;
  for (const Json& line : Lines(api.Ok(kSearch, body.dump()))) {
    const std::string snippet = line.at("snippet");
    const size_t begin = line.at("match_start");
    const size_t end = line.at("match_end");
    if (!text.empty()) text += "\n";
    text += line.at("id").get<std::string>() + " " +
            line.at("field").get<std::string>() + " " +
            snippet.substr(0, begin) + "[" +
            snippet.substr(begin, end - begin) + "]" + snippet.substr(end);
  }
  return text;
}

// More calls than are looked at one by one.
void AddHay(Api& api) {
  for (int batch = 0; batch < 21; ++batch) {
    Json items = Json::array();
    for (int i = 0; i < 500; ++i) {
      const std::string id = std::to_string(batch) + "-" + std::to_string(i);
      items.push_back({{"mode", "start"},
                       {"req",
                        {{"start",
                          {{"project_id", "team/app"},
                           {"id", id},
                           {"trace_id", id},
                           {"op_name", "hay"},
                           {"started_at", 1'700'001'000 + batch},
                           {"attributes", Json::object()},
                           {"inputs", Json::object()}}}}}});
    }
    api.Ok("/call/upsert_batch", Json{{"batch", items}}.dump());
  }
}

TEST_CASE("a hit tells the call and where the text is", "[api][search]") {
  Api api;
  Calls(api).Add("a", "t", "", R"({"inputs":{"q":"What is a bobbin?"}})");
  CHECK(api.Ok(kSearch, R"({"text":"bobbin"})") ==
        R"({"project_id":"team/app","id":"a","trace_id":"t","op_name":"op",)"
        R"("name":"op","started_at":"2023-11-14T22:13:20Z","field":"inputs",)"
        R"("snippet":"{\"q\":\"What is a bobbin?\"}","match_start":16,)"
        R"("match_end":22})"
        "\n");
}

TEST_CASE("every text of a call is searched, and names come first",
          "[api][search]") {
  Api api;
  Calls calls(api);
  const auto [more, hit] = GENERATE(table<std::string, std::string>({
      {R"({"op_name":"a needle"})", "a op_name a [needle]"},
      {R"({"display_name":"needle","inputs":{"x":"needle"}})",
       "a display_name [needle]"},
      {R"({"exception":"no\nneedle"})", "a exception no\n[needle]"},
      {R"({"output":["needle"]})", "a output [\"[needle]\"]"},
      {R"({"attributes":{"needle":1}})", "a attributes {\"[needle]\":1}"},
      {R"({"summary":{"x":"needle"}})", "a summary {\"x\":\"[needle]\"}"},
      {R"({"inputs":{"x":"NeeDle"}})", "a inputs {\"x\":\"[NeeDle]\"}"},
      {R"({"inputs":{"x":"need le"}})", ""},
  }));
  CAPTURE(more);
  calls.Add("a", "t", "", more);
  CHECK(Hits(api, {{"text", "needle"}}) == hit);
}

TEST_CASE("a snippet is a part of a long text, in whole characters",
          "[api][search]") {
  Api api;
  std::string text;
  for (int i = 0; i < 200; ++i) text += "\u00e9";
  Calls(api).Add("a", "t", "", Json{{"output", text + "needle" + text}}.dump());
  const Json line = Lines(api.Ok(kSearch, R"({"text":"needle"})")).at(0);
  const std::string snippet = line.at("snippet");
  CHECK(snippet.size() < 200);
  CHECK(snippet.substr(line.at("match_start"), 6) == "needle");
  CHECK(snippet.starts_with("\u00e9"));
  CHECK(snippet.ends_with("\u00e9"));
}

TEST_CASE("what JSON escapes is found, and shown, as it is meant",
          "[api][search]") {
  Api api;
  Calls(api).Add("a", "t", "", R"({"inputs":{"x":"say \"hi\"\nto C:\\x"}})");
  CHECK(Hits(api, {{"text", "\"hi\"\nto"}}) ==
        "a inputs {\"x\":\"say [\"hi\"\nto] C:\\x\"}");
  CHECK(Hits(api, {{"text", "nto"}}).empty());
  CHECK(Hits(api, {{"text", "c:\\x"}}) ==
        "a inputs {\"x\":\"say \"hi\"\nto [C:\\x]\"}");
}

TEST_CASE("hits come newest first, within their bounds", "[api][search]") {
  Api api;
  Calls calls(api);
  for (const char* id : {"a", "b", "c"}) {
    calls.Add(id, "t", "", R"({"output":"needle"})");
  }
  calls.Add("d", "t", "", R"({"output":"needle","project_id":"team/other"})");
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["b"]})");
  const auto ids = [&](const std::string& more) {
    std::string text;
    for (const Json& line :
         Lines(api.Ok(kSearch, R"({"text":"needle")" + more + "}"))) {
      text += line.at("id").get<std::string>();
    }
    return text;
  };
  CHECK(ids("") == "dca");
  CHECK(ids(R"(,"limit":2)") == "dc");
  CHECK(ids(R"(,"limit":0)").empty());
  CHECK(ids(R"(,"project_id":"team/app")") == "ca");
  CHECK(ids(R"(,"project_id":"no/such")").empty());
  CHECK(ids(R"(,"since":1700000002)") == "dc");
  CHECK(ids(R"(,"until":1700000002)") == "a");
}

TEST_CASE("a search heeds the filters that all reports have", "[api][search]") {
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  Calls calls(api);
  calls.Add("a", "t", "", R"({"op_name":"one","output":"needle"})");
  calls.Add("b", "t", "", R"({"op_name":"two","output":"needle"})");
  calls.Add("c", "t", "",
            R"({"op_name":"two","output":"needle","exception":"broke"})");
  const auto ids = [&](const Json& more) {
    Json request = {{"text", "needle"}};
    request.update(more);
    std::string text;
    for (const Json& line : Lines(api.Ok(kSearch, request.dump()))) {
      text += line.at("id").get<std::string>();
    }
    return text;
  };
  CHECK(ids(Json::object()) == "cba");
  CHECK(ids({{"op_names", {"two"}}}) == "cb");
  CHECK(ids({{"op_names", {"two"}}, {"project_id", "team/app"}}) == "cb");
  CHECK(ids({{"op_names", {"two"}}, {"project_id", "no/such"}}).empty());
  CHECK(ids({{"statuses", {"error"}}}) == "c");
  CHECK(ids({{"where", "id != 'b'"}}) == "ca");
  CHECK(ids({{"op_names", {"two"}}, {"where", "status = 'success'"}}) == "b");
  // Beyond the newest calls it is another statement.
  AddHay(api);
  CHECK(ids({{"op_names", {"two"}}}) == "cb");
  CHECK(ids({{"statuses", {"error"}}}) == "c");
  CHECK(ids({{"where", "id != 'b'"}}) == "ca");
  CHECK(ids({{"op_names", {"two"}}, {"project_id", "no/such"}}).empty());
}

TEST_CASE("what is only in old calls of a large file is found as well",
          "[api][search][threads]") {
  // In memory one thread looks, in a file several.
  Api api(Transport::kInProcess,
          GENERATE(db::Durability::kMemory, db::Durability::kNormal));
  Calls calls(api);
  calls.Add("old", "t", "", R"({"output":"a needle of old"})");
  calls.Add("named", "t", "", R"({"display_name":"needle"})");
  AddHay(api);
  // An output's row is not its call's.
  api.Ok("/call/end", R"({"end":{"project_id":"team/app","id":"20-499",)"
                      R"("ended_at":1700002000,"output":"pin","summary":{}}})");
  CHECK(Hits(api, {{"text", "a PIN"}}).empty());
  CHECK(Hits(api, {{"text", "needle"}}) ==
        "named display_name [needle]\nold output \"a [needle] of old\"");
  CHECK(Hits(api, {{"text", "needle"}, {"limit", 1}}) ==
        "named display_name [needle]");
  CHECK(Hits(api, {{"text", "needle"}, {"until", 1'700'000'001}}) ==
        "old output \"a [needle] of old\"");
  CHECK(Hits(api, {{"text", "needle"}, {"project_id", "no/such"}}).empty());
  CHECK(Lines(api.Ok(kSearch, R"({"text":"hay"})")).size() == 50);
  // More than all that the newest calls have: of every part of the file.
  CHECK(Lines(api.Ok(kSearch, R"({"text":"hay","limit":10400})")).size() ==
        10'400);
}

TEST_CASE("a search finds what stays, whatever comes and goes meanwhile",
          "[api][search][threads]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  Calls calls(api);
  for (const char* id : {"a", "b", "c"}) {
    calls.Add(id, "t", "", R"({"output":"needle"})");
  }
  AddHay(api);
  // Newer than those that stay, and older than the newest, which are looked at
  // one by one.
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const std::string id = "come" + std::to_string(i);
      api.Post("/call/start",
               R"({"start":{"project_id":"team/app","id":")" + id +
                   R"(","trace_id":"t","op_name":"o","started_at":1700000900,)"
                   R"("attributes":{},"inputs":{"x":"needle"}}})");
      api.Post("/calls/delete",
               R"({"project_id":"team/app","call_ids":[")" + id + "\"]}");
    }
  });
  std::vector<size_t> found;
  for (int i = 0; i < 30; ++i) {
    const api::Response hits =
        api.Post(kSearch, R"({"text":"needle","limit":3})");
    found.push_back(static_cast<size_t>(std::ranges::count(hits.body, '\n')));
  }
  stop = true;
  writer.join();
  CHECK(found == std::vector<size_t>(30, 3));
}

TEST_CASE("what is wrong with a search", "[api][search]") {
  Api api;
  CheckRows(api, {{"no text", "POST /_bobbin/search", "{}", 422,
                   R"([["missing",["body","text"]]])"},
                  {"an empty text", "POST /_bobbin/search", R"({"text":""})",
                   400, R"({"reason":"text must not be empty"})"},
                  {"a negative limit", "POST /_bobbin/search",
                   R"({"text":"x","limit":-1})", 400},
                  {"a project that is none", "POST /_bobbin/search",
                   R"({"text":"x","project_id":"x"})", 400}});
}

}  // namespace
}  // namespace bobbin::testing
