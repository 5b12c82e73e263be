// Runs reports (query/report.h) and searches (query/search_sql.h) over the
// whole file. Reads only.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "query/report.h"
#include "query/search_sql.h"

namespace bobbin::store {

class ReportStore {
 public:
  // Takes a row, a JSON object, whose view lives until it returns; false: no
  // more are wanted. It must not use the database.
  using Visit = std::function<bool(std::string_view)>;

  explicit ReportStore(db::Database& database) : database_(database) {}
  ReportStore(const ReportStore&) = delete;
  ReportStore& operator=(const ReportStore&) = delete;

  // Feeds the rows of `report` to `visit`. Holds a read connection meanwhile.
  // A project that is unknown has no rows.
  Status Run(const query::Report& report,
             const std::optional<std::string_view>& project_id,
             const Visit& visit) const;

  // The same with the hits of a search. What is written meanwhile may be found
  // or not; what was there before, and stays, is found.
  Status Run(const query::Search& search,
             const std::optional<std::string_view>& project_id,
             const Visit& visit) const;

 private:
  // How a search ends if the newest calls were not enough.
  Status ScanFile(const query::Search& search,
                  const std::optional<std::string_view>& project_id,
                  const Visit& visit) const;

  db::Database& database_;
};

}  // namespace bobbin::store
