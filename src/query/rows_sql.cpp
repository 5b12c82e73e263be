#include "query/rows_sql.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "query/condition.h"
#include "query/expr.h"

namespace bobbin::query {
namespace {

using model::RowsQueryReq;
using model::SortBy;

// As for calls (calls_sql.cpp).
constexpr size_t kMaxSortKeys = 16;
constexpr std::string_view kCount = "count(*)";

Error UnknownField(std::string_view name) {
  return Invalid("Unknown field: " + std::string(name));
}

// A field that a request named, and the path within its JSON.
struct Named {
  const RowsField* field = nullptr;
  std::string_view path = {};
};

std::optional<Named> FindNamed(const RowsTable& table, std::string_view name) {
  for (const RowsField& field : table.fields) {
    if (name == field.name) return Named{&field};
    const size_t size = field.name.size();
    if (field.type == Type::kJson && name.size() > size + 1 &&
        name.starts_with(field.name) && name[size] == '.') {
      return Named{&field, name.substr(size + 1)};
    }
  }
  return std::nullopt;
}

Statement SqlOf(const RowsField& field, std::string_view project_id) {
  Statement sql;
  if (field.sql == "?") {
    sql.Add("?", project_id);
  } else {
    sql.Add(field.sql);
  }
  return sql;
}

class TableFields : public Fields {
 public:
  TableFields(const RowsTable& table, std::string_view project_id)
      : table_(table), project_id_(project_id) {}

  Result<FieldSql> Find(std::string_view name) override {
    const std::optional<Named> named = FindNamed(table_, name);
    if (!named) return UnknownField(name);
    const RowsField& field = *named->field;
    const bool json = field.type == Type::kJson;
    return FieldSql{.type = field.type,
                    .sql = SqlOf(field, project_id_),
                    .path = std::string(named->path),
                    .nullable = json || field.nullable,
                    .null_exists = json};
  }

