// Tables out of an export. For jobs of Database::Write; both throw
// SQLite::Exception.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "db/connection.h"
#include "store/transfer_line.h"

namespace bobbin::store {

// Keeps a row. False: the project has it.
Result<bool> ImportTableRow(db::Connection& connection, int64_t project,
                            const TransferLine& line);

// Keeps a table; chunks that another table of the project has are shared.
// False: the project has the table.
//   kInvalid  a row of it has not come, or it is no list of lists of digests.
Result<bool> ImportTable(db::Connection& connection, int64_t project,
                         const TransferLine& line);

}  // namespace bobbin::store
