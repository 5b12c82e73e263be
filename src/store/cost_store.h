// Keeps prices of models' tokens: a project's own, and default ones for all
// projects.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "model/cost.h"
#include "query/rows_sql.h"
#include "store/names.h"
#include "store/rows.h"

namespace bobbin::store {

class CostStore {
 public:
  CostStore(db::Database& database, Names& names)
      : database_(database), names_(names) {}
  CostStore(const CostStore&) = delete;
  CostStore& operator=(const CostStore&) = delete;

  // Adds prices to a project's own; all of them or none.
  Status Add(std::string_view project_id, std::span<const model::Price> prices);

  // Puts these in place of all default prices.
  Status ReplaceDefaults(std::span<const model::Price> prices);

  // Takes prices of a project away. Unknown ids change nothing.
  Status Purge(std::string_view project_id, std::span<const std::string> ids);

  // Runs a query over query::PricesTable().
  Status Query(std::string_view project_id, const query::RowsQuery& query,
               const RowsVisitor& visitor) const;

 private:
  db::Database& database_;
  Names& names_;
};

}  // namespace bobbin::store
