// Finding a text in calls: in their names, inputs, outputs and errors.
#pragma once

#include "base/result.h"
#include "model/reports.h"
#include "query/report.h"

namespace bobbin::query {

// The calls that have `request.text` in one of their texts, the newest first,
// each with the first place that has it (json/text_search.h says what is
// found). There is no index of words: keeping one costs more than all else
// that is written for a call. Instead the newest calls are looked at one by
// one, which finds enough of anything that is not rare; only then the texts of
// the file are read from end to end, faster than in the order of calls.
//
// Borrows from `request`.
//   kInvalid  no text; a negative limit.
Result<Report> SearchReport(const model::SearchReq& request);

}  // namespace bobbin::query
