// Queries, put together, and what they find.
#pragma once

#include <algorithm>
#include <string>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {

// An operand that is no operation cannot be a query by itself.
inline std::string Query(const std::string& expr) {
  const bool is_operation = !expr.starts_with("{\"$convert\"");
  return R"("query":{"$expr":)" +
         (is_operation ? expr : R"({"$and":[)" + expr + "]}") + "}";
}
inline std::string Field(const std::string& name) {
  return R"({"$getField":")" + name + "\"}";
}
inline std::string Literal(const std::string& json) {
  return R"({"$literal":)" + json + "}";
}
inline std::string Binary(const std::string& op, const std::string& a,
                          const std::string& b) {
  return "{\"" + op + "\":[" + a + "," + b + "]}";
}
inline std::string Not(const std::string& expr) {
  return R"({"$not":[)" + expr + "]}";
}
inline std::string As(const std::string& to, const std::string& input) {
  return R"({"$convert":{"input":)" + input + R"(,"to":")" + to + "\"}}";
}

// What finds it: the stream, the list and the count agree.
inline std::string Find(Api& api, const std::string& more) {
  const std::string ids = QueryIds(api, more);
  const std::string request = R"({"project_id":"team/app",)" + more + "}";
  const Json list = Json::parse(api.Ok("/calls/query", request)).at("calls");
  const Json stats = Json::parse(api.Ok("/calls/query_stats", request));
  CHECK(stats.at("count") == list.size());
  const auto blanks = static_cast<size_t>(std::ranges::count(ids, ' '));
  CHECK(list.size() == (ids.empty() ? 0 : blanks + 1));
  return ids;
}

}  // namespace bobbin::testing
