// A version of an object out of an export. For jobs of Database::Write; throws
// SQLite::Exception.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "db/connection.h"
#include "store/transfer_line.h"

namespace bobbin::store {

// Keeps it with its tags and aliases; an alias that is taken stays where it
// is. False: the project has that version.
//   kInvalid  its kind, number or order can't be one, or a tag or alias.
Result<bool> ImportObject(db::Connection& connection, int64_t project,
                          const TransferLine& line);

}  // namespace bobbin::store
