#include "store/report_store.h"

#include <string>

#include "store/names.h"
#include "store/rows.h"
#include "store/statement.h"

namespace bobbin::store {

Status ReportStore::Run(
    const query::Report& report,
    const std::optional<std::string_view>& project_id,
    const std::function<bool(std::string_view)>& visit) const {
  return database_.Read([&](db::Connection& connection) -> Status {
    // No row has number 0.
    const int64_t project =
        project_id ? FindProject(connection, *project_id).value_or(0) : 0;
    db::Query rows(connection, report.rows.sql);
    BindAll(rows, report.rows, project);
    std::string text;
    while (rows.Row()) {
      text.clear();
      AppendRow(text, rows, report.columns);
      if (!visit(text)) return {};
    }
    return {};
  });
}

}  // namespace bobbin::store
