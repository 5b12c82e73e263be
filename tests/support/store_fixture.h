// The stores over a database of their own, and builders that make valid
// reports of calls: a test names only what it is about.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "json/document.h"
#include "model/call.h"
#include "model/call_record.h"
#include "model/calls_query.h"
#include "store/call_store.h"
#include "store/file_store.h"
#include "store/names.h"
#include "store/object_store.h"
#include "support/temp_dir.h"

namespace bobbin::testing {

inline constexpr std::string_view kProject = "team/app";

// One report of a call in project "team/app", and the text that it points to:
// copies of a Part share the text, which lives as long as the last of them.
class Part {
 public:
  explicit Part(model::CallPart kind);

  Part& In(std::string_view project_id);
  Part& Id(std::string_view id);
  Part& Op(std::string_view op_name);
  Part& Trace(std::string_view trace_id);
  // A trace id of the server's making, which gives way to a known one.
  Part& MadeTrace(std::string_view trace_id);
  Part& Under(std::string_view parent_id);
  Part& Named(std::string_view display_name);
  Part& Thread(std::string_view thread_id);
  Part& Turn(std::string_view turn_id);
  Part& User(std::string_view wb_user_id);
  Part& Run(std::string_view wb_run_id);
  Part& Step(int64_t step);
  Part& EndStep(int64_t step);
  Part& At(int64_t started_at_us);
  Part& Until(int64_t ended_at_us);
  // JSON texts. The refs within are found as the API finds them.
  Part& Attributes(std::string_view json);
  Part& Inputs(std::string_view json);
  Part& OtelDump(std::string_view json);
  Part& Output(std::string_view json);
  Part& Summary(std::string_view json, bool has_errors = false);
  Part& Failing(std::string_view exception);

  model::CallReport& report() { return report_; }
  const model::CallReport& report() const { return report_; }

 private:
  struct Kept {
    std::deque<std::string> text;
    std::deque<std::vector<std::string_view>> refs;
  };
  std::string_view Keep(std::string_view text);
  std::span<const std::string_view> RefsIn(std::string_view json);

  std::shared_ptr<Kept> kept_;
  model::CallReport report_;
};

// A call "op" of trace "t1", begun at 1000 with `{}` as inputs and attributes.
Part AStart(std::string_view id);
// Its end at 3500, with `null` as output and `{}` as summary.
Part AnEnd(std::string_view id);
// Both at once.
Part AComplete(std::string_view id);

// A model::CallRecord that outlives its statement.
struct StoredCall {
  using Text = std::optional<std::string>;
  explicit StoredCall(const model::CallRecord& record);
  StoredCall() = default;
  bool operator==(const StoredCall&) const = default;

  std::string id, project_id, op_name, trace_id;
  Text trace_name, display_name, parent_id, thread_id, turn_id;
  int64_t started_at_us = 0;
  std::optional<int64_t> ended_at_us;
  model::CallStatus status = model::CallStatus::kRunning;
  Text exception, attributes, inputs, output, summary, otel_dump;
  Text wb_user_id, wb_run_id;
  std::optional<int64_t> wb_run_step, wb_run_step_end;
  std::optional<int64_t> storage_size_bytes, total_storage_size_bytes;
};

// A request for the calls of "team/app"; `filter` is set and empty.
model::CallsQueryReq ARequest();
// The same for counting them.
model::CallsQueryStatsReq ACount();
// What sort_by takes.
std::vector<model::SortBy> Ascending(std::string_view field);
std::vector<model::SortBy> Descending(std::string_view field);

// Options for a database with the program's own migrations.
db::OpenOptions InMemory();
db::OpenOptions InFile(const std::string& path,
                       db::Durability durability = db::Durability::kNormal);
// Opens; throws what went wrong as a std::runtime_error.
std::unique_ptr<db::Database> OpenOrThrow(const db::OpenOptions& options);

// The first column of the first row, for looking behind the stores.
int64_t NumberIn(db::Database& database, std::string_view sql);
// The first column of all rows.
std::vector<std::string> RowsIn(db::Database& database, std::string_view sql);

class StoreFixture {
 public:
  // In memory.
  StoreFixture();
  // In a file of its own.
  explicit StoreFixture(db::Durability durability);

  // Records the parts, all of them or none.
  template <class... Parts>
  Status Record(Parts... parts) {
    std::vector<model::CallReport*> reports{&parts.report()...};
    return calls.Record(reports);
  }
  Status RecordAll(std::vector<Part>& parts);

  // The visible call with this id, sizes included.
  std::optional<StoredCall> Get(std::string_view id,
                                std::string_view project_id = kProject);
  // All matching calls, in order; throws if the scan fails.
  std::vector<StoredCall> Scan(const model::CallsQueryReq& request);
  std::vector<std::string> Ids(const model::CallsQueryReq& request);
  // The ids of all visible calls, in their default order.
  std::vector<std::string> Ids() { return Ids(ARequest()); }
  int64_t Count(const model::CallsQueryStatsReq& request);
  int64_t Count() { return Count(ACount()); }
  int64_t Delete(const std::vector<std::string_view>& ids,
                 std::string_view project_id = kProject);

  TempDir folder;
  std::unique_ptr<db::Database> database;
  store::Names names;
  store::CallStore calls;
  store::FileStore files;
  store::ObjectStore objects;
};

}  // namespace bobbin::testing
