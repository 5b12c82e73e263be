// Runs reports (query/report.h) over the whole file. Reads only.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "query/report.h"

namespace bobbin::store {

class ReportStore {
 public:
  explicit ReportStore(db::Database& database) : database_(database) {}
  ReportStore(const ReportStore&) = delete;
  ReportStore& operator=(const ReportStore&) = delete;

  // Feeds the rows of `report`, JSON objects, to `visit` until it returns
  // false. The view lives until then. Holds a read connection meanwhile, so
  // `visit` must not use the database. A project that is unknown has no rows.
  Status Run(const query::Report& report,
             const std::optional<std::string_view>& project_id,
             const std::function<bool(std::string_view)>& visit) const;

 private:
  db::Database& database_;
};

}  // namespace bobbin::store
