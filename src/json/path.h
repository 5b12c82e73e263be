// Finding a value inside a stored JSON text by its path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::json {

// One step: a member's name, which is also a list index if it is an integer.
struct PathPart {
  std::string name;
  std::optional<int64_t> index;
};
using Path = std::vector<PathPart>;

// Splits at dots; `\.` is a dot within a name (contract section 5).
Path ParsePath(std::string_view text);

// The raw text of the value at `path`, or an empty view when there is none.
// Of duplicate keys the last counts. An integer step indexes an array (a
// negative one from its end) and names a member of an object.
// `text` must be valid JSON: it is not checked again.
std::string_view Find(std::string_view text, const Path& path);

// A raw JSON string's characters (see Value::text()).
std::string Unquote(std::string_view raw);

}  // namespace bobbin::json
