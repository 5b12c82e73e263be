// Published objects as clients get them (contract section 6.3, ObjSchema).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/object_record.h"

namespace bobbin::api {

// Appends `,"name":"text"`, or null.
void AppendMember(std::string& out, std::string_view name,
                  const std::optional<std::string_view>& text);

// Appends `["a","b"]`.
void AppendTexts(std::string& out, const std::vector<std::string>& texts);

// Appends the object. A val that was not read is `{}`.
void AppendObject(std::string& out, const model::ObjectRecord& object);

}  // namespace bobbin::api
