// The token counts in a call's `summary.usage`: an object with a member for
// each model (contract section 4.1).
#pragma once

#include <cstdint>
#include <string>
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

// The counts of each model in `usage`, as calls are kept with them
// (schema/0010_usage.sql); empty if it has no object of a model.
std::string UsageText(Value usage);
// The same out of a whole summary.
std::string UsageText(UsageReader& reader, std::string_view summary);

// Reads what UsageText() has written, model by model; quicker than a Document.
class UsageTextReader {
 public:
  // `text` must outlive what is read. Text of another form ends early.
  explicit UsageTextReader(std::string_view text) : rest_(text) {}

  // False: there are no more.
  bool Next();
  // The name lives until the next Next().
  std::string_view model() const { return model_; }
  const TokenCounts& counts() const { return counts_; }

 private:
  bool ReadModel();
  bool ReadCounts();

  std::string_view rest_, model_;
  TokenCounts counts_;
  std::string name_;  // one that had escapes
};

}  // namespace bobbin::json
