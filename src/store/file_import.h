// A file out of an export. For jobs of Database::Write; both throw
// SQLite::Exception.
//
// Pieces belong to no project until the file itself comes, and have a place of
// their own for each project and digest, so that an import which was cut is
// taken up again.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "db/connection.h"
#include "store/transfer_line.h"

namespace bobbin::store {

// Keeps a piece; the first one begins the file anew. False: the project has the
// file.
//   kInvalid  it is neither the first piece nor the next.
Result<bool> ImportFilePiece(db::Connection& connection, int64_t project,
                             const TransferLine& line);

// Makes the pieces a file of the project. False: it has the file.
//   kInvalid  the pieces are not what the digest and the size say.
Result<bool> ImportFile(db::Connection& connection, int64_t project,
                        const TransferLine& line);

}  // namespace bobbin::store
