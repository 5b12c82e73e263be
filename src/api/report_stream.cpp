#include "api/report_stream.h"

#include <utility>

namespace bobbin::api {

Response StreamReport(Services& services, const Frame& frame,
                      std::string content_type,
                      std::shared_ptr<const query::Report> report,
                      std::optional<std::string_view> project_id) {
  // Where a read holds writers up, a slow client must not prolong it.
  return StreamList(
      frame, std::move(content_type), services.calls.scan_blocks_writers(),
      [&services, report = std::move(report), project_id](ListStream& list) {
        return services.reports.Run(*report, project_id,
                                    [&](std::string_view row) {
                                      list.Begin() += row;
                                      return list.End();
                                    });
      });
}

}  // namespace bobbin::api
