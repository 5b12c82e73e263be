#include "cli/call_csv.h"

#include <array>
#include <charconv>
#include <optional>

#include "cli/call_usage.h"
#include "cli/fields.h"
#include "json/document.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

constexpr std::string_view kHeader =
    "id,trace_id,parent_id,project_id,op_name,name,status,started_at,ended_at,"
    "latency_ms,exception,thread_id,turn_id,wb_user_id,wb_run_id,wb_run_step,"
    "models,prompt_tokens,completion_tokens,total_tokens,cost_usd,attributes,"
    "inputs,output,summary\n";

// The fields of a line, one after the other.
class CsvLine {
 public:
  explicit CsvLine(std::string& out) : out_(out) {}

  void Text(std::string_view text) {
    Next();
    const bool plain =
        !text.empty() && text.find_first_of(",\"\r\n") == text.npos;
    if (plain) {
      out_ += text;
      return;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }
  // A string of JSON, or nothing.
  void Text(json::Value value) {
    if (value.exists() && value.is(json::Kind::kString)) {
      Text(AsUtf8(value.text()));
    } else {
      Next();
    }
  }
  void Json(json::Value value) {
    if (value.exists() && !value.is(json::Kind::kNull)) {
      Text(value.raw());
    } else {
      Next();
    }
  }
  void Number(const std::optional<int64_t>& number) {
    Next();
    if (number) json::AppendInt(out_, *number);
  }
  // With all its digits before and after the point.
  void Number(const std::optional<double>& number) {
    Next();
    if (!number) return;
    std::array<char, 1100> text{};  // enough for the largest and the smallest
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), *number,
                      std::chars_format::fixed);
    out_.append(text.data(), end);
  }

 private:
  void Next() {
    if (any_) out_ += ',';
    any_ = true;
  }

  std::string& out_;
  bool any_ = false;
};

std::optional<double> LatencyMs(json::Value call) {
  const std::optional<int64_t> start = TimeOf(call, "started_at");
  const std::optional<int64_t> end = TimeOf(call, "ended_at");
  if (!start || !end) return std::nullopt;
  return static_cast<double>(*end - *start) / 1000;
}

std::string ModelsText(const std::vector<std::string>& models) {
  std::string out;
  for (const std::string& model : models) {
    if (!out.empty()) out += ' ';
    out += model;
  }
  return AsUtf8(out);
}

}  // namespace

std::string CsvHeader() { return std::string(kHeader); }

Status AppendCsvCall(std::string& out, std::string_view line,
                     std::string_view project_id) {
  json::Document document;
  if (!document.Parse(line, kDepthOfCall).message.empty()) {
    return Internal("The answer has a line that is no JSON.");
  }
  const json::Value call = document.root();
  const json::Value summary = Member(call, "summary");
  const json::Value weave = Member(summary, "weave");
  const CallUsage usage = ReadCallUsage(summary);
  CsvLine csv(out);
  for (const char* name : {"id", "trace_id", "parent_id"}) {
    csv.Text(Member(call, name));
  }
  csv.Text(project_id);
  csv.Text(Member(call, "op_name"));
  csv.Text(std::string_view(AsUtf8(NameOfCall(call))));
  csv.Text(Member(weave, "status"));
  csv.Text(Member(call, "started_at"));
  csv.Text(Member(call, "ended_at"));
  csv.Number(LatencyMs(call));
  for (const char* name :
       {"exception", "thread_id", "turn_id", "wb_user_id", "wb_run_id"}) {
    csv.Text(Member(call, name));
  }
  csv.Json(Member(call, "wb_run_step"));
  if (usage.models.empty()) {
    csv.Text(json::Value());
  } else {
    csv.Text(ModelsText(usage.models));
  }
  csv.Number(usage.prompt);
  csv.Number(usage.completion);
  csv.Number(usage.tokens);
  csv.Number(usage.cost);
  for (const char* name : {"attributes", "inputs", "output", "summary"}) {
    csv.Json(Member(call, name));
  }
  out += '\n';
  return {};
}

}  // namespace bobbin::cli
