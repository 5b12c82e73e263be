// The last trace of a run, as `bobbin run` shows it in the end.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/look.h"
#include "cli/source.h"
#include "store/call_tally.h"

namespace bobbin::cli {

// The trace as a tree (cli/tree.h), of which the first lines must do if it is
// long; of one with very many calls only their number. Errors: those of
// `source`.
Result<std::string> RunTree(Source& source, const store::TraceKey& trace,
                            const Look& look);

}  // namespace bobbin::cli
