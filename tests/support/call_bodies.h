// Request bodies about calls, and what answers say about them. A test names
// only the field that it is about.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/api_fixture.h"
#include "support/catch.h"

// A namespace of its own: the store's fixture has builders of the same names,
// which make records instead of JSON.
namespace bobbin::testing {
inline namespace bodies {

using Json = nlohmann::json;

inline constexpr std::string_view kProject = "team/app";
inline constexpr std::string_view kStartedAt = "2024-01-01T00:00:00Z";
inline constexpr std::string_view kEndedAt = "2024-01-01T00:00:02Z";

// `text` as a JSON string; for text that needs no escapes.
inline std::string Quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

// A JSON object whose members are JSON *texts*: what a test puts in arrives
// byte by byte.
class Body {
 public:
  Body(std::initializer_list<std::pair<std::string, std::string>> members)
      : members_(members) {}

  // Sets a member, in its old place if it has one.
  Body With(std::string_view name, std::string_view json) const {
    Body changed = *this;
    for (auto& [key, value] : changed.members_) {
      if (key != name) continue;
      value = json;
      return changed;
    }
    changed.members_.emplace_back(name, json);
    return changed;
  }
  Body WithText(std::string_view name, std::string_view text) const {
    return With(name, Quoted(text));
  }
  Body Without(std::string_view name) const {
    Body changed = *this;
    std::erase_if(changed.members_,
                  [&](const auto& member) { return member.first == name; });
    return changed;
  }

  // The text of a member that is there, without its quotes.
  std::string Text(std::string_view name) const {
    for (const auto& [key, value] : members_) {
      if (key == name) return value.substr(1, value.size() - 2);
    }
    throw std::out_of_range(std::string(name));
  }

  std::string json() const {
    std::string text = "{";
    for (const auto& [key, value] : members_) {
      if (text.size() > 1) text += ',';
      text += Quoted(key) + ":" + value;
    }
    return text + "}";
  }

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

// Valid parts of a call in "team/app"; it takes two seconds.
inline Body AStart(std::string_view id) {
  return {{"project_id", Quoted(kProject)},
          {"id", Quoted(id)},
          {"op_name", Quoted("op")},
          {"trace_id", Quoted("t1")},
          {"started_at", Quoted(kStartedAt)},
          {"attributes", "{}"},
          {"inputs", "{}"}};
}
inline Body AnEnd(std::string_view id) {
  return {{"project_id", Quoted(kProject)},
          {"id", Quoted(id)},
          {"ended_at", Quoted(kEndedAt)},
          {"summary", "{}"}};
}
inline Body AComplete(std::string_view id) {
  return AStart(id).WithText("ended_at", kEndedAt).With("summary", "{}");
}

// Their envelopes.
inline std::string Start(const Body& start) {
  return R"({"start":)" + start.json() + "}";
}
inline std::string End(const Body& end) {
  return R"({"end":)" + end.json() + "}";
}
inline std::string StartItem(const Body& start) {
  return R"({"mode":"start","req":)" + Start(start) + "}";
}
inline std::string EndItem(const Body& end) {
  return R"({"mode":"end","req":)" + End(end) + "}";
}
// {"batch":[...]} of items that are JSON texts.
inline std::string Batch(const std::vector<std::string>& items) {
  std::string text = R"({"batch":[)";
  for (const std::string& item : items) {
    if (&item != &items.front()) text += ',';
    text += item;
  }
  return text + "]}";
}

inline constexpr std::string_view kCompletePath = "/v2/team/app/calls/complete";

// Stores parts of calls that are good.
inline void PutStart(Api& api, const Body& start) {
  api.Ok("/call/start", Start(start));
}
inline void PutEnd(Api& api, const Body& end) { api.Ok("/call/end", End(end)); }
inline void PutComplete(Api& api, const Body& call) {
  api.Ok("/v2/" + call.Text("project_id") + "/calls/complete",
         Batch({call.json()}));
}

// The answer of /call/read as text, and the call in it; null if there is
// none.
inline std::string ReadText(Api& api, std::string_view id) {
  return api.Ok(
      "/call/read",
      Body{{"project_id", Quoted(kProject)}, {"id", Quoted(id)}}.json());
}
inline Json ReadCall(Api& api, std::string_view id) {
  return Json::parse(ReadText(api, id)).at("call");
}

// The calls of a stream_query; `more` is further members of the request,
// such as R"("limit":1)".
inline std::vector<Json> QueryCalls(Api& api, std::string_view more = "") {
  std::string request = R"({"project_id":)" + Quoted(kProject);
  if (!more.empty()) request += "," + std::string(more);
  const std::string lines = api.Ok("/calls/stream_query", request + "}");
  std::vector<Json> calls;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at);
    REQUIRE(end != std::string::npos);  // each line is ended
    calls.push_back(Json::parse(lines.substr(at, end - at)));
    at = end + 1;
  }
  return calls;
}

// Their ids, "c1 c2": short enough to compare at a glance.
inline std::string QueryIds(Api& api, std::string_view more = "") {
  std::string ids;
  for (const Json& call : QueryCalls(api, more)) {
    if (!ids.empty()) ids += ' ';
    ids += call.at("id").get<std::string>();
  }
  return ids;
}

// The details of a 422 answer.
inline Json DetailsOf(const api::Response& response) {
  INFO(response.body);
  REQUIRE(response.status == 422);
  CHECK(response.content_type == "application/json");
  const Json body = Json::parse(response.body);
  CHECK(body.size() == 1);
  return body.at("detail");
}

// The body of any other refusal: its status, and its `reason`.
inline std::string ReasonOf(const api::Response& response, int status) {
  INFO(response.body);
  REQUIRE(response.status == status);
  CHECK(response.content_type == "application/json");
  const Json body = Json::parse(response.body);
  CHECK(body.at("error_type").is_string());
  return body.at("reason");
}

}  // namespace bodies
}  // namespace bobbin::testing
