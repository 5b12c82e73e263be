#include "api/report_stream.h"

namespace bobbin::api {

Response StreamReport(
    Services& services, const Frame& frame, std::string content_type,
    std::function<Status(const store::ReportStore::Visit&)> run) {
  // Where a read holds writers up, a slow client must not prolong it.
  return StreamList(frame, std::move(content_type),
                    services.calls.scan_blocks_writers(),
                    [run = std::move(run)](ListStream& list) {
                      return run([&](std::string_view row) {
                        list.Begin() += row;
                        return list.End();
                      });
                    });
}

}  // namespace bobbin::api
