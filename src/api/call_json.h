// A call as the API shows it (contract sections 4.1 and 4.5).
#pragma once

#include <string>

#include "model/call_record.h"
#include "query/calls_sql.h"

namespace bobbin::api {

// Appends `call` as a CallSchema object. What the client sent comes out as
// its own text; `summary.weave` is derived. Fields that `selection` leaves
// out are null, attributes and inputs {}. Feedback and costs that the record
// has are part of `summary.weave`.
void AppendCall(std::string& out, const model::CallRecord& call,
                const query::Selection& selection);

}  // namespace bobbin::api
