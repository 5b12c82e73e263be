// Answers that are the rows of a report. For the endpoints below /_bobbin/.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/body.h"
#include "api/list_stream.h"
#include "api/request.h"
#include "api/services.h"
#include "base/result.h"
#include "query/report.h"

namespace bobbin::api {

// A report whose request has been read and checked, to be run later.
template <class Record>
struct AskedReport {
  Body<Record> body;  // points into the request, which outlives it
  query::Report report;
};

// Reads a `Record` and makes its report; kept together, for the report borrows
// from the record. A project id that is there is checked.
template <class Record, class Make>
Result<std::shared_ptr<AskedReport<Record>>> ReadReport(const Request& request,
                                                        int detail_depth,
                                                        const Make& make) {
  auto asked = std::make_shared<AskedReport<Record>>();
  Status status = asked->body.Read(request, detail_depth);
  if (!status.ok()) return std::move(status).error();
  const std::optional<std::string_view> project_id =
      asked->body.record.project_id;
  if (project_id) status = CheckProjectId(*project_id);
  if (!status.ok()) return std::move(status).error();
  Result<query::Report> report = make(asked->body.record);
  if (!report.ok()) return std::move(report).error();
  asked->report = std::move(report).value();
  return asked;
}

// Streams the rows; `frame` outlives the answer. `report` is kept for as long.
Response StreamReport(Services& services, const Frame& frame,
                      std::string content_type,
                      std::shared_ptr<const query::Report> report,
                      std::optional<std::string_view> project_id);

// The two together.
template <class Record, class Make>
Result<Response> AnswerReport(Services& services, const Request& request,
                              int detail_depth, const Frame& frame,
                              std::string content_type, const Make& make) {
  Result<std::shared_ptr<AskedReport<Record>>> read =
      ReadReport<Record>(request, detail_depth, make);
  if (!read.ok()) return std::move(read).error();
  std::shared_ptr<AskedReport<Record>> asked = std::move(read).value();
  const std::optional<std::string_view> project_id =
      asked->body.record.project_id;
  return StreamReport(
      services, frame, std::move(content_type),
      std::shared_ptr<const query::Report>(asked, &asked->report), project_id);
}

}  // namespace bobbin::api