 private:
  const RowsTable& table_;
  const std::string_view project_id_;
};

bool IsCount(std::string_view name) {
  return std::ranges::equal(name, kCount, [](unsigned char a, char b) {
    return std::tolower(a) == b;
  });
}

void AddColumn(const Named& named, std::string_view name,
               std::string_view project_id, RowsQuery& out) {
  const auto same = [name](const RowsColumn& c) { return c.name == name; };
  if (std::ranges::any_of(out.columns, same)) return;
  out.rows.Add(out.columns.empty() ? "SELECT " : ", ");
  out.rows.Append(SqlOf(*named.field, project_id));
  out.columns.push_back({.name = std::string(name),
                         .type = named.field->type,
                         .path = json::ParsePath(named.path),
                         .if_null = named.field->if_null});
}

Status AddColumns(const RowsTable& table, const RowsQueryReq& request,
                  RowsQuery& out) {
  const auto add_all = [&] {
    for (const RowsField& field : table.fields) {
      AddColumn({&field}, field.name, request.project_id, out);
    }
  };
  if (!request.fields || request.fields->empty()) {
    add_all();
    return {};
  }
  for (const std::string_view name : *request.fields) {
    if (IsCount(name)) {
      out.only_count = true;
    } else if (name == "*") {
      add_all();
    } else if (const std::optional<Named> named = FindNamed(table, name)) {
      AddColumn(*named, name, request.project_id, out);
    } else {
      return UnknownField(name);
    }
  }
  if (out.only_count && !out.columns.empty()) {
    return Invalid("count(*) cannot be asked for beside other fields");
  }
  return {};
}

// ` AND <column> IN (?, ...)`.
void AndIn(Statement& out, const std::string& column,
           std::vector<std::string> texts) {
  out.Add(" AND " + column);
  std::string_view separator = " IN (?";
  for (std::string& text : texts) {
    out.Add(separator, std::move(text));
    separator = ", ?";
  }
  out.Add(")");
}

// What must hold for a row to match: the terms of the outermost $and.
std::span<const Expr> Terms(const Expr& expr) {
  if (expr.op == Op::kAnd) return expr.operands;
  return {&expr, 1};
}

const RowsField& FieldOf(const RowsTable& table, std::string_view name) {
  return *std::ranges::find(table.fields, name, &RowsField::name);
}

// ` FROM table INDEXED BY index WHERE ...`. The index is the best of those
// that a term of the query asks for.
Result<Statement> FromWhere(const RowsTable& table,
                            const RowsQueryReq& request) {
  Statement out;
  std::string_view index = table.index;
  Statement where;
  where.Add(" WHERE " + std::string(table.alias) + "project = ?", ProjectRow{});
  if (request.query) {
    const Result<Expr> expr = ParseQuery(request.query->json);
    if (!expr.ok()) return expr.error();
    TableFields fields(table, request.project_id);
    Result<Statement> condition = Condition(expr.value(), fields);
    if (!condition.ok()) return std::move(condition).error();
    const auto pinned = [&](const RowsIndex& candidate) {
      for (const Expr& term : Terms(expr.value())) {
        auto texts = OnlyTexts(term, candidate.field);
        if (!texts || texts->empty()) continue;
        index = candidate.name;
        AndIn(where, std::string(FieldOf(table, candidate.field).sql),
              std::move(*texts));
        return true;
      }
      return false;
    };
    std::ranges::any_of(table.indexes, pinned);
    where.Add(" AND ");
    where.Append(condition.value());
  }
  out.Add(" FROM " + std::string(table.from) + " INDEXED BY " +
          std::string(index));
  out.Append(where);
  return out;
}

Status AddOrder(const RowsTable& table, const RowsQueryReq& request,
                Statement& out) {
  out.Add(" ORDER BY ");
  if (!request.sort_by || request.sort_by->empty()) {
    out.Add(table.order);
    return {};
  }
  if (request.sort_by->size() > kMaxSortKeys) {
    return Invalid("sort_by takes at most " + std::to_string(kMaxSortKeys) +
                   " fields");
  }
  TableFields fields(table, request.project_id);
  for (const SortBy& key : *request.sort_by) {
    const Result<FieldSql> field = fields.Find(key.field);
    if (!field.ok()) return field.error();
    const bool up = key.direction == model::Direction::kAscending;
    AddSortTerms(out, field.value(), up ? " ASC" : " DESC");
    out.Add(", ");
  }
  out.Add(std::string(table.alias) + "row_id");
  return {};
}

Status AddPage(const RowsQueryReq& request, Statement& out) {
  if (request.limit && *request.limit < 0) {
    return Invalid("limit must not be negative");
  }
  if (request.offset && *request.offset < 0) {
    return Invalid("offset must not be negative");
  }
  if (!request.limit && !request.offset) return {};
  out.Add(" LIMIT ?", request.limit.value_or(-1));
  out.Add(" OFFSET ?", request.offset.value_or(0));
  return {};
}

RowsQuery MakeCallFeedbackQuery() {
  static constexpr std::array kFeedbackNames{"id",
                                             "feedback_type",
                                             "weave_ref",
                                             "payload",
                                             "creator",
                                             "created_at",
                                             "wb_user_id",
                                             "runnable_ref",
                                             "call_ref",
                                             "trigger_ref",
                                             "annotation_ref",
                                             "scorer_tags",
                                             "scorer_tag_reasons",
                                             "scorer_tag_confidences",
                                             "scorer_ratings",
                                             "scorer_rating_reasons",
                                             "scorer_rating_confidences"};
  RowsQuery query;
  for (const char* name : kFeedbackNames) {
    const RowsField& field = FieldOf(FeedbackTable(), name);
    AddColumn({&field}, name, {}, query);
  }
  query.rows.Add(
      " FROM feedback f INDEXED BY feedback_by_call WHERE f.call_id = ? AND "
      "f.project = ? ORDER BY f.created_at_us, f.row_id");
  return query;
}

}  // namespace

Result<RowsQuery> MakeRowsQuery(const RowsTable& table,
                                const RowsQueryReq& request) {
  RowsQuery out;
  Status status = AddColumns(table, request, out);
  if (!status.ok()) return std::move(status).error();
  const Result<Statement> from = FromWhere(table, request);
  if (!from.ok()) return from.error();
  out.rows.Append(from.value());
  out.count.Add("SELECT count(*)");
  out.count.Append(from.value());
  status = AddOrder(table, request, out.rows);
  if (status.ok()) status = AddPage(request, out.rows);
  if (!status.ok()) return std::move(status).error();
  return out;
}

Result<std::vector<std::string>> IdsToPurge(std::string_view query,
                                            std::string_view message) {
  const Result<Expr> expr = ParseQuery(query);
  if (!expr.ok()) return expr.error();
  std::optional<std::vector<std::string>> ids = OnlyTexts(expr.value(), "id");
  if (!ids || ids->empty()) return Invalid(std::string(message));
  return std::move(*ids);
}

const RowsQuery& CallFeedbackQuery() {
  static const RowsQuery query = MakeCallFeedbackQuery();
  return query;
}

}  // namespace bobbin::query
