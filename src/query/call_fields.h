// The fields of a call that a query may name, and the SQL that each stands
// for (contract sections 4.4 and 5).
//
// In that SQL `c` is calls, `o` ops, `i` call_inputs, `u` call_outputs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/statement.h"

namespace bobbin::query {

// The tables that an expression needs beside calls.
struct Needs {
  bool ops = false;
  bool inputs = false;
  bool outputs = false;
};

struct CallField {
  std::string_view name;  // as on the wire
  std::string_view sql;
  Needs needs = {};
  bool nullable = true;
  bool json = false;  // holds JSON text: `name.path` reaches into it
};

// A field that a query named: its row, and the path within its JSON.
struct FieldRef {
  const CallField* field = nullptr;
  std::string_view path = {};
};

// Finds what `name` stands for; nothing when it is not a field of calls.
std::optional<FieldRef> FindCallField(std::string_view name);

}  // namespace bobbin::query
