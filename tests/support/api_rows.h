// Requests and what they are answered with, as data.
#pragma once

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {

struct ApiRow {
  std::string what;
  std::string request;  // "POST /obj/read"; a query string may follow
  std::string body;
  int status = 200;
  // JSON. Of an object that is expected each member must be there and as
  // expected, and there may be more. For a 422 with details: a list of
  // [type, loc].
  std::string expected = "{}";
};

inline api::Response Answer(Api& api, const std::string& request,
                            const std::string& body = "") {
  const size_t blank = request.find(' ');
  const size_t mark = request.find('?');
  api::Request sent{.method = request.substr(0, blank),
                    .path = request.substr(blank + 1, mark - blank - 1)};
  if (mark != std::string::npos) {
    const size_t equals = request.find('=', mark);
    sent.query.emplace_back(request.substr(mark + 1, equals - mark - 1),
                            request.substr(equals + 1));
  }
  if (!body.empty()) sent.content_type = "application/json";
  sent.body = body;
  return api.Send(sent);
}

inline void CheckPart(const Json& expected, const Json& got) {
  if (!expected.is_object() || !got.is_object()) {
    CHECK(got == expected);
    return;
  }
  for (const auto& [key, value] : expected.items()) {
    CAPTURE(key);
    REQUIRE(got.contains(key));
    CheckPart(value, got.at(key));
  }
}

inline void CheckRow(Api& api, const ApiRow& row) {
  CAPTURE(row.what, row.request, row.body);
  const api::Response response = Answer(api, row.request, row.body);
  CAPTURE(response.body);
  REQUIRE(response.status == row.status);
  CHECK(response.content_type == "application/json");
  const Json expected = Json::parse(row.expected);
  Json got = Json::parse(response.body);
  if (row.status == 422 && got.contains("detail")) {
    Json details = Json::array();
    for (const Json& detail : got.at("detail")) {
      details.push_back({detail.at("type"), detail.at("loc")});
    }
    got = details;
  }
  CheckPart(expected, got);
}

inline void CheckRows(Api& api, const std::vector<ApiRow>& rows) {
  for (const ApiRow& row : rows) CheckRow(api, row);
}

}  // namespace bobbin::testing
