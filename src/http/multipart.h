// multipart/form-data bodies (RFC 7578).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/request.h"

namespace bobbin::http {

bool IsMultipart(std::string_view content_type);

// The parts of `body`, in order, copied. Each has a name. Nullopt if the body
// is not what `content_type` says.
std::optional<std::vector<api::Part>> ParseMultipart(
    std::string_view content_type, std::string_view body);

}  // namespace bobbin::http
