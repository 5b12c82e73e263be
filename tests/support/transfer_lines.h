// Whole projects as lines, out and in.
#pragma once

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/object_bodies.h"
#include "support/project_bodies.h"

namespace bobbin::testing {

inline std::string ExportAll(Api& api) { return api.Ok("/_bobbin/export", ""); }

inline Json Import(Api& api, const std::string& lines) {
  return Json::parse(api.Ok("/_bobbin/import", lines));
}

// Why lines are refused; nothing of them is kept.
inline std::string Refused(Api& api, const std::string& lines) {
  const std::string before = ExportAll(api);
  std::string reason = ReasonOf(api.Post("/_bobbin/import", lines), 400);
  CHECK(ExportAll(api) == before);
  return reason;
}

inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

// The lines of one type.
inline std::vector<Json> OfType(const std::string& text,
                                std::string_view type) {
  std::vector<Json> found;
  for (const std::string& line : LinesOf(text)) {
    Json json = Json::parse(line);
    if (json.at("type") == type) found.push_back(std::move(json));
  }
  return found;
}

// A version of `o` in team/app; `more` are further members.
inline std::string VersionLine(const std::string& more) {
  return R"({"type":"object","project_id":"team/app","object_id":"o",)"
         R"("kind":"object","digest":"d",)"
         R"("created_at":"2024-01-01T00:00:00Z",)"
         R"("published_at":"2024-01-01T00:00:00Z","val":1,)" +
         more + "}\n";
}

// Out of one database, into a new one, and out of that.
inline void CheckRoundTrip(Api& api) {
  const std::string lines = ExportAll(api);
  Api copy;
  Import(copy, lines);
  CHECK(ExportAll(copy) == lines);
}

inline std::string CallLine(const std::string& more) {
  return R"({"type":"call","project_id":"team/app","id":"c1",)" + more + "}\n";
}

}  // namespace bobbin::testing
