#include "query/call_scope.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "model/call_record.h"
#include "query/calls_filter.h"
#include "query/condition.h"
#include "query/expr.h"
#include "query/where.h"

namespace bobbin::query {
namespace {

constexpr size_t kMaxOps = 100;

bool IsGiven(const model::Texts& list) { return list && !list->empty(); }

// Whether a call of the trace of `c` has failed.
constexpr std::string_view kHasFailed =
    "EXISTS (SELECT 1 FROM calls t INDEXED BY calls_by_trace WHERE t.trace_id "
    "= c.trace_id AND t.project = c.project AND t.started_at_us IS NOT NULL "
    "AND t.status = 2)";

// A trace is asked for by what all of it comes to, as traces_sql.cpp shows it:
// clients that do not count the statuses below a call leave its own at success.
Status AddStatuses(Statement& out, const model::Texts& statuses, bool roots) {
  if (!IsGiven(statuses)) return {};
  std::string_view separator = " AND (c.status IN (?";
  bool success = false;
  bool below = false;
  for (const std::string_view status : *statuses) {
    const auto* const row = std::ranges::find(model::kCallStatusNames, status);
    if (row == model::kCallStatusNames.end()) {
      return Invalid(
          "statuses are running, success, error and descendant_error, not " +
          std::string(status));
    }
    out.Add(separator,
            static_cast<int64_t>(row - model::kCallStatusNames.begin()));
    separator = ", ?";
    success = success || status == "success";
    below = below || status == "descendant_error";
  }
  out.Add(")");
  if (roots && below && !success) {
    out.Add(" OR (c.status = 1 AND ");
    out.Add(kHasFailed);
    out.Add(")");
  }
  out.Add(")");
  if (roots && success && !below) {
    out.Add(" AND NOT (c.status = 1 AND ");
    out.Add(kHasFailed);
    out.Add(")");
  }
  return {};
}

// ` AND (s.name = ? OR ...)`
void AddOps(Statement& out, const std::vector<std::string_view>& names) {
  std::string_view separator = " AND (";
  for (const std::string_view name : names) {
    out.Add(separator);
    separator = " OR ";
    if (name.ends_with(":*")) {
      // What begins with `x:` lies between `x:` and `x;`, the next character.
      const std::string_view prefix = name.substr(0, name.size() - 1);
      std::string end(prefix);
      end.back() = ';';
      out.Add("s.name >= ? AND s.name < ?", prefix, std::move(end));
    } else {
      out.Add("s.name = ? OR s.trace_name = ?", name, name);
    }
  }
  out.Add(")");
}

Status AddSeeds(CallScopeSql& scope, const model::CallScope& request) {
  Statement& which = scope.which;
  if (IsGiven(request.op_names)) {
    if (request.op_names->size() > kMaxOps) {
      return Invalid("op_names has at most " + std::to_string(kMaxOps) +
                     " entries");
    }
    scope.seeds = "ops s";
    which.Add(" WHERE ");
    if (request.project_id) {
      which.Add("s.project = ?", ProjectRow{});
    } else {
      which.Add("1");
    }
    AddOps(which, *request.op_names);
    scope.calls.Add(" WHERE c.op = s.row_id AND c.project = s.project");
    return {};
  }
  scope.seeds = "projects s";
  if (request.project_id) which.Add(" WHERE s.row_id = ?", ProjectRow{});
  scope.calls.Add(" WHERE c.project = s.row_id");
  return {};
}

// `where` and `query` together, if there is one.
Result<std::optional<Expr>> ReadConditions(const model::CallScope& request) {
  std::vector<Expr> terms;
  if (request.where) {
    Result<Expr> where = ParseWhere(*request.where);
    if (!where.ok()) return std::move(where).error();
    terms.push_back(std::move(where).value());
  }
  if (request.query) {
    Result<Expr> query = ParseQuery(request.query->json);
    if (!query.ok()) return std::move(query).error();
    terms.push_back(std::move(query).value());
  }
  if (terms.empty()) return std::optional<Expr>();
  if (terms.size() == 1) return std::optional<Expr>(std::move(terms.front()));
  return std::optional<Expr>(
      Expr{.op = Op::kAnd, .operands = std::move(terms)});
}

std::string_view DriverFor(const model::CallScope& request, bool roots,
                           const Expr* expr) {
  const bool ops = IsGiven(request.op_names);
  model::CallsFilter filter;
  filter.trace_roots_only = roots;
  const std::string_view best = ChooseDriver(filter, expr).clause;
  // An op that a condition names is known as a number only with its project.
  const bool by_op = best == "INDEXED BY calls_by_op";
  const bool by_start = best == "INDEXED BY calls_roots_by_start" ||
                        best == "INDEXED BY calls_by_start";
  if (ops && (by_op || by_start)) return "INDEXED BY calls_by_op";
  if (by_op && !request.project_id) {
    return ChooseDriver(filter, nullptr).clause;
  }
  return best;
}

}  // namespace

void AddTimes(Statement& out, const std::optional<model::Time>& since,
              const std::optional<model::Time>& until) {
  if (since) {
    out.Add(" AND c.started_at_us >= ?", since->us);
  } else {
    out.Add(" AND c.started_at_us IS NOT NULL");
  }
  if (until) out.Add(" AND c.started_at_us < ?", until->us);
}

void AddJoins(Statement& out, const Needs& needs) {
  if (needs.inputs) {
    out.Add(" LEFT JOIN call_inputs i ON i.row_id = c.row_id");
  }
  if (needs.outputs) {
    out.Add(" LEFT JOIN call_outputs u ON u.row_id = c.output_row");
  }
}

void AddFirstCalls(Statement& out, const CallScopeSql& scope,
                   const Statement& order, int64_t limit, int64_t offset) {
  out.Add("SELECT c.row_id FROM ");
  out.Add(scope.seeds);
  out.Add(" CROSS JOIN calls c ON c.row_id IN (SELECT c.row_id FROM calls c ");
  out.Add(scope.driver);
  AddJoins(out, scope.needs);
  out.Append(scope.calls);
  out.Add(" ORDER BY ");
  out.Append(order);
  // Each of them may have the whole page.
  int64_t most = 0;
  if (__builtin_add_overflow(limit, offset, &most)) most = -1;
  out.Add(" LIMIT ?)", most);
  AddJoins(out, scope.needs);
  out.Append(scope.which);
  out.Add(" ORDER BY ");
  out.Append(order);
  out.Add(" LIMIT ? OFFSET ?", limit, offset);
}

Status CheckPage(const std::optional<int64_t>& limit,
                 const std::optional<int64_t>& offset) {
  if (limit && *limit < 0) return Invalid("limit must not be negative");
  if (offset && *offset < 0) return Invalid("offset must not be negative");
  return {};
}

Statement CallScopeSql::AlsoWhich() const {
  Statement also = which;
  if (!also.sql.empty()) {
    also.sql.replace(0, std::string_view(" WHERE ").size(), " AND ");
  }
  return also;
}

Result<CallScopeSql> ScopeCalls(const model::CallScope& request, bool roots) {
  CallScopeSql scope;
  if (Status seeds = AddSeeds(scope, request); !seeds.ok()) {
    return std::move(seeds).error();
  }
  AddTimes(scope.calls, request.since, request.until);
  if (roots) scope.calls.Add(" AND c.parent_id IS NULL");
  Status statuses = AddStatuses(scope.calls, request.statuses, roots);
  if (!statuses.ok()) return std::move(statuses).error();
  const Result<std::optional<Expr>> read = ReadConditions(request);
  if (!read.ok()) return read.error();
  const Expr* const expr = read.value() ? &*read.value() : nullptr;
  if (expr != nullptr) {
    static const model::Texts kNothing;
    CallFields fields(request.project_id, kNothing);
    const Result<Statement> condition = Condition(*expr, fields);
    if (!condition.ok()) return condition.error();
    scope.calls.Add(" AND ");
    scope.calls.Append(condition.value());
    scope.needs = fields.needs();
  }
  scope.driver = DriverFor(request, roots, expr);
  scope.filters =
      expr != nullptr || IsGiven(request.op_names) || IsGiven(request.statuses);
  return scope;
}

}  // namespace bobbin::query
