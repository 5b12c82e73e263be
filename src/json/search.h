// Finding a text within another.
#pragma once

#include <string>
#include <string_view>

namespace bobbin::json {

// What to look for, prepared once.
class Needle {
 public:
  explicit Needle(std::string_view text);

  bool empty() const { return text_.empty(); }
  // True if `text` has it within.
  bool IsIn(std::string_view text) const;
  // The same with both in lower case. `scratch` must not hold `text`.
  bool IsInNoCase(std::string_view text, std::string& scratch) const;
  // False only if no value in the JSON text `json` can have it within, seen
  // without reading the JSON.
  bool MayBeIn(std::string_view json) const;

 private:
  std::string text_;
  std::string lower_;
  bool is_plain_ = true;  // has only what JSON text keeps as it is
};

}  // namespace bobbin::json
