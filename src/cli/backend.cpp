#include "cli/backend.h"

#include <optional>
#include <string>
#include <utility>

#include "api/dispatch.h"
#include "base/log.h"
#include "control/report.h"

namespace bobbin::cli {

Backend::Backend(std::unique_ptr<db::Database> database,
                 control::Options options)
    : database_(std::move(database)),
      control_(options),
      services_{calls_,
                objects_,
                files_,
                tables_,
                feedback_,
                costs_,
                refs_,
                projects_,
                exports_,
                imports_,
                reports_,
                control_,
                clock_,
                ids_,
                std::string(db::DurabilityName(database_->durability()))} {}

Backend::~Backend() = default;

void Backend::DropLeftovers() {
  const Status swept = store::DropUnfinished(*database_);
  if (swept.ok()) return;
  Log(LogLevel::kWarning,
      "cannot drop broken uploads of the last time: " + swept.error().message);
}

api::Response Backend::Answer(const api::Request& request) {
  return api::Dispatch(services_, request);
}

Result<control::Duplicates> Backend::CountDuplicates() const {
  const Result<control::Report> report = control::MakeReport(
      calls_, control_.journal(), control_.tally(), std::nullopt, 0);
  if (!report.ok()) return report.error();
  return report.value().total.duplicates;
}

}  // namespace bobbin::cli
