// Finding what a person looks for in stored texts, many of them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bobbin::json {

class TextSearch {
 public:
  // A text without capital letters is found in any case of the letters A to
  // Z; one with capitals as it is. An empty one is found nowhere.
  explicit TextSearch(std::string_view text);
  TextSearch(const TextSearch&) = delete;
  TextSearch& operator=(const TextSearch&) = delete;

  // The first place: bytes `begin` to `end` of `text`.
  struct Hit {
    std::string_view text;
    size_t begin = 0, end = 0;
  };
  std::optional<Hit> InText(std::string_view text) const;

  // The same within a JSON text, as people read it: what is escaped in it
  // is found as what it stands for. The hit is in `json` itself, or in
  // `scratch`, where it then is without escapes.
  std::optional<Hit> InJson(std::string_view json, std::string& scratch) const;

 private:
  // Where in `text` it begins; npos.
  size_t Find(std::string_view text) const;
  bool IsAt(const char* place) const;

  const std::string text_;
  const bool any_case_;
  const bool is_escaped_;  // in JSON it does not stand as it is
  // Of the two bytes of `text_` that are looked for first, the rarest; equal if
  // there is but one.
  std::array<size_t, 2> places_ = {};
};

}  // namespace bobbin::json
