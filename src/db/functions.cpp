#include "db/functions.h"

#include "db/function_values.h"

namespace bobbin::db {

void AddFunctions(Connection& connection) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3* const handle = connection.raw().getHandle();
  for (const auto functions :
       {JsonFunctions(), ValueFunctions(), RefFunctions(), SearchFunctions(),
        UsageFunctions()}) {
    for (const Function& function : functions) {
      const int code = sqlite3_create_function_v2(
          handle, function.name, function.arguments, kFlags, nullptr,
          function.run, nullptr, nullptr, nullptr);
      if (code != SQLITE_OK) throw SQLite::Exception(handle, code);
    }
  }
  for (const Aggregate& aggregate : UsageAggregates()) {
    const int code = sqlite3_create_function_v2(
        handle, aggregate.name, aggregate.arguments, kFlags, nullptr, nullptr,
        aggregate.step, aggregate.final, nullptr);
    if (code != SQLITE_OK) throw SQLite::Exception(handle, code);
  }
}

}  // namespace bobbin::db
