// Where two JSON texts differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bobbin::cli {

// One place: JSON text on both sides, empty where there is nothing.
struct JsonDifference {
  std::string path;  // `messages.0.content`; "" is the whole value
  std::string before, after;
};

// Members are compared by their names, in whatever order, elements by their
// places; numbers and texts by how they are written, so that 1 and 1.0
// differ. The innermost places that differ, in the order of `before` and then
// what only `after` has; at most `most`.
std::vector<JsonDifference> JsonDiff(std::string_view before,
                                     std::string_view after, size_t most);

}  // namespace bobbin::cli
