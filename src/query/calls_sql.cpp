#include "query/calls_sql.h"

#include <algorithm>
#include <array>
#include <span>

#include "query/call_fields.h"

namespace bobbin::query {
namespace {

using model::CallsFilter;
using model::Direction;
using model::SortBy;
using model::Texts;

// Contract section 3, "Limits".
constexpr size_t kMaxListEntries = 1000;
// A JSON field takes three terms of ORDER BY, and SQLite 3.40 crashes on 64 of
// them in a join.
constexpr size_t kMaxSortKeys = 16;

bool Filters(const Texts& list) { return list && !list->empty(); }

struct ListName {
  std::string_view name;
  Texts CallsFilter::*list;
};
constexpr auto kLists = std::to_array<ListName>({
    {"op_names", &CallsFilter::op_names},
    {"input_refs", &CallsFilter::input_refs},
    {"output_refs", &CallsFilter::output_refs},
    {"parent_ids", &CallsFilter::parent_ids},
    {"trace_ids", &CallsFilter::trace_ids},
    {"call_ids", &CallsFilter::call_ids},
    {"thread_ids", &CallsFilter::thread_ids},
    {"turn_ids", &CallsFilter::turn_ids},
    {"wb_user_ids", &CallsFilter::wb_user_ids},
    {"wb_run_ids", &CallsFilter::wb_run_ids},
});

Status CheckLists(const CallsFilter& filter) {
  for (const ListName& entry : kLists) {
    const Texts& list = filter.*(entry.list);
    if (list && list->size() > kMaxListEntries) {
      return Invalid("Parameter: '" + std::string(entry.name) +
                     "' request length is greater than max length (1000). "
                     "Actual length: " +
                     std::to_string(list->size()));
    }
  }
  return {};
}

// ` = ?` or ` IN (?, ?, ...)`.
void AddIn(Statement& out, const std::vector<std::string_view>& values) {
  if (values.size() == 1) {
    out.Add(" = ?", values.front());
    return;
  }
  std::string_view separator = " IN (?";
  for (const std::string_view value : values) {
    out.Add(separator, value);
    separator = ", ?";
  }
  out.Add(")");
}

void AndIn(Statement& out, std::string_view column, const Texts& values) {
  if (!Filters(values)) return;
  out.Add(" AND ");
  out.Add(column);
  AddIn(out, *values);
}

// `(... OR ...)`, one term for each value. In halves within halves: SQLite
// reads `a OR b OR c` as a tree of that depth, and allows 1,000.
template <class AddTerm>
void AddAny(Statement& out, std::span<const std::string_view> values,
            const AddTerm& add_term) {
  out.Add("(");
  if (values.size() == 1) {
    add_term(values.front());
  } else {
    AddAny(out, values.first(values.size() / 2), add_term);
    out.Add(" OR ");
    AddAny(out, values.subspan(values.size() / 2), add_term);
  }
  out.Add(")");
}

// ` AND (<column> = ? OR ...)` where a value that ends in `:*` stands for
// every text that begins with what is before the star.
void AndNamed(Statement& out, std::string_view column,
              const std::vector<std::string_view>& values) {
  out.Add(" AND ");
  AddAny(out, values, [&](std::string_view value) {
    out.Add(column);
    if (!value.ends_with(":*")) {
      out.Add(" = ?", value);
      return;
    }
    // What begins with `x:` lies between `x:` and `x;`, the next character.
    const std::string_view prefix = value.substr(0, value.size() - 1);
    std::string end(prefix);
    end.back() = ';';
    out.Add(" >= ? AND ", prefix);
    out.Add(column);
    out.Add(" < ?", std::move(end));
  });
}

void AndOps(Statement& out, const Texts& names, int64_t project) {
  if (!Filters(names)) return;
  if (names->size() == 1 && !names->front().ends_with(":*")) {
    // One op: an equality, so that the index also gives the order.
    out.Add(" AND c.op = (SELECT row_id FROM ops WHERE project = ?", project);
  } else {
    out.Add(" AND c.op IN (SELECT row_id FROM ops WHERE project = ?", project);
  }
  AndNamed(out, "name", *names);
  out.Add(")");
}

void AndRefs(Statement& out, const Texts& wanted, int64_t side) {
  if (!Filters(wanted)) return;
  out.Add(
      " AND c.row_id IN (SELECT cr.call FROM refs r JOIN call_refs cr ON "
      "cr.ref = r.row_id WHERE cr.side = ?",
      side);
  AndNamed(out, "r.ref", *wanted);
  out.Add(")");
}

// A run is known as `entity/project/run` or as `run` alone; either finds
// either (contract section 4.4).
void AndRuns(Statement& out, const Texts& runs) {
  if (!Filters(runs)) return;
  out.Add(" AND ");
  AddAny(out, *runs, [&](std::string_view run) {
    const size_t slash = run.rfind('/');
    if (slash == std::string_view::npos) {
      out.Add(
          "c.wb_run_id = ? OR substr(c.wb_run_id, -length(?) - 1) = '/' || ?",
          run, run, run);
    } else {
      out.Add("c.wb_run_id = ? OR c.wb_run_id = ?", run, run.substr(slash + 1));
    }
  });
}

// What a statement walks along, and whether that gives the order of
// started_at.
struct Driver {
  std::string_view clause;
  bool ordered = false;
};

Driver ChooseDriver(const CallsFilter& filter) {
  const auto one = [](const Texts& list) { return list->size() == 1; };
  if (Filters(filter.call_ids)) return {"INDEXED BY calls_by_id"};
  if (Filters(filter.trace_ids)) {
    return {"INDEXED BY calls_by_trace", one(filter.trace_ids)};
  }
  if (Filters(filter.parent_ids)) return {"INDEXED BY calls_by_parent"};
  if (Filters(filter.turn_ids)) {
    return {"INDEXED BY calls_by_turn", one(filter.turn_ids)};
  }
  if (Filters(filter.input_refs) || Filters(filter.output_refs)) {
    return {"NOT INDEXED"};  // by row number, out of call_refs
  }
  if (Filters(filter.thread_ids)) {
    return {"INDEXED BY calls_by_thread", one(filter.thread_ids)};
  }
  if (Filters(filter.op_names)) {
    return {"INDEXED BY calls_by_op",
            one(filter.op_names) && !filter.op_names->front().ends_with(":*")};
  }
  if (filter.trace_roots_only.value_or(false)) {
    return {"INDEXED BY calls_roots_by_start", true};
  }
  return {"INDEXED BY calls_by_start", true};
}

void AddWhere(Statement& out, const CallsFilter& filter, int64_t project) {
  out.Add(" WHERE c.project = ? AND c.started_at_us IS NOT NULL", project);
  AndIn(out, "c.id", filter.call_ids);
  AndIn(out, "c.trace_id", filter.trace_ids);
  AndIn(out, "c.parent_id", filter.parent_ids);
  AndIn(out, "c.thread_id", filter.thread_ids);
  AndIn(out, "c.turn_id", filter.turn_ids);
  AndIn(out, "c.wb_user_id", filter.wb_user_ids);
  AndRuns(out, filter.wb_run_ids);
  AndOps(out, filter.op_names, project);
  AndRefs(out, filter.input_refs, 0);
  AndRefs(out, filter.output_refs, 1);
  if (filter.trace_roots_only.value_or(false)) {
    out.Add(" AND c.parent_id IS NULL");
  }
}

struct Order {
  Statement by;  // "" or " ORDER BY ..."
  Needs needs;
  bool by_start = false;  // started_at first, in either direction
};

void AddSort(Order& order, const FieldRef& ref, Direction direction) {
  const std::string_view way =
      direction == Direction::kAscending ? " ASC" : " DESC";
  const CallField& field = *ref.field;
  order.needs.ops |= field.needs.ops;
  order.needs.inputs |= field.needs.inputs;
  order.needs.outputs |= field.needs.outputs;
  Statement& by = order.by;
  if (!field.json) {
    by.Add(field.sql);
    by.Add(way);
    if (field.nullable) by.Add(" NULLS LAST");
    return;
  }
  // Missing ones last, then by number, then by text (contract section 4.4).
  const std::string at = "_at(" + std::string(field.sql) + ", ?)";
  by.Add("json_text" + at + " IS NULL, ", ref.path);
  by.Add("json_number" + at, ref.path);
  by.Add(way);
  by.Add(" NULLS LAST, ");
  by.Add("json_text" + at, ref.path);
  by.Add(way);
}

Result<Order> MakeOrder(const std::optional<std::vector<SortBy>>& sort_by) {
  Order order;
  if (sort_by && sort_by->size() > kMaxSortKeys) {
    return Invalid("sort_by takes at most " + std::to_string(kMaxSortKeys) +
                   " fields");
  }
  if (!sort_by) {
    order.by.sql = " ORDER BY c.started_at_us ASC, c.id ASC";
    order.by_start = true;
    return order;
  }
  std::string_view separator = " ORDER BY ";
  bool by_id = false;
  std::string_view tie = " ASC";
  for (const SortBy& key : *sort_by) {
    const std::optional<FieldRef> ref = FindCallField(key.field);
    if (!ref) {
      return Error{Code::kUnprocessable,
                   "Field " + std::string(key.field) + " is not allowed",
                   "InvalidFieldError"};
    }
    order.by.Add(separator);
    separator = ", ";
    AddSort(order, *ref, key.direction);
    by_id |= key.field == "id";
    const bool down = key.direction == Direction::kDescending;
    tie = key.field == "started_at" && down ? " DESC" : " ASC";
  }
  if (sort_by->empty()) return order;
  order.by_start = sort_by->front().field == "started_at";
  if (!by_id) {
    order.by.Add(", c.id");
    order.by.Add(tie);
  }
  return order;
}

void AddStatement(Statement& out, const Statement& part) {
  out.sql += part.sql;
  out.parameters.insert(out.parameters.end(), part.parameters.begin(),
                        part.parameters.end());
}

Status AddPage(Statement& out, std::optional<int64_t> limit,
               std::optional<int64_t> offset) {
  if (limit && *limit < 0) return Invalid("limit must not be negative");
  if (offset && *offset < 0) return Invalid("offset must not be negative");
  out.Add(" LIMIT ?", limit.value_or(-1));
  if (offset.value_or(0) > 0) out.Add(" OFFSET ?", *offset);
  return {};
}

void AddJoins(Statement& out, const Needs& needs) {
  // CROSS JOIN: calls stay the outer loop, whatever SQLite thinks of ops.
  if (needs.ops) out.Add(" CROSS JOIN ops o ON o.row_id = c.op");
  if (needs.inputs) {
    out.Add(" LEFT JOIN call_inputs i ON i.row_id = c.row_id");
  }
  if (needs.outputs) {
    out.Add(" LEFT JOIN call_outputs u ON u.row_id = c.output_row");
  }
}

// The places of enum CallColumn, in its order.
void AddColumns(Statement& out, const model::CallsQueryReq& request,
                const Selection& selection) {
  const auto column = [&](bool wanted, std::string_view sql) {
    out.Add(", ");
    out.Add(wanted ? sql : "NULL");
  };
  out.Add("SELECT c.id, o.name, o.trace_name, c.trace_id");
  out.Add(", nullif(c.display_name, '')");
  column(selection.parent_id, "c.parent_id");
  column(selection.thread_id, "c.thread_id");
  column(selection.turn_id, "c.turn_id");
  out.Add(", c.started_at_us, c.ended_at_us, c.status, c.exception");
  column(selection.wb_user_id, "c.wb_user_id");
  column(selection.wb_run_id, "c.wb_run_id");
  column(selection.wb_run_step, "c.wb_run_step");
  column(selection.wb_run_step_end, "c.wb_run_step_end");
  column(selection.attributes, "i.attributes");
  column(selection.inputs, "i.inputs");
  column(selection.attributes, "i.otel_dump");
  column(selection.output, "u.output");
  column(selection.summary, "u.summary");
  column(request.include_storage_size.value_or(false),
         "c.start_bytes + c.end_bytes");
  column(request.include_total_storage_size.value_or(false),
         "CASE WHEN c.parent_id IS NULL THEN (SELECT sum(t.start_bytes + "
         "t.end_bytes) FROM calls t INDEXED BY calls_by_trace WHERE "
         "t.trace_id = c.trace_id AND t.project = c.project AND "
         "t.started_at_us IS NOT NULL) END");
}

const CallsFilter& FilterOf(const std::optional<CallsFilter>& filter) {
  static const CallsFilter kAll;
  return filter ? *filter : kAll;
}

}  // namespace

void SelectSummary(Selection& selection) {
  selection.summary = true;
  selection.ended_at = true;
  selection.exception = true;
  selection.display_name = true;
}

Result<Selection> SelectColumns(const Texts& columns) {
  if (!columns) return Selection{};
  struct Row {
    std::string_view name;
    bool Selection::*wanted;  // null: always there, or has no column
  };
  static constexpr auto kRows = std::to_array<Row>({
      {"attributes", &Selection::attributes},
      {"inputs", &Selection::inputs},
      {"output", &Selection::output},
      {"summary", &Selection::summary},
      {"display_name", &Selection::display_name},
      {"parent_id", &Selection::parent_id},
      {"thread_id", &Selection::thread_id},
      {"turn_id", &Selection::turn_id},
      {"ended_at", &Selection::ended_at},
      {"exception", &Selection::exception},
      {"wb_user_id", &Selection::wb_user_id},
      {"wb_run_id", &Selection::wb_run_id},
      {"wb_run_step", &Selection::wb_run_step},
      {"wb_run_step_end", &Selection::wb_run_step_end},
      {"id", nullptr},
      {"trace_id", nullptr},
      {"project_id", nullptr},
      {"op_name", nullptr},
      {"started_at", nullptr},
      {"deleted_at", nullptr},
      {"expire_at", nullptr},
      {"storage_size_bytes", nullptr},
      {"total_storage_size_bytes", nullptr},
  });
  Selection selection;
  for (const Row& row : kRows) {
    if (row.wanted != nullptr) selection.*(row.wanted) = false;
  }
  for (const std::string_view column : *columns) {
    const std::string_view top = column.substr(0, column.find('.'));
    const auto row = std::ranges::find(kRows, top, &Row::name);
    if (row == kRows.end()) {
      return Error{Code::kUnprocessable,
                   "Field " + std::string(column) + " is not allowed",
                   "InvalidFieldError"};
    }
    if (row->wanted != nullptr) selection.*(row->wanted) = true;
    if (row->wanted == &Selection::summary) SelectSummary(selection);
  }
  return selection;
}

Result<Statement> CallsStatement(const model::CallsQueryReq& request,
                                 const Selection& selection, int64_t project) {
  const CallsFilter& filter = FilterOf(request.filter);
  if (Status lists = CheckLists(filter); !lists.ok()) return lists.error();
  Result<Order> order = MakeOrder(request.sort_by);
  if (!order.ok()) return order.error();
  const Driver driver = ChooseDriver(filter);

  Statement out;
  AddColumns(out, request, selection);
  Needs needs{.ops = true,
              .inputs = selection.attributes || selection.inputs,
              .outputs = selection.output || selection.summary};
  const bool sorts = !order.value().by.sql.empty() &&
                     !(driver.ordered && order.value().by_start);
  Status page;
  if (!sorts) {
    needs.inputs |= order.value().needs.inputs;
    needs.outputs |= order.value().needs.outputs;
    out.Add(" FROM calls c ");
    out.Add(driver.clause);
    AddJoins(out, needs);
    AddWhere(out, filter, project);
    AddStatement(out, order.value().by);
    page = AddPage(out, request.limit, request.offset);
  } else {
    // Only row numbers go through the sorter; the wide columns are read for
    // the rows of the page alone. LIMIT keeps SQLite from merging the two
    // queries, CROSS JOIN keeps the order of the inner one.
    out.Add(" FROM (SELECT c.row_id FROM calls c ");
    out.Add(driver.clause);
    AddJoins(out, order.value().needs);
    AddWhere(out, filter, project);
    AddStatement(out, order.value().by);
    page = AddPage(out, request.limit, request.offset);
    out.Add(") s CROSS JOIN calls c ON c.row_id = s.row_id");
    AddJoins(out, needs);
  }
  if (!page.ok()) return page.error();
  return out;
}

bool CountsWholeProject(const model::CallsQueryStatsReq& request) {
  if (request.query || request.limit ||
      request.include_total_storage_size.value_or(false)) {
    return false;
  }
  const CallsFilter& filter = FilterOf(request.filter);
  return std::ranges::none_of(kLists, [&](const ListName& entry) {
    return Filters(filter.*(entry.list));
  });
}

Result<Statement> CallsCountStatement(const model::CallsQueryStatsReq& request,
                                      int64_t project) {
  const CallsFilter& filter = FilterOf(request.filter);
  if (Status lists = CheckLists(filter); !lists.ok()) return lists.error();
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
  out.Add(ChooseDriver(filter).clause);
  AddWhere(out, filter, project);
  if (request.limit) out.Add(" LIMIT ?", *request.limit);
  if (request.limit || sizes) out.Add(")");
  return out;
}

}  // namespace bobbin::query
