// A request's JSON body, read into a record.
#pragma once

#include <string>
#include <string_view>

#include "api/checks.h"
#include "api/request.h"
#include "base/result.h"
#include "json/document.h"
#include "model/record.h"

namespace bobbin::api {

// Checks that there is a JSON body and parses it, with nodes down to
// `detail_depth`. The errors are those of contract section 2.
Status ParseBody(const Request& request, int detail_depth,
                 json::Document& document);

// The record and the text that it points into.
template <class Record>
class Body {
 public:
  Body() = default;
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  // Reads `request`, which must outlive the record. `detail_depth` counts the
  // containers from the root down to the record's innermost fields.
  Status Read(const Request& request, int detail_depth) {
    Status parsed = ParseBody(request, detail_depth, document_);
    if (!parsed.ok()) return parsed;
    model::Details details;
    model::ReadValue(document_.root(), record, model::Loc{.name = "body"},
                     details);
    if (!details.empty()) return std::move(details).Take();
    return {};
  }

  // The same for a record with a `project_id`, which is checked too.
  Status ReadInProject(const Request& request, int detail_depth) {
    Status status = Read(request, detail_depth);
    if (status.ok()) status = CheckProjectId(record.project_id);
    return status;
  }

  const std::vector<std::string_view>& refs() const { return document_.refs(); }

  Record record;

 private:
  json::Document document_;
};

}  // namespace bobbin::api
