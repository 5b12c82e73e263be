#include "query/calls_sql.h"

#include <optional>

#include "query/call_fields.h"
#include "query/calls_filter.h"
#include "query/condition.h"
#include "query/expr.h"

namespace bobbin::query {
namespace {

using model::CallsFilter;
using model::Direction;
using model::SortBy;

// A JSON field takes three terms of ORDER BY, and SQLite 3.40 crashes on 64 of
// them in a join.
constexpr size_t kMaxSortKeys = 16;
// SQLite has 32,766 in a statement.
constexpr size_t kMaxParameters = 32'000;

const CallsFilter& FilterOf(const std::optional<CallsFilter>& filter) {
  static const CallsFilter kAll;
  return filter ? *filter : kAll;
}

// What narrows the calls down: filter and query, checked and in SQL.
struct Choice {
  Driver driver;
  Statement where;  // " WHERE ..."
  Needs needs;      // of `where`
};

template <class Request>
Result<Choice> Choose(const Request& request) {
  const CallsFilter& filter = FilterOf(request.filter);
  if (Status lists = CheckLists(filter); !lists.ok()) return lists.error();
  Choice choice;
  AddFilter(choice.where, filter);
  if (!request.query) {
    choice.driver = ChooseDriver(filter, nullptr);
    return choice;
  }
  const Result<Expr> expr = ParseQuery(request.query->json);
  if (!expr.ok()) return expr.error();
  CallFields fields(request.project_id, request.expand_columns);
  const Result<Statement> condition = Condition(expr.value(), fields);
  if (!condition.ok()) return condition.error();
  choice.where.Add(" AND ");
  choice.where.Append(condition.value());
  choice.needs = fields.needs();
  choice.driver = ChooseDriver(filter, &expr.value());
  return choice;
}

struct Order {
  Statement by;  // "" or " ORDER BY ..."
  Needs needs;
  bool by_start = false;  // started_at first, in either direction
};

Result<Order> MakeOrder(const model::CallsQueryReq& request) {
  Order order;
  const std::optional<std::vector<SortBy>>& sort_by = request.sort_by;
  if (sort_by && sort_by->size() > kMaxSortKeys) {
    return Invalid("sort_by takes at most " + std::to_string(kMaxSortKeys) +
                   " fields");
  }
  if (!sort_by) {
    order.by.sql = " ORDER BY c.started_at_us ASC, c.id ASC";
    order.by_start = true;
    return order;
  }
  CallFields fields(request.project_id, request.expand_columns);
  std::string_view separator = " ORDER BY ";
  bool by_id = false;
  std::string_view tie = " ASC";
  for (const SortBy& key : *sort_by) {
    const Result<FieldSql> field = fields.Find(key.field);
    if (!field.ok()) return field.error();
    if (!field.value().rows.sql.empty() && field.value().rows_order.empty()) {
      return FieldNotAllowed(key.field);
    }
    const bool down = key.direction == Direction::kDescending;
    order.by.Add(separator);
    separator = ", ";
    AddSortTerms(order.by, field.value(), down ? " DESC" : " ASC");
    by_id |= key.field == "id";
    tie = key.field == "started_at" && down ? " DESC" : " ASC";
  }
  order.needs = fields.needs();
  if (sort_by->empty()) return order;
  order.by_start = sort_by->front().field == "started_at";
  if (!by_id) {
    order.by.Add(", c.id");
    order.by.Add(tie);
  }
  return order;
}

Status AddPage(Statement& out, std::optional<int64_t> limit,
               std::optional<int64_t> offset) {
  if (limit && *limit < 0) return Invalid("limit must not be negative");
  if (offset && *offset < 0) return Invalid("offset must not be negative");
  out.Add(" LIMIT ?", limit.value_or(-1));
  if (offset.value_or(0) > 0) out.Add(" OFFSET ?", *offset);
  return {};
}

// Joins what is needed and not there yet.
void AddLaterJoins(Statement& out, const Needs& needs,
                   const Needs& there = {}) {
  if (needs.inputs && !there.inputs) {
    out.Add(" LEFT JOIN call_inputs i ON i.row_id = c.row_id");
  }
  if (needs.outputs && !there.outputs) {
    out.Add(" LEFT JOIN call_outputs u ON u.row_id = c.output_row");
  }
}

void Include(Needs& needs, const Needs& more) {
  needs.inputs |= more.inputs;
  needs.outputs |= more.outputs;
}

Status CheckSize(const Statement& statement) {
  if (statement.parameters.size() <= kMaxParameters) return {};
  return Invalid("The filter and the query have too many values");
}

}  // namespace

Result<Statement> CallsStatement(const model::CallsQueryReq& request,
                                 const Selection& selection) {
  const Result<Choice> chosen = Choose(request);
  if (!chosen.ok()) return chosen.error();
  const Choice& choice = chosen.value();
  const Result<Order> made = MakeOrder(request);
  if (!made.ok()) return made.error();
  const Order& order = made.value();

  Statement out;
  AddColumns(out, request, selection);
  Needs wanted{.inputs = selection.attributes || selection.inputs,
               .outputs = selection.output || selection.summary};
  Needs first = choice.needs;  // so that a call that fails is left at once
  // CROSS JOIN: calls stay the outer loop, whatever SQLite thinks of ops.
  constexpr std::string_view kOps = " CROSS JOIN ops o ON o.row_id = c.op";
  const bool sorts =
      !order.by.sql.empty() && !(choice.driver.ordered && order.by_start);
  Status status;
  if (!sorts) {
    Include(wanted, order.needs);
    out.Add(" FROM calls c ");
    out.Add(choice.driver.clause);
    AddLaterJoins(out, first);
    out.Add(kOps);
    AddLaterJoins(out, wanted, first);
    out.Append(choice.where);
    out.Append(order.by);
    status = AddPage(out, request.limit, request.offset);
  } else {
    // Only row numbers go through the sorter; the wide columns are read for
    // the rows of the page alone. LIMIT keeps SQLite from merging the two
    // queries, CROSS JOIN keeps the order of the inner one.
    Include(first, order.needs);
    out.Add(" FROM (SELECT c.row_id FROM calls c ");
    out.Add(choice.driver.clause);
    AddLaterJoins(out, first);
    out.Append(choice.where);
    out.Append(order.by);
    status = AddPage(out, request.limit, request.offset);
    out.Add(") s CROSS JOIN calls c ON c.row_id = s.row_id");
    out.Add(kOps);
    AddLaterJoins(out, wanted);
  }
  if (status.ok()) status = CheckSize(out);
  if (!status.ok()) return std::move(status).error();
  return out;
}

bool CountsWholeProject(const model::CallsQueryStatsReq& request) {
  return !request.query && !request.limit &&
         !request.include_total_storage_size.value_or(false) &&
         IsEmpty(FilterOf(request.filter));
}

Result<Statement> CallsCountStatement(
    const model::CallsQueryStatsReq& request) {
  const Result<Choice> chosen = Choose(request);
  if (!chosen.ok()) return chosen.error();
  const Choice& choice = chosen.value();
  if (request.limit && *request.limit < 1) {
    return Invalid("limit must be a positive integer");
  }
  const bool sizes = request.include_total_storage_size.value_or(false);
  const std::string_view columns =
      sizes ? "c.start_bytes + c.end_bytes AS bytes" : "1";
  const std::string_view counts =
      sizes ? "count(*), sum(bytes)" : "count(*), NULL";
  Statement out;
  out.Add("SELECT " + std::string(counts) + " FROM ");
  if (request.limit || sizes) {
    out.Add("(SELECT " + std::string(columns) + " FROM ");
  }
  out.Add("calls c ");
  out.Add(choice.driver.clause);
  AddLaterJoins(out, choice.needs);
  out.Append(choice.where);
  if (request.limit) out.Add(" LIMIT ?", *request.limit);
  if (request.limit || sizes) out.Add(")");
  if (Status status = CheckSize(out); !status.ok()) {
    return std::move(status).error();
  }
  return out;
}

}  // namespace bobbin::query
