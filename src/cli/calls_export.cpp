#include "cli/calls_export.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cli/call_csv.h"
#include "cli/call_line.h"
#include "cli/call_otlp.h"
#include "cli/fields.h"
#include "cli/projects.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

using WriteText = std::function<bool(std::string_view)>;

// Adds a term to a `where`.
void And(std::string& where, const std::string& term) {
  if (!where.empty()) where += " and ";
  where += term;
}

// (one or another), where there is one.
template <class TermOf>
void AndAny(std::string& where, const std::vector<std::string>& values,
            const TermOf& term_of) {
  if (values.empty()) return;
  std::string any;
  for (const std::string& value : values) {
    if (!any.empty()) any += " or ";
    any += term_of(value);
  }
  And(where, "(" + any + ")");
}

std::string QuotedText(std::string_view text) {
  std::string quoted;
  json::AppendQuoted(quoted, text);
  return quoted;
}

// As the routes below /_bobbin take `op_names`: `x:*` is what begins with
// `x:`, which lies between `x:` and `x;`, the next character.
std::string OpTerm(std::string name) {
  if (!name.ends_with(":*")) return "op = " + QuotedText(name);
  name.pop_back();
  std::string term = "(op >= " + QuotedText(name);
  name.back() = ';';
  return term + " and op < " + QuotedText(name) + ")";
}

Status AndMoment(std::string& where, std::string_view comparison,
                 const std::string& text, int64_t now_us) {
  if (text.empty()) return {};
  const Result<std::string> time = TextOfMoment(text, now_us);
  if (!time.ok()) return time.error();
  And(where,
      "started_at " + std::string(comparison) + QuotedText(time.value()));
  return {};
}

// The filters but `project` and `where`, in the language of `where`.
Result<std::string> WhereOf(const Filters& filters, int64_t now_us) {
  constexpr auto kStatuses = std::to_array<std::string_view>(
      {"running", "success", "error", "descendant_error"});
  for (const std::string& status : filters.statuses) {
    if (std::ranges::find(kStatuses, status) == kStatuses.end()) {
      return Invalid(
          "A status is running, success, error or descendant_error, not " +
          status + ".");
    }
  }
  std::string where;
  AndAny(where, filters.ops, OpTerm);
  AndAny(where, filters.statuses, [](const std::string& status) {
    return "status = " + QuotedText(status);
  });
  Status status = AndMoment(where, ">= ", filters.since, now_us);
  if (!status.ok()) return std::move(status).error();
  status = AndMoment(where, "< ", filters.until, now_us);
  if (!status.ok()) return std::move(status).error();
  return where;
}

// Adds what `where` says to the `terms`, separated by commas.
Status AddTerm(Source& source, const std::string& where, std::string& terms) {
  if (where.empty()) return {};
  std::string body = "{";
  AddText(body, "where", where);
  body.back() = '}';
  const Result<std::string> answer = source.Post("/_bobbin/where", body);
  if (!answer.ok()) return answer.error();
  json::Document document;
  if (!document.Parse(answer.value(), 2).message.empty()) {
    return Internal("The answer to a filter is no JSON.");
  }
  const json::Value expr = Member(Member(document.root(), "query"), "$expr");
  if (!expr.exists()) return Internal("The answer to a filter has no query.");
  if (!terms.empty()) terms += ',';
  terms += expr.raw();
  return {};
}

// The body of a query for the calls of a project, but for `project_id`. What
// the user typed is read on its own: an error in it says where it is.
Result<std::string> RestOfQuery(Source& source, const Filters& filters,
                                int64_t now_us) {
  const Result<std::string> where = WhereOf(filters, now_us);
  if (!where.ok()) return where.error();
  std::string terms;
  Status status = AddTerm(source, where.value(), terms);
  if (!status.ok()) return std::move(status).error();
  status = AddTerm(source, filters.where, terms);
  if (!status.ok()) return std::move(status).error();
  std::string rest;
  if (!terms.empty()) {
    AddRaw(rest, "query", R"({"$expr":{"$and":[)" + terms + "]}}");
  }
  AddRaw(rest, "include_costs", "true");
  AddRaw(rest, "sort_by", R"([{"field":"started_at","direction":"asc"}])");
  rest.back() = '}';
  return rest;
}

// One form of calls.
class CallsWriter {
 public:
  CallsWriter(CallsForm form, const WriteText& write)
      : form_(form), write_(write) {}

  bool Begin() {
    if (form_ == CallsForm::kCsv) open_ = write_(CallCsvHeader());
    return open_;
  }
  // Writes the calls of one project.
  Status Write(Source& source, const std::string& project_id,
               const std::string& rest_of_query) {
    std::string body = "{";
    AddText(body, "project_id", project_id);
    OtlpLines spans(project_id);
    Status problem;
    const Status got =
        source.PostLines("/calls/stream_query", body + rest_of_query,
                         [&](std::string_view line) {
                           const Result<CallLine> call = reader_.Read(line);
                           if (!call.ok()) problem = call.error();
                           return call.ok() && Add(call.value(), spans);
                         });
    if (!got.ok()) return got.error();
    if (!problem.ok()) return problem;
    if (open_) Flush(spans);
    return {};
  }

  bool open() const { return open_; }
  int64_t calls() const { return calls_; }

 private:
  bool Add(const CallLine& call, OtlpLines& spans) {
    ++pending_;
    if (form_ == CallsForm::kOtlp) {
      spans.Add(call);
      return !spans.full() || Flush(spans);
    }
    record_.clear();
    AppendCallCsv(record_, call);
    return WriteOut(record_);
  }
  bool Flush(OtlpLines& spans) {
    const std::string line = spans.Take();
    return line.empty() || WriteOut(line);
  }
  bool WriteOut(std::string_view text) {
    open_ = write_(text);
    if (open_) calls_ += pending_;
    pending_ = 0;
    return open_;
  }

  const CallsForm form_;
  const WriteText& write_;
  CallLineReader reader_;
  std::string record_;
  int64_t pending_ = 0;  // calls that are not written yet
  int64_t calls_ = 0;
  bool open_ = true;
};

}  // namespace

Result<int64_t> ExportCalls(Source& source, const Filters& filters,
                            int64_t now_us, CallsForm form,
                            const WriteText& write) {
  const Result<std::vector<ProjectCounts>> projects =
      ReadProjects(source, filters.project);
  if (!projects.ok()) return projects.error();
  const Result<std::string> rest = RestOfQuery(source, filters, now_us);
  if (!rest.ok()) return rest.error();
  CallsWriter writer(form, write);
  if (!writer.Begin()) return writer.calls();
  for (const ProjectCounts& project : projects.value()) {
    const Status status =
        writer.Write(source, project.project_id, rest.value());
    if (!status.ok()) return status.error();
    if (!writer.open()) break;
  }
  return writer.calls();
}

}  // namespace bobbin::cli
