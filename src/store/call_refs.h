// Which refs a call's inputs and output hold, kept apart so that a search for
// them need not read the JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "db/connection.h"

namespace bobbin::store {

// The numbers are those in the file.
enum class RefSide : int64_t { kInput = 0, kOutput = 1 };

// Both throw SQLite::Exception. Repeated refs are kept once. `refs` are as
// json::Document finds them: escapes are resolved here.
void WriteRefs(db::Connection& connection, int64_t call, RefSide side,
               std::span<const std::string_view> refs);
void ClearRefs(db::Connection& connection, int64_t call, RefSide side);

}  // namespace bobbin::store
