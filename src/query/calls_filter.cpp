#include "query/calls_filter.h"

#include <algorithm>
#include <array>
#include <span>

#include "query/limits.h"

namespace bobbin::query {
namespace {

using model::CallsFilter;
using model::Texts;

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

void AndOps(Statement& out, const Texts& names) {
  if (!Filters(names)) return;
  if (names->size() == 1 && !names->front().ends_with(":*")) {
    // One op: an equality, so that the index also gives the order.
    out.Add(" AND c.op = (SELECT row_id FROM ops WHERE project = ?",
            ProjectRow{});
  } else {
    out.Add(" AND c.op IN (SELECT row_id FROM ops WHERE project = ?",
            ProjectRow{});
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

// --- the index to walk along ----------------------------------------------

// How many values of a column the calls that match can have.
enum class Values { kAny, kMany, kOne };

// What decides about the index, of the filter and the query together.
struct Narrowed {
  Values id = Values::kAny, trace = Values::kAny, parent = Values::kAny,
         turn = Values::kAny, thread = Values::kAny, op = Values::kAny;
  bool refs = false;
  bool roots = false;
};

struct NarrowedField {
  std::string_view name;
  Values Narrowed::*values;
};
constexpr auto kNarrowedFields = std::to_array<NarrowedField>({
    {"id", &Narrowed::id},
    {"trace_id", &Narrowed::trace},
    {"parent_id", &Narrowed::parent},
    {"turn_id", &Narrowed::turn},
    {"thread_id", &Narrowed::thread},
    {"op_name", &Narrowed::op},
});

Values CountOf(const Texts& list) {
  if (!Filters(list)) return Values::kAny;
  return list->size() == 1 ? Values::kOne : Values::kMany;
}

Narrowed NarrowedBy(const CallsFilter& filter) {
  Narrowed narrowed{
      .id = CountOf(filter.call_ids),
      .trace = CountOf(filter.trace_ids),
      .parent = CountOf(filter.parent_ids),
      .turn = CountOf(filter.turn_ids),
      .thread = CountOf(filter.thread_ids),
      .op = CountOf(filter.op_names),
      .refs = Filters(filter.input_refs) || Filters(filter.output_refs),
      .roots = filter.trace_roots_only.value_or(false)};
  if (narrowed.op == Values::kOne && filter.op_names->front().ends_with(":*")) {
    narrowed.op = Values::kMany;
  }
  return narrowed;
}

bool IsText(const Expr& expr) {
  return expr.op == Op::kLiteral && expr.kind == json::Kind::kString;
}

// A term that must hold, whatever else: what it says of one of the columns.
void NarrowByTerm(const Expr& expr, Narrowed& narrowed) {
  if (expr.op != Op::kEq && expr.op != Op::kIn) return;
  const Expr* field = &expr.operands.front();
  std::span<const Expr> values = std::span(expr.operands).subspan(1);
  if (expr.op == Op::kEq && values.front().op == Op::kGetField) {
    field = &values.front();
    values = std::span(expr.operands).first(1);
  }
  if (field->op != Op::kGetField || values.empty()) return;
  const auto row =
      std::ranges::find(kNarrowedFields, field->text, &NarrowedField::name);
  if (row == kNarrowedFields.end()) return;
  if (std::ranges::all_of(values, IsText)) {
    const Values count = expr.op == Op::kEq ? Values::kOne : Values::kMany;
    Values& known = narrowed.*(row->values);
    known = std::max(known, count);
  } else if (row->values == &Narrowed::parent && expr.op == Op::kEq &&
             values.front().op == Op::kLiteral &&
             values.front().kind == json::Kind::kNull) {
    narrowed.roots = true;
  }
}

bool HasField(const Expr& expr) {
  return expr.op == Op::kGetField ||
         std::ranges::any_of(expr.operands, HasField);
}

// Whether SQLite may find out while it compiles that nothing can match: it
// then sees no use for an index of some rows only, and refuses to be told.
bool MayFold(const Expr& expr) {
  const bool empty_list = expr.op == Op::kIn && expr.operands.size() == 1;
  if (empty_list || !HasField(expr)) return true;
  if (expr.op != Op::kAnd && expr.op != Op::kOr && expr.op != Op::kNot) {
    return false;
  }
  return std::ranges::any_of(expr.operands, MayFold);
}

void NarrowBy(const Expr& expr, Narrowed& narrowed) {
  if (expr.op != Op::kAnd) return NarrowByTerm(expr, narrowed);
  for (const Expr& operand : expr.operands) NarrowBy(operand, narrowed);
}

}  // namespace

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

bool IsEmpty(const CallsFilter& filter) {
  return std::ranges::none_of(kLists, [&](const ListName& entry) {
    return Filters(filter.*(entry.list));
  });
}

void AddFilter(Statement& out, const CallsFilter& filter) {
  out.Add(" WHERE c.project = ? AND c.started_at_us IS NOT NULL", ProjectRow{});
  AndIn(out, "c.id", filter.call_ids);
  AndIn(out, "c.trace_id", filter.trace_ids);
  AndIn(out, "c.parent_id", filter.parent_ids);
  AndIn(out, "c.thread_id", filter.thread_ids);
  AndIn(out, "c.turn_id", filter.turn_ids);
  AndIn(out, "c.wb_user_id", filter.wb_user_ids);
  AndRuns(out, filter.wb_run_ids);
  AndOps(out, filter.op_names);
  AndRefs(out, filter.input_refs, 0);
  AndRefs(out, filter.output_refs, 1);
  if (filter.trace_roots_only.value_or(false)) {
    out.Add(" AND c.parent_id IS NULL");
  }
}

Driver ChooseDriver(const CallsFilter& filter, const Expr* query) {
  if (query != nullptr && MayFold(*query)) return {};
  Narrowed by = NarrowedBy(filter);
  if (query != nullptr) NarrowBy(*query, by);
  const auto is_one = [](Values values) { return values == Values::kOne; };
  if (by.id != Values::kAny) return {"INDEXED BY calls_by_id"};
  if (by.trace != Values::kAny) {
    return {"INDEXED BY calls_by_trace", is_one(by.trace)};
  }
  if (by.parent != Values::kAny) return {"INDEXED BY calls_by_parent"};
  if (by.turn != Values::kAny) {
    return {"INDEXED BY calls_by_turn", is_one(by.turn)};
  }
  if (by.refs) return {"NOT INDEXED"};  // by row number, out of call_refs
  if (by.thread != Values::kAny) {
    return {"INDEXED BY calls_by_thread", is_one(by.thread)};
  }
  if (by.op != Values::kAny) {
    return {"INDEXED BY calls_by_op", is_one(by.op)};
  }
  if (by.roots) return {"INDEXED BY calls_roots_by_start", true};
  return {"INDEXED BY calls_by_start", true};
}

}  // namespace bobbin::query
