// SQL text and the values for its question marks, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bobbin::query {

// Stands for the row number of the request's project, which is known only
// once there is a connection: whoever binds the statement puts it in.
struct ProjectRow {
  bool operator==(const ProjectRow&) const = default;
};

// A view borrows from the request, which outlives the statement.
using Parameter =
    std::variant<int64_t, double, std::string_view, std::string, ProjectRow>;

struct Statement {
  std::string sql;
  std::vector<Parameter> parameters = {};

  // Appends a piece of SQL, and the values it brings.
  template <class... Values>
  void Add(std::string_view piece, Values... values) {
    sql += piece;
    (parameters.emplace_back(std::move(values)), ...);
  }

  // Appends another statement with its values.
  void Append(const Statement& part) {
    sql += part.sql;
    parameters.insert(parameters.end(), part.parameters.begin(),
                      part.parameters.end());
  }
};

}  // namespace bobbin::query
