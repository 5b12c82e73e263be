// Endpoints that ask for, or take away, rows of one table: the parts that
// feedback and costs have in common.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/request.h"
#include "api/services.h"
#include "base/result.h"
#include "query/rows_sql.h"
#include "store/rows.h"

namespace bobbin::api {

// What runs a query: the method of a store.
using RunQuery = Status (*)(Services& services, std::string_view project_id,
                            const query::RowsQuery& query,
                            const store::RowsVisitor& visitor);

struct RowsEndpoint {
  const query::RowsTable& (*table)();
  RunQuery run;
  std::string_view list;    // the name of the list in the answer
  bool with_total = false;  // also `total_count`
};

// Reads a model::RowsQueryReq and answers it, as a stream.
Result<Response> AnswerRows(Services& services, const Request& request,
                            const RowsEndpoint& endpoint);

struct Purge {
  std::string project_id;
  std::vector<std::string> ids;
};

// Reads a model::RowsPurgeReq; `message` is what is said of a query that does
// more than name ids.
Result<Purge> ReadPurge(const Request& request, std::string_view message);

}  // namespace bobbin::api
