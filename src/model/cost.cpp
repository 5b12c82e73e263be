#include "model/cost.h"

#include <algorithm>

namespace bobbin::model {

void ReadValue(json::Value value, CostInputs& out, const Loc& loc,
               Details& details) {
  if (!value.is(json::Kind::kObject)) {
    AddDictType(value, loc, details);
    return;
  }
  for (json::Value v = value.first(); v.exists(); v = v.next()) {
    const std::string_view llm_id = v.key();
    std::erase_if(out.list, [llm_id](const CostCreateInput& earlier) {
      return earlier.llm_id == llm_id;
    });
    CostCreateInput& input = out.list.emplace_back();
    ReadValue(v, input, loc.In(llm_id), details);
    input.llm_id = llm_id;
  }
}

}  // namespace bobbin::model
