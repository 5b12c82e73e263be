// What the handlers work with. Made by main, lives as long as the server.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "control/control.h"
#include "store/call_store.h"
#include "store/cost_store.h"
#include "store/feedback_store.h"
#include "store/file_store.h"
#include "store/object_store.h"
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
  store::ReportStore& reports;
  control::Control& control;
  Clock& clock;
  IdSource& ids;
  std::string durability;  // its name, for /server_info
};

}  // namespace bobbin::api
