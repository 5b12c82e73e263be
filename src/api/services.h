// What the handlers work with. Made by main, lives as long as the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "control/control.h"
#include "store/call_store.h"
#include "store/cost_store.h"
#include "store/feedback_store.h"
#include "store/file_store.h"
#include "store/object_store.h"
#include "store/project_export.h"
#include "store/project_import.h"
#include "store/project_store.h"
#include "store/ref_reader.h"
#include "store/report_store.h"
#include "store/table_store.h"

namespace bobbin::api {

struct Services {
  store::CallStore& calls;
  store::ObjectStore& objects;
  store::FileStore& files;
  store::TableStore& tables;
  store::FeedbackStore& feedback;
  store::CostStore& costs;
  store::RefStore& refs;
  store::ProjectStore& projects;
  store::ProjectExport& exports;
  store::ProjectImport& imports;
  store::ReportStore& reports;
  control::Control& control;
  Clock& clock;
  IdSource& ids;
  std::string durability;  // its name, for /server_info

  // A new id, and the time, for what the server makes in a project: a test
  // may have decided what they are.
  std::string NewId(std::string_view project_id) {
    std::optional<std::string> seeded = control.seeds().NextId(project_id);
    return seeded ? *std::move(seeded) : ids.NewId();
  }
  int64_t NowUs(std::string_view project_id) {
    const std::optional<int64_t> seeded = control.seeds().NextUs(project_id);
    return seeded ? *seeded : clock.NowUs();
  }
};

}  // namespace bobbin::api
