// Requests about objects in "team/app", and what answers say.
#pragma once

#include <string>
#include <string_view>

#include "support/call_bodies.h"

namespace bobbin::testing {
inline namespace bodies {

// Publishes `val`, a JSON text; the digest.
inline std::string PublishVal(Api& api, std::string_view name,
                              std::string_view val) {
  const Body object{{"project_id", Quoted(kProject)},
                    {"object_id", Quoted(name)},
                    {"val", std::string(val)}};
  return Json::parse(api.Ok("/obj/create", R"({"obj":)" + object.json() + "}"))
      .at("digest");
}

// Names a version, for /obj/read.
inline Body AVersion(std::string_view name, std::string_view digest) {
  return {{"project_id", Quoted(kProject)},
          {"object_id", Quoted(name)},
          {"digest", Quoted(digest)}};
}

inline Json ReadObject(Api& api, std::string_view name,
                       std::string_view digest) {
  return Json::parse(
             api.Ok("/obj/read", AVersion(name, digest)
                                     .With("include_tags_and_aliases", "true")
                                     .json()))
      .at("obj");
}

// The objects of a query; `more` is further members of the request.
inline Json QueryObjects(Api& api, std::string_view more = "") {
  std::string request = R"({"project_id":)" + Quoted(kProject);
  if (!more.empty()) request += "," + std::string(more);
  return Json::parse(api.Ok("/objs/query", request + "}")).at("objs");
}

inline api::Response SendJson(Api& api, std::string_view method,
                              std::string_view path, std::string_view json) {
  return api.Send({.method = std::string(method),
                   .path = std::string(path),
                   .content_type = "application/json",
                   .body = std::string(json)});
}

inline api::Response Get(
    Api& api, std::string_view path,
    std::vector<std::pair<std::string, std::string>> query) {
  return api.Send(
      {.method = "GET", .path = std::string(path), .query = std::move(query)});
}

}  // namespace bodies
}  // namespace bobbin::testing
