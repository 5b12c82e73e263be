// Binding the values that a query::Statement brings.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "db/connection.h"
#include "query/statement.h"

namespace bobbin::store {

// In order. The parameters must outlive `query`.
inline void BindAll(db::Query& query,
                    const std::vector<query::Parameter>& parameters) {
  for (const query::Parameter& parameter : parameters) {
    if (const auto* number = std::get_if<int64_t>(&parameter)) {
      query.Bind(*number);
    } else if (const auto* view = std::get_if<std::string_view>(&parameter)) {
      query.Bind(*view);
    } else {
      query.Bind(std::string_view(std::get<std::string>(parameter)));
    }
  }
}

}  // namespace bobbin::store
