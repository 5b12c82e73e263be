#include "cli/call_usage.h"

#include <string_view>

#include "cli/fields.h"
#include "json/usage.h"

namespace bobbin::cli {
namespace {

// The first member of an object; one that does not exist for anything else.
json::Value FirstOf(json::Value object) {
  const bool is_object = object.exists() && object.is(json::Kind::kObject);
  return is_object ? object.first() : json::Value();
}

}  // namespace

CallUsage ReadCallUsage(json::Value summary) {
  CallUsage usage;
  for (json::Value v = FirstOf(Member(summary, "usage")); v.exists();
       v = v.next()) {
    if (!v.is(json::Kind::kObject)) continue;
    const json::TokenCounts counts = json::ReadTokenCounts(v);
    usage.models.emplace_back(v.key());
    usage.prompt = usage.prompt.value_or(0) + counts.prompt;
    usage.completion = usage.completion.value_or(0) + counts.completion;
    usage.tokens = usage.tokens.value_or(0) + counts.all();
  }
  for (json::Value v = FirstOf(Member(Member(summary, "weave"), "costs"));
       v.exists(); v = v.next()) {
    constexpr std::string_view kParts[] = {
        "prompt_tokens_total_cost", "completion_tokens_total_cost",
        "cache_read_input_tokens_total_cost",
        "cache_creation_input_tokens_total_cost"};
    for (const std::string_view part : kParts) {
      if (const auto cost = NumberOf(v, part)) {
        usage.cost = usage.cost.value_or(0) + *cost;
      }
    }
  }
  return usage;
}

}  // namespace bobbin::cli
