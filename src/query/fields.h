// What a field is, to the query language: each table brings its own.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "query/statement.h"

namespace bobbin::query {

enum class Type {
  kNull,  // the literal null; not a field's type
  kText,
  kInt,
  kDouble,
  kBool,  // 1 or 0
  kTime,  // microseconds since the Unix epoch, UTC
  kJson   // a place in a JSON text; may hold anything, or not be there
};

// A field in SQL.
struct FieldSql {
  Type type = Type::kText;
  // An expression over the tables of the statement. For kJson: the JSON text
  // that holds the field at `path` (json/path.h), or NULL.
  Statement sql = {};
  std::string path = {};
  bool nullable = true;
  // kJson: a null that is there counts as present for `$convert` to "exists"
  // (feedback payloads, contract section 5).
  bool null_exists = false;
  // When not empty, the field is a text that is kept once in a table of
  // names: `key` is the column with its row number, and `names` begins the
  // query that finds it ("SELECT row_id FROM ops WHERE project = ? AND name").
  // Equality then goes by number, along the index of `key`.
  std::string_view key = {};
  Statement names = {};
  // When not empty the field has a value in each of many rows: the tables
  // and terms ("feedback f WHERE f.call_id = c.id") that give these. A
  // comparison then holds if it holds in any row.
  Statement rows = {};
  // With `rows`: ORDER BY terms; the first row that has a value is what a
  // sort goes by.
  // Empty: not to be sorted by.
  std::string rows_order = {};
};

// Finds fields by name while one statement is made.
class Fields {
 public:
  virtual ~Fields() = default;

  // What `name` stands for, or the error that the endpoint has for a name
  // that is not a field.
  virtual Result<FieldSql> Find(std::string_view name) = 0;

 protected:
  Fields() = default;
  Fields(const Fields&) = default;
  Fields& operator=(const Fields&) = default;
};

// The usual answer to a name that is not a field: InvalidFieldError, 422.
Error FieldNotAllowed(std::string_view name);

// Appends the terms of ORDER BY for a field: JSON fields by presence, then
// number, then text, what is missing last (contract section 4.4).
// `way` is " ASC" or " DESC".
void AddSortTerms(Statement& out, const FieldSql& field, std::string_view way);

}  // namespace bobbin::query
