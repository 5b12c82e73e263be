// Giving a query::Statement to SQLite.
#pragma once

#include <cstdint>

#include "db/connection.h"
#include "query/statement.h"

namespace bobbin::store {

// Binds the statement's values, in order; `project` is the row number of the
// request's project. `statement` must outlive the Query.
void BindAll(db::Query& query, const query::Statement& statement,
             int64_t project);

}  // namespace bobbin::store
