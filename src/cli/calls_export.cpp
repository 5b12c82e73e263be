#include "cli/calls_export.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/time.h"
#include "cli/call_csv.h"
#include "cli/call_otlp.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

void AddTerm(std::string& where, const std::string& term) {
  if (!where.empty()) where += " and ";
  where += term;
}

// `field in ("a", "b")`
void AddOneOf(std::string& where, const std::string& field,
              const std::vector<std::string>& values) {
  if (values.empty()) return;
  std::string term = field + " in (";
  for (const std::string& value : values) {
    if (term.back() != '(') term += ", ";
    json::AppendQuoted(term, value);
  }
  AddTerm(where, term + ")");
}

Status AddMoment(std::string& where, const std::string& comparison,
                 const std::string& text, int64_t now_us) {
  if (text.empty()) return {};
  const Result<int64_t> moment = ReadMoment(text, now_us);
  if (!moment.ok()) return moment.error();
  std::string term = comparison + " \"";
  AppendTime(term, moment.value());
  AddTerm(where, term + '"');
  return {};
}

// By name.
Result<std::vector<std::string>> ProjectsOf(Source& source,
                                            const std::string& wanted) {
  const Result<std::string> answer = source.Get("/_bobbin/projects");
  if (!answer.ok()) return answer.error();
  json::Document document;
  constexpr int kDepth = 3;
  document.Parse(answer.value(), kDepth);
  const json::Value list = Member(document.root(), "projects");
  std::vector<std::string> projects;
  for (json::Value v = list.exists() ? list.first() : list; v.exists();
       v = v.next()) {
    std::string project = TextOf(v, "project_id");
    if (wanted.empty() || project == wanted) {
      projects.push_back(std::move(project));
    }
  }
  if (projects.empty() && !wanted.empty()) {
    return NotFound("There is no project " + wanted + ".");
  }
  std::ranges::sort(projects);
  return projects;
}

// The text as a query of /calls/stream_query; empty if it is empty.
Result<std::string> QueryOf(Source& source, const std::string& where) {
  if (where.empty()) return std::string();
  std::string body = "{";
  AddText(body, "where", where);
  body.back() = '}';
  const Result<std::string> answer = source.Post("/_bobbin/where", body);
  if (!answer.ok()) return answer.error();
  json::Document document;
  document.Parse(answer.value(), 1);
  return std::string(Member(document.root(), "query").raw());
}

// Writes the calls of a project in one of the forms.
class CallsWriter {
 public:
  CallsWriter(CallsForm form, const std::string& project,
              const std::function<bool(std::string_view)>& write)
      : form_(form), project_(project), otlp_(project), write_(write) {}

  bool Add(std::string_view line) {
    if (form_ == CallsForm::kCsv) {
      status_ = AppendCsvCall(text_, line, project_);
    } else {
      status_ = otlp_.Add(line);
      text_ += otlp_.Take();
    }
    ++count_;
    constexpr size_t kAtOnce = 64 << 10;
    return status_.ok() && (text_.size() < kAtOnce || Flush());
  }
  // False: no more is wanted.
  bool Finish() {
    text_ += otlp_.TakeRest();
    return Flush();
  }
  const Status& status() const { return status_; }
  int64_t count() const { return count_; }

 private:
  bool Flush() {
    const bool open = text_.empty() || write_(text_);
    text_.clear();
    return open;
  }

  const CallsForm form_;
  const std::string& project_;
  OtlpLines otlp_;
  const std::function<bool(std::string_view)>& write_;
  std::string text_;
  Status status_;
  int64_t count_ = 0;
};

}  // namespace

Result<std::string> WhereText(const Filters& filters, int64_t now_us) {
  std::string where;
  AddOneOf(where, "op", filters.ops);
  AddOneOf(where, "status", filters.statuses);
  Status since = AddMoment(where, "started_at >=", filters.since, now_us);
  if (!since.ok()) return std::move(since).error();
  Status until = AddMoment(where, "started_at <", filters.until, now_us);
  if (!until.ok()) return std::move(until).error();
  if (!filters.where.empty()) AddTerm(where, "(" + filters.where + ")");
  return where;
}

Result<int64_t> ExportCalls(
    Source& source, const Filters& filters, int64_t now_us, CallsForm form,
    const std::function<bool(std::string_view)>& write) {
  // On its own first: it must not close the bracket that is put around it.
  const Result<std::string> alone = QueryOf(source, filters.where);
  if (!alone.ok()) return alone.error();
  const Result<std::string> where = WhereText(filters, now_us);
  if (!where.ok()) return where.error();
  const Result<std::string> query = QueryOf(source, where.value());
  if (!query.ok()) return query.error();
  const Result<std::vector<std::string>> projects =
      ProjectsOf(source, filters.project);
  if (!projects.ok()) return projects.error();
  int64_t count = 0;
  if (form == CallsForm::kCsv && !write(CsvHeader())) return count;
  for (const std::string& project : projects.value()) {
    std::string body = "{";
    AddText(body, "project_id", project);
    if (!query.value().empty()) AddRaw(body, "query", query.value());
    AddRaw(body, "include_costs", "true");
    AddRaw(body, "sort_by", R"([{"field":"started_at","direction":"asc"}])");
    body.back() = '}';
    CallsWriter writer(form, project, write);
    const Status got = source.PostLines(
        "/calls/stream_query", body,
        [&](std::string_view line) { return writer.Add(line); });
    if (!got.ok()) return got.error();
    if (!writer.status().ok()) return writer.status().error();
    count += writer.count();
    if (!writer.Finish()) return count;
  }
  return count;
}

}  // namespace bobbin::cli
