// A long read, by several threads.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "db/database.h"

namespace bobbin::db {

// Runs `work` for each part from 0 up to `parts`, once each, on as many
// threads as there are processors (up to kMaxReadThreads), in this one first.
// Each has a connection and a snapshot of its own, taken at different moments:
// for questions whose parts stand alone. One thread does it all in memory,
// where readers share a lock, and while no connection is free for another.
//
// Errors    As Database::Read; then some parts were not run. The limit for a
//           query is one for all parts together.
// Threads   `work` runs in several at a time. What it throws ends all of it
//           and comes out here.
Status ReadParts(Database& database, int64_t parts,
                 const std::function<void(Connection&, int64_t part)>& work);

inline constexpr int kMaxReadThreads = 4;

}  // namespace bobbin::db
