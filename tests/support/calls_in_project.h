// Questions about the calls of team/app.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/api_fixture.h"
#include "support/catch.h"

namespace bobbin::testing {

inline constexpr const char* kInProject = R"({"project_id":"team/app"})";

inline int64_t CountCalls(Api& api, std::string_view more = "") {
  std::string request = R"({"project_id":"team/app")";
  if (!more.empty()) request += "," + std::string(more);
  const Json stats = Json::parse(api.Ok("/calls/query_stats", request + "}"));
  CHECK(stats.at("has_more") == false);
  return stats.at("count").get<int64_t>();
}

inline std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace bobbin::testing
