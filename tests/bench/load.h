// Many connections, one request under way on each, all from one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bobbin::bench {

// The next request of a connection, or null when it has sent its last one.
// Good until the next call for the same connection.
using NextRequest = std::function<const std::string*(int connection)>;

struct LoadResult {
  int64_t requests = 0;
  double seconds = 0;
  int64_t p50_us = 0;
  int64_t p99_us = 0;
  double PerSecond() const { return static_cast<double>(requests) / seconds; }
};

// Keeps `connections` to the port busy until `next` has nothing more for any
// of them. The clock starts when all are connected. Throws when an answer is
// not 200, or does not come.
LoadResult RunLoad(int port, int connections, const NextRequest& next);

// Requests that were made beforehand: whichever connection is free takes the
// next one.
NextRequest Shared(const std::vector<std::string>& requests);

}  // namespace bobbin::bench
