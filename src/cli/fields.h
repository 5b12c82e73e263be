// What is in the JSON that the API answers with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/document.h"

namespace bobbin::cli {

// The member of an object; one that does not exist if there is none, or if
// `object` is no object or not there itself.
json::Value Member(json::Value object, std::string_view key);

// A string's characters; "" for anything else.
std::string TextOf(json::Value value);
std::string TextOf(json::Value object, std::string_view key);

// A number; nullopt for anything else.
std::optional<double> NumberOf(json::Value object, std::string_view key);
std::optional<int64_t> IntOf(json::Value object, std::string_view key);

// An ISO 8601 text as microseconds since the Unix epoch.
std::optional<int64_t> TimeOf(json::Value object, std::string_view key);

// Parts of a body that is sent: `"key":` and the value, quoted where it is a
// text, with a comma behind it.
void AddText(std::string& body, std::string_view key, std::string_view text);
void AddRaw(std::string& body, std::string_view key, std::string_view json);

}  // namespace bobbin::cli
