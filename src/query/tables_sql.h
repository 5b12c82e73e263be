// Questions about the rows of a table, as SQL. Runs nothing, and knows no
// connection.
//
// Values from the client become parameters, never text; the order of the
// joins is fixed, so that the plan does not depend on what SQLite guesses
// about the data.
#pragma once

#include "base/result.h"
#include "model/table.h"
#include "query/statement.h"

namespace bobbin::query {

// The columns of a rows statement, by place.
enum TableRowColumn : int { kOriginalIndex, kRowDigest, kRowVal };

// The rows of a table that match, in the order of the table or as asked for.
// Without a filter and a sort only the rows of the page are touched, wherever
// in the table it begins. The statement borrows from `request`.
//   kInvalid  a list of over 1,000 digests, over 16 sort fields, a sort field
//             that is no path, a negative limit or offset.
Result<Statement> TableRowsStatement(const model::TableQueryReq& request);

}  // namespace bobbin::query
