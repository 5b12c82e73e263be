#include "query/fields.h"

namespace bobbin::query {

Error FieldNotAllowed(std::string_view name) {
  return {Code::kUnprocessable,
          "Field " + std::string(name) + " is not allowed",
          "InvalidFieldError"};
}

void AddSortTerms(Statement& out, const FieldSql& field, std::string_view way) {
  Statement value = field.sql;
  if (!field.rows.sql.empty()) {
    value = {"(SELECT "};
    value.Append(field.sql);
    value.Add(" FROM ");
    value.Append(field.rows);
    const bool is_json = field.type == Type::kJson;
    value.Add(is_json ? " AND json_exists(" : " AND ");
    value.Append(field.sql);
    if (is_json) {
      value.Add(", ?)", field.path);
    } else {
      value.Add(" IS NOT NULL");
    }
    value.Add(" ORDER BY ");
    value.Add(field.rows_order);
    value.Add(" LIMIT 1)");
  }
  if (field.type != Type::kJson) {
    out.Append(value);
    out.Add(way);
    if (field.nullable) out.Add(" NULLS LAST");
    return;
  }
  // Missing ones last, then by number, then by text.
  const auto add = [&](std::string_view function) {
    out.Add(function);
    out.Append(value);
    out.Add(", ?)", field.path);
  };
  add("json_text_at(");
  out.Add(" IS NULL, ");
  add("json_number_at(");
  out.Add(way);
  out.Add(" NULLS LAST, ");
  add("json_text_at(");
  out.Add(way);
}

}  // namespace bobbin::query
