#include "cli/backend.h"

#include <string>
#include <utility>

#include "api/dispatch.h"
#include "base/log.h"

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

}  // namespace bobbin::cli
