// Keeps calls (timed, nested units of traced work), one row each.
//
// Clients report a call in two halves, start and end, in either order, maybe
// more than once, maybe never, or complete. Whatever comes first makes the
// row; the rest fills it in (contract section 4.2).
//
// Threads   Call any method from any thread. Writes take turns inside
//           db::Database; reads block nobody.
// Errors    Returned, never thrown. Beyond the codes listed per method, all
//           may return kBusy (safe to retry; a full disk, too) or kInternal
//           (disk or bug); in both cases nothing was changed.
// Lifetime  Borrows `database`; no write to it may come after the store's
//           end. Arguments are copied: nothing is retained after return.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "model/call.h"
#include "model/call_record.h"
#include "model/calls_query.h"
#include "query/calls_sql.h"
#include "store/call_counts.h"
#include "store/changes.h"
#include "store/loose_ends.h"
#include "store/names.h"
#include "store/ref_reader.h"

namespace bobbin::store {

// What a scan adds to each call out of other tables (store/call_extras.h says
// at what cost).
struct CallExtras {
  bool feedback = false;
  bool costs = false;  // needs the summary
};
CallExtras ExtrasOf(const model::CallsQueryReq& request);

class CallStore {
 public:
  // `names` is shared with the other stores of the same database.
  CallStore(db::Database& database, Names& names);
  ~CallStore();
  CallStore(const CallStore&) = delete;
  CallStore& operator=(const CallStore&) = delete;

  // Records the reports in their order, all of them or none; committed before
  // return. Each has its `id`, and a start its `trace_id`; a trace id of our
  // making (`made_trace_id`) gives way to one that the call already has, which
  // is then found in `kept_trace_id`. An end whose start comes with it is
  // joined to that, which is then marked complete. Of a repeated half
  // later non-null values win and nothing is cleared; a repeated complete
  // call replaces all but the display name. An end whose start is missing is
  // kept and stays hidden until that start arrives. What comes for a deleted
  // call is dropped.
  Status Record(std::span<model::CallReport* const> reports);

  // Sets the name that is shown ("" clears it), also of a call that has not
  // arrived yet. Nothing happens to a deleted one.
  Status SetDisplayName(std::string_view project_id, std::string_view id,
                        std::string_view display_name);

  // Deletes the calls and all their descendants: they vanish from every read,
  // their JSON from the file. Returns how many ids were given plus how many
  // descendants were found; an id that never arrived counts, and will not
  // appear later either.
  Result<int64_t> Delete(std::string_view project_id,
                         std::span<const std::string_view> ids, int64_t now_us);

  // Feeds the calls of a query::CallsStatement to `visit`, in the order asked
  // for, until it returns false. Holds a read connection meanwhile, so `visit`
  // must not use the database. An unknown project has no calls.
  Status Scan(const query::Statement& statement, std::string_view project_id,
              const CallExtras& extras,
              const std::function<bool(const model::CallRecord&)>& visit) const;

  // The same, and `visit` can read what refs stand for, in the snapshot of
  // the scan. After the last call it is called once more, with null, unless it
  // has returned false. What the reader throws it lets through.
  using VisitWithRefs =
      std::function<bool(const model::CallRecord*, RefReader&)>;
  Status ScanWithRefs(const query::Statement& statement,
                      std::string_view project_id, const CallExtras& extras,
                      const VisitWithRefs& visit) const;

  // Makes the statement first.
  //   kInvalid, kUnprocessable  as query::CallsStatement says; `visit` was
  //                             not called.
  Status Scan(const model::CallsQueryReq& request,
              const query::Selection& selection,
              const std::function<bool(const model::CallRecord&)>& visit) const;

  struct Count {
    int64_t calls = 0;
    std::optional<int64_t> storage_bytes = {};  // when asked for
  };
  // Counts matching calls without reading them; those of a whole project, or
  // its roots, are known and need not be counted.
  //   kInvalid  as query::CallsCountStatement says.
  Result<Count> CountCalls(const model::CallsQueryStatsReq& request) const;

  // How far a project has come; nothing of an unknown one.
  struct Progress {
    int64_t calls = 0;  // that reads can see
    int64_t ended = 0;  // those among them whose end has come
  };
  // Known, and not counted, but for the first time after a start on a file
  // that has the project already (store/call_counts.h).
  Result<Progress> ProgressOf(std::string_view project_id) const;

  struct ProjectSummary {
    std::string project_id;
    int64_t calls = 0;  // that reads can see
    int64_t roots = 0;  // those among them without a parent
    std::optional<int64_t> last_started_us = {};  // of the newest call
  };
  // All projects, the one with the newest call first. The numbers are known,
  // as those of ProgressOf() are.
  Result<std::vector<ProjectSummary>> Projects() const;

  // Keeps the numbers of calls. For store/project_store.h.
  CallCounts& counts() { return counts_; }

  // Wakes those who wait for calls to change.
  Changes& changes() { return changes_; }

  // What has not come, of one project or of all (store/loose_ends.h).
  Result<std::vector<LooseEnds>> FindLooseEnds(
      const std::optional<std::string_view>& project_id, int64_t most) const;

  // True if a Scan holds writers up for as long as its `visit` takes, so that
  // a caller should collect first and send later.
  bool scan_blocks_writers() const {
    return database_.durability() == db::Durability::kMemory;
  }

 private:
  // The project's row; 0 if it has none.
  Result<int64_t> RowOf(std::string_view project_id) const;
  Result<Count> CountProject(const model::CallsQueryStatsReq& request) const;

  db::Database& database_;
  Names& names_;
  mutable CallCounts counts_;
  Changes changes_;
};

}  // namespace bobbin::store
