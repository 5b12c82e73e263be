#include "api/query_string.h"

#include <algorithm>
#include <charconv>

namespace bobbin::api {

std::optional<std::string> QueryString::Text(std::string_view name) {
  known_.push_back(name);
  std::optional<std::string> found;
  for (const auto& [key, value] : request_.query) {
    if (key == name) found = value;
  }
  return found;
}

std::optional<int64_t> QueryString::Number(std::string_view name, int64_t least,
                                           int64_t most) {
  const std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  int64_t number = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  if (error != std::errc() || end != last || number < least || number > most) {
    Complain(name, "an integer from " + std::to_string(least) + " to " +
                       std::to_string(most));
    return std::nullopt;
  }
  return number;
}

bool QueryString::Flag(std::string_view name) {
  const std::optional<std::string> text = Text(name);
  if (text && *text != "true" && *text != "false") {
    Complain(name, "true or false");
  }
  return text == "true";
}

void QueryString::Complain(std::string_view name, std::string_view kind) {
  if (trouble_.empty()) trouble_.append(name).append(" must be ").append(kind);
}

Status QueryString::Check() const {
  if (!trouble_.empty()) return Invalid(trouble_);
  for (const auto& [key, value] : request_.query) {
    if (std::ranges::find(known_, key) == known_.end()) {
      return Invalid("There is no parameter '" + key + "' here");
    }
  }
  return {};
}

}  // namespace bobbin::api
