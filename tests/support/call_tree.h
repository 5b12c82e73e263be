// Calls of traces, as the reports see them, and the lines of their answers.
#pragma once

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"

namespace bobbin::testing {

// A complete call, one second after the one before it.
class Calls {
 public:
  explicit Calls(Api& api) : api_(api) {}

  // `more`: members that replace or follow the usual ones.
  void Add(const std::string& id, const std::string& trace,
           const std::string& parent, const std::string& more = "{}") {
    Json call{{"project_id", "team/app"},
              {"id", id},
              {"trace_id", trace},
              {"op_name", "op"},
              {"started_at", second_},
              {"ended_at", second_ + 0.5},
              {"attributes", Json::object()},
              {"inputs", Json::object()},
              {"output", nullptr},
              {"summary", Json::object()}};
    if (!parent.empty()) call["parent_id"] = parent;
    call.update(Json::parse(more));
    ++second_;
    const Json start{{"start", call}};
    api_.Ok("/call/start", start.dump());
    if (call.at("ended_at").is_null()) return;
    const Json end{{"end", call}};
    api_.Ok("/call/end", end.dump());
  }

 private:
  Api& api_;
  int64_t second_ = 1'700'000'000;
};

inline std::vector<Json> Lines(const std::string& text) {
  std::vector<Json> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    lines.push_back(Json::parse(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

}  // namespace bobbin::testing
