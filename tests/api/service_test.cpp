// What clients ask around tracing: health, server info and the three GraphQL
// documents (contract section 15).

#include <string>

#include "base/version.h"
#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

api::Response Get(Api& api, const std::string& path) {
  return api.Send({.method = "GET", .path = path});
}

TEST_CASE("the server is well", "[api][service]") {
  Api api;
  const api::Response response = Get(api, "/health");
  CHECK(response.status == 200);
  CHECK(response.content_type == "application/json");
  CHECK(response.body == R"({"status":"ok"})");
}

TEST_CASE("no client is too old, and the server says its version",
          "[api][service]") {
  Api api;
  const api::Response response = Get(api, "/server_info");
  REQUIRE(response.status == 200);
  const Json info = Json::parse(response.body);
  CHECK(info.at("min_required_weave_python_version") == "0.0.1");
  CHECK(info.at("trace_server_version") == std::string(Version()));
  CHECK(info.at("bobbin").at("durability") == "memory");
}

TEST_CASE("HEAD is answered as GET", "[api][service]") {
  Api api;
  CHECK(api.Send({.method = "HEAD", .path = "/health"}).status == 200);
}

std::string Question(const std::string& document, const Json& variables) {
  return Json{{"query", document}, {"variables", variables}}.dump();
}

TEST_CASE("the documents of the SDKs are answered", "[api][service]") {
  struct Row {
    std::string document;
    Json variables;
    std::string answer;
  };
  const Row row = GENERATE(values<Row>({
      {"query DefaultEntity { viewer { username defaultEntity { name } } }",
       Json::object(),
       R"({"viewer":{"username":"local","defaultEntity":{"name":"local"}}})"},
      {"\n    query DefaultEntity {\n        viewer {\n            username\n"
       "            defaultEntity {\n                name\n            }\n"
       "        }\n    }\n    ",
       Json::object(),
       R"({"viewer":{"username":"local","defaultEntity":{"name":"local"}}})"},
      {"query Viewer { viewer { username } }", Json::object(),
       R"({"viewer":{"username":"local","defaultEntity":{"name":"local"}}})"},
      {"{ viewer { username } }", nullptr,
       R"({"viewer":{"username":"local","defaultEntity":{"name":"local"}}})"},
      {"query Project($project: String!, $entity: String!) {\n"
       "  project(name: $project, entityName: $entity) { name }\n}",
       {{"project", "App"}, {"entity", "team"}},
       R"({"project":{"name":"App"}})"},
      {R"(query { project(entityName: "team", name: "App") { name } })",
       Json::object(), R"({"project":{"name":"App"}})"},
      {"mutation UpsertModel($name: String!, $entity: String!) {\n"
       "  upsertModel(input: { name: $name, entityName: $entity }) {\n"
       "    model { name description }\n  }\n}",
       {{"name", "App"}, {"entity", "team"}},
       R"({"upsertModel":{"model":{"name":"App","description":""}}})"},
      {"mutation M($input: UpsertModelInput!) { upsertModel(input: $input) {"
       " model { name description } } }",
       {{"input", {{"name", "App"}, {"entityName", "team"}}}},
       R"({"upsertModel":{"model":{"name":"App","description":""}}})"},
  }));
  CAPTURE(row.document);
  Api api;
  const Json answer =
      Json::parse(api.Ok("/graphql", Question(row.document, row.variables)));
  CHECK(answer.size() == 1);
  // More than was asked for does no harm; less does.
  const Json expected = Json::parse(row.answer);
  for (const auto& [field, value] : expected.items()) {
    CHECK(answer.at("data").at(field) == value);
  }
}

TEST_CASE("an unknown field is null, and no question is an error",
          "[api][service]") {
  struct Row {
    std::string body;
    std::string answer;
  };
  const Row row = GENERATE(values<Row>({
      {Question("{ artifacts { id } }", Json::object()),
       R"({"data":{"artifacts":null}})"},
      {Question("{ a: artifacts(x: \"}\") { id } b: viewer { username } }",
                Json::object()),
       R"({"data":{"a":null,"b":{"username":"local",
                                 "defaultEntity":{"name":"local"}}}})"},
      {Question("", Json::object()), R"({"data":{}})"},
      {Question("{", Json::object()), R"({"data":{}})"},
      {Question("{{{{((((", Json::object()), R"({"data":{}})"},
      {"{}", R"({"data":{}})"},
      {"[]", R"({"data":{}})"},
      {"", R"({"data":{}})"},
      {"nonsense", R"({"data":{}})"},
      {R"({"query":5})", R"({"data":{}})"},
      {R"({"query":"{ viewer { username } }","variables":5})",
       R"({"data":{"viewer":{"username":"local",
                             "defaultEntity":{"name":"local"}}}})"},
  }));
  CAPTURE(row.body);
  Api api;
  CHECK(Json::parse(api.Ok("/graphql", row.body)) == Json::parse(row.answer));
}

}  // namespace
}  // namespace bobbin::testing
