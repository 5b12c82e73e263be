// Keeps feedback: what people and scorers say about calls and objects.
//
// Feedback outlives what it is about: when a call is deleted, its feedback can
// no longer be reached through the call, but still by its ref.
//
// Threads, errors and lifetime as in store/call_store.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "db/database.h"
#include "model/feedback.h"
#include "query/rows_sql.h"
#include "store/changes.h"
#include "store/names.h"
#include "store/rows.h"

namespace bobbin::store {

class FeedbackStore {
 public:
  // `changes` hears of all that changes.
  FeedbackStore(db::Database& database, Names& names, Changes& changes)
      : database_(database), names_(names), changes_(changes) {}
  FeedbackStore(const FeedbackStore&) = delete;
  FeedbackStore& operator=(const FeedbackStore&) = delete;

  // Keeps all of them or none. Feedback whose id the project has already takes
  // the place of the old one: clients send again what was not answered.
  Status Put(std::span<const model::Feedback> feedback);

  // Takes the feedback `old_id` away, if there is such, and keeps `feedback`,
  // both or neither.
  Status Replace(std::string_view old_id, const model::Feedback& feedback);

  // Takes feedback away. Unknown ids change nothing.
  Status Purge(std::string_view project_id, std::span<const std::string> ids);

  // Runs a query over query::FeedbackTable().
  Status Query(std::string_view project_id, const query::RowsQuery& query,
               const RowsVisitor& visitor) const;

  // The JSON of a living version of an object (not an op), for checking an
  // annotation. `digest` may also be `latest` or `v<N>`.
  Result<std::optional<std::string>> FindObject(std::string_view project_id,
                                                std::string_view object_id,
                                                std::string_view digest) const;

 private:
  db::Database& database_;
  Names& names_;
  Changes& changes_;
};

}  // namespace bobbin::store
