// Answers that are the rows of a report. For the endpoints below /_bobbin/.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/body.h"
#include "api/list_stream.h"
#include "api/request.h"
#include "api/services.h"
#include "base/result.h"
#include "store/report_store.h"

namespace bobbin::api {

// Streams the rows that `run` visits; `frame` outlives the answer.
Response StreamReport(
    Services& services, const Frame& frame, std::string content_type,
    std::function<Status(const store::ReportStore::Visit&)> run);

// Reads a `Record`, makes its report, a query::Report or query::Search, and
// streams the rows. A project id that is there is checked.
template <class Record, class Report>
Result<Response> AnswerReport(Services& services, const Request& request,
                              int detail_depth, const Frame& frame,
                              std::string content_type,
                              Result<Report> (&make)(const Record&)) {
  struct Asked {
    Body<Record> body;  // points into the request, which outlives the answer
    Report report;      // borrows from the record
  };
  auto asked = std::make_shared<Asked>();
  Status status = asked->body.Read(request, detail_depth);
  if (!status.ok()) return std::move(status).error();
  const std::optional<std::string_view> project_id =
      asked->body.record.project_id;
  if (project_id) status = CheckProjectId(*project_id);
  if (!status.ok()) return std::move(status).error();
  Result<Report> report = make(asked->body.record);
  if (!report.ok()) return std::move(report).error();
  asked->report = std::move(report).value();
  return StreamReport(services, frame, std::move(content_type),
                      [&services, asked = std::move(asked),
                       project_id](const store::ReportStore::Visit& visit) {
                        return services.reports.Run(asked->report, project_id,
                                                    visit);
                      });
}

}  // namespace bobbin::api
