// All calls of a project in one answer.
#pragma once

#include <string>

#include "api/request.h"
#include "api/services.h"
#include "base/result.h"

namespace bobbin::api {

// {"calls": [...]}, as /calls/query answers without a condition.
Result<Response> ListCalls(Services& services, std::string project_id);

}  // namespace bobbin::api
