// schema/openapi.json and the routes say the same.
#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

Json Document(Api& api) {
  return Json::parse(api.Send({.method = "GET", .path = "/openapi.json"}).body);
}

// Whether the document has to describe it. Of the service API's own routes it
// may, but need not.
bool IsOurs(std::string_view path) {
  return path.starts_with("/_bobbin/") || path.starts_with("/test/") ||
         path == "/openapi.json" || path == "/call/start";
}

// "GET /path", of those routes that `path` lets in.
template <class Filter>
std::set<std::string> Routes(const Filter& filter) {
  std::set<std::string> names;
  for (const api::Route& route : api::AllRoutes()) {
    if (!filter(route.pattern)) continue;
    names.insert(std::string(route.method) + " " + std::string(route.pattern));
  }
  return names;
}

std::set<std::string> Described(const Json& document) {
  std::set<std::string> names;
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      std::string name = method + " " + path;
      std::transform(name.begin(), name.begin() + method.size(), name.begin(),
                     [](unsigned char c) { return std::toupper(c); });
      names.insert(name);
    }
  }
  return names;
}

std::set<std::string> Without(std::set<std::string> all,
                              const std::set<std::string>& those) {
  for (const std::string& name : those) all.erase(name);
  return all;
}

TEST_CASE("each route of ours is in openapi.json", "[api][control]") {
  Api api;
  const std::set<std::string> described = Described(Document(api));
  CHECK(Without(Routes(IsOurs), described) == std::set<std::string>());
}

TEST_CASE("each path of openapi.json is a route", "[api][control]") {
  Api api;
  const std::set<std::string> served =
      Routes([](std::string_view) { return true; });
  CHECK(Without(Described(Document(api)), served) == std::set<std::string>());
}

// Every "$ref" in the document.
void Collect(const Json& value, std::set<std::string>& refs) {
  for (const auto& [key, member] : value.items()) {
    if (key == "$ref") refs.insert(member.get<std::string>());
    if (member.is_structured()) Collect(member, refs);
  }
}

TEST_CASE("openapi.json is whole", "[api][control]") {
  Api api;
  const Json document = Document(api);
  CHECK(document.at("openapi") == "3.1.0");
  std::set<std::string> refs;
  Collect(document, refs);
  for (const std::string& ref : refs) {
    CAPTURE(ref);
    REQUIRE(ref.starts_with("#/"));
    CHECK(document.contains(Json::json_pointer(ref.substr(1))));
  }
  std::set<std::string> ids;
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      CAPTURE(path, method);
      CHECK(ids.insert(operation.at("operationId")).second);
      CHECK_FALSE(operation.at("summary").empty());
      CHECK_FALSE(operation.at("responses").empty());
      if (method == "get") CHECK_FALSE(operation.contains("requestBody"));
    }
  }
}

}  // namespace
}  // namespace bobbin::testing
