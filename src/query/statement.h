// SQL text and the values for its question marks, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bobbin::query {

// A view borrows from the request, which outlives the statement.
using Parameter = std::variant<int64_t, std::string_view, std::string>;

struct Statement {
  std::string sql;
  std::vector<Parameter> parameters = {};

  // Appends a piece of SQL, and the values it brings.
  template <class... Values>
  void Add(std::string_view piece, Values... values) {
    sql += piece;
    (parameters.emplace_back(std::move(values)), ...);
  }
};

}  // namespace bobbin::query
