// How a JSON value is written in a golden trace (control/golden.h).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/document.h"
#include "json/path.h"

namespace bobbin::control {

struct GoldenRules {
  std::string_view project_id;
  // What stands in place of an id.
  std::unordered_map<std::string_view, std::string> ids;
  std::vector<json::Path> masks;  // `*` in them is any step
  bool keep_op_digests = false;
};

// Appends the value of a call's field `name`: on one line if it is short, else
// indented, its members by their names.
void AppendGolden(std::string& out, const GoldenRules& rules,
                  std::string_view name, json::Value value, int indent);

}  // namespace bobbin::control
