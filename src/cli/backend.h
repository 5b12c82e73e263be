// What answers: the stores over one open database, and the API over them.
// Knows no sockets; a command that serves puts a server in front.
#pragma once

#include <memory>
#include <string_view>

#include "api/request.h"
#include "api/services.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "control/control.h"
#include "db/database.h"
#include "store/names.h"

namespace bobbin::cli {

// Threads   Answer() may be called from any thread.
class Backend {
 public:
  Backend(std::unique_ptr<db::Database> database, control::Options options);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // Drops what a killed server has left half done. Once, before the first
  // Answer(). If that fails the log says so, and the next start tries again.
  void DropLeftovers();

  // Answers any request, as api::Dispatch() does.
  api::Response Answer(const api::Request& request);

  // Answers all that wait for something to happen, now and from now on: a
  // server that stops would wait for them.
  void EndWaits() { calls_.changes().Stop(); }

  // What clients have sent more than once, in all projects. Nothing, if there
  // is no journal (control::JournalOptions).
  Result<control::Duplicates> CountDuplicates() const;

  // Its name: "full", "normal", "memory".
  std::string_view durability() const { return services_.durability; }

 private:
  std::unique_ptr<db::Database> database_;
  SystemClock clock_;
  UuidV7Source ids_{clock_};
  store::Names names_;
  store::CallStore calls_{*database_, names_};
  store::ObjectStore objects_{*database_, names_, calls_.changes()};
  store::FileStore files_{*database_, names_};
  store::TableStore tables_{*database_, names_};
  store::FeedbackStore feedback_{*database_, names_, calls_.changes()};
  store::CostStore costs_{*database_, names_};
  store::RefStore refs_{*database_};
  store::ProjectStore projects_{*database_, names_, calls_};
  store::ProjectExport exports_{*database_};
  store::ProjectImport imports_{*database_, names_, calls_};
  store::ReportStore reports_{*database_};
  control::Control control_;
  api::Services services_;
};

}  // namespace bobbin::cli
