// The token counts in a call's `summary.usage`: an object with a member for
// each model (contract section 4.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "json/document.h"

namespace bobbin::json {

// What one model was given and gave. A count that is missing or null is 0.
struct TokenCounts {
  int64_t requests = 0;
  int64_t prompt = 0;      // prompt_tokens and input_tokens
  int64_t completion = 0;  // completion_tokens and output_tokens
  int64_t total = 0;       // total_tokens, as reported
  int64_t cache_read = 0, cache_creation = 0;

  // What was reported, or else prompt and completion.
  int64_t all() const;
  // Adds another's; a sum stops at the largest number. `total` becomes all().
  void Add(const TokenCounts& more);
};

// The counts in the object of a model; numbers may be written as text.
TokenCounts ReadTokenCounts(Value model);

// Reads the `usage` of a summary. Kept from one summary to the next, for its
// memory.
class UsageReader {
 public:
  // The first model of `summary`, whose key is its name; next() is the next.
  // Does not exist if there is none. Of `usage` given twice the last counts;
  // members that are no objects are to be passed over.
  Value First(std::string_view summary);

 private:
  Document document_;
};

// True if `usage` has the object of a model.
bool HasUsage(UsageReader& reader, std::string_view summary);

}  // namespace bobbin::json
