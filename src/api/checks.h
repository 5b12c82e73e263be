// What the API asks of the names in a request before anything is stored.
#pragma once

#include <string_view>

#include "base/result.h"

namespace bobbin::api {

// Who did it, where the hosted service puts the user that it knows from the
// credentials (contract section 1, `wb_user_id`).
inline constexpr std::string_view kLocalUser = "local";

// A project id is `entity/project`: both are there (contract section 1).
Status CheckProjectId(std::string_view project_id);

}  // namespace bobbin::api
