// The fields of a call that a query may name, and the SQL that each stands
// for (contract sections 4.4 and 5).
//
// In that SQL `c` is calls, `i` call_inputs, `u` call_outputs.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/calls_query.h"
#include "query/fields.h"

namespace bobbin::query {

// The tables that an expression needs beside calls.
struct Needs {
  bool inputs = false;
  bool outputs = false;
};

class CallFields : public Fields {
 public:
  // Without a project: calls of all projects, each with the names of its own.
  //
  // `expand_columns`: where the value of a field lies beyond one of these, and
  // there is the ref of an object of this project, the rest of its path is
  // looked for in that object. Borrows both.
  CallFields(std::optional<std::string_view> project_id,
             const model::Texts& expand_columns)
      : project_id_(project_id), expand_columns_(expand_columns) {}

  // InvalidFieldError for what is not a field of calls; kInvalid for a path
  // through too many refs.
  Result<FieldSql> Find(std::string_view name) override;

  // What the fields found so far need.
  const Needs& needs() const { return needs_; }

 private:
  Result<FieldSql> FindFeedback(std::string_view name);
  FieldSql RefsOf(int64_t side);
  Status Expand(std::string_view column, FieldSql& field) const;
  // The row number of the call's project.
  void AddProject(Statement& out) const;

  const std::optional<std::string_view> project_id_;
  const model::Texts& expand_columns_;
  Needs needs_;
  int aliases_ = 0;  // of tables with many rows, so that each has its own
};

}  // namespace bobbin::query
