// Finding a text in calls: in their names, inputs, outputs and errors.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "model/reports.h"
#include "query/report.h"
#include "query/statement.h"

namespace bobbin::query {

// The steps that find a text (store/report_store.h goes them).
//
// There is no index of words: keeping one costs more than all else that is
// written for a call. Instead the newest calls are looked at one by one, which
// finds enough of anything that is not rare; only then the texts of the file
// are read from end to end, by several threads.
struct Search {
  int64_t limit = 0;  // of hits

  // First the hits among the newest `newest_most` calls, and how many calls
  // that were: with fewer than those it was all there is.
  Report newest;
  Statement newest_count;
  int64_t newest_most = 0;

  // Then one of these: with filters, the hits in the order of calls;
  std::optional<Report> filtered;

  // or else what is found in some of the rows of a table. Who runs the
  // statements binds what is not in them.
  struct FileScan {
    // Rows of call_inputs, and of call_outputs, that have it, between two
    // numbers: the last values.
    Statement inputs, outputs;
    // The hits of the newest calls that have it, and behind the columns two
    // more to order them by: started_at_us and id. The first values are what
    // has been found in inputs and outputs, two JSON lists (calls of them may
    // have gone since, so they are looked at again), two numbers of rows, and
    // the limit.
    Report calls;
  };
  std::optional<FileScan> scan;
};

// The calls that have `request.text` in one of their texts, the newest first,
// each with the first place that has it (json/text_search.h says what is
// found). Borrows from `request`.
//   kInvalid  no text; a negative limit.
Result<Search> SearchCalls(const model::SearchReq& request);

}  // namespace bobbin::query
