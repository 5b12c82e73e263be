#include "cli/call_csv.h"

#include <algorithm>

#include "json/write.h"

namespace bobbin::cli {
namespace {

// In the order of AppendCallCsv().
constexpr std::string_view kCsvHeader =
    "id,trace_id,parent_id,project_id,op_name,display_name,status,started_at,"
    "ended_at,latency_ms,exception,thread_id,turn_id,wb_user_id,wb_run_id,"
    "models,prompt_tokens,completion_tokens,total_tokens,cost_usd,attributes,"
    "inputs,output,summary\r\n";

// The fields of one record.
class CsvRecord {
 public:
  explicit CsvRecord(std::string& out) : out_(out) {}

  void AddNull() { Separate(); }
  void AddText(std::string_view text) {
    Separate();
    const bool plain = !text.empty() && text.find_first_of(std::string_view(
                                            ",\"\r\n\0", 5)) == text.npos;
    if (plain) {
      out_ += text;
      return;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"') out_ += '"';
      if (c == '\0') {
        out_ += "\uFFFD";
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }
  void AddOptText(const CallLine::Text& text) {
    if (text) {
      AddText(*text);
    } else {
      AddNull();
    }
  }
  void AddCount(std::optional<int64_t> number) {
    Separate();
    if (number) json::AppendInt(out_, *number);
  }
  void AddDollars(std::optional<double> dollars) {
    Separate();
    if (dollars) json::AppendDouble(out_, *dollars);
  }
  void AddJson(std::string_view json) {
    if (json.empty() || json == "null") {
      AddNull();
    } else {
      AddText(json);
    }
  }
  void End() { out_ += "\r\n"; }

 private:
  void Separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

CallLine::Text ModelsOf(const CallLine& call) {
  if (call.models.empty()) return std::nullopt;
  std::string text;
  for (const std::string& model : call.models) {
    if (&model != &call.models.front()) text += ';';
    text += model;
  }
  return text;
}

void AddTokens(CsvRecord& record, const CallLine& call) {
  const auto count = [&](int64_t tokens) {
    return call.tokens ? std::optional(tokens) : std::nullopt;
  };
  const json::TokenCounts tokens = call.tokens.value_or(json::TokenCounts{});
  record.AddCount(count(tokens.prompt));
  record.AddCount(count(tokens.completion));
  record.AddCount(count(tokens.all()));
}

}  // namespace

std::string_view CallCsvHeader() { return kCsvHeader; }

void AppendCallCsv(std::string& out, const CallLine& call) {
  CsvRecord record(out);
  record.AddText(call.id);
  record.AddText(call.trace_id);
  record.AddOptText(call.parent_id);
  record.AddText(call.project_id);
  record.AddText(call.op_name);
  record.AddOptText(call.display_name);
  record.AddText(call.status);
  record.AddText(call.started_at);
  record.AddOptText(call.ended_at);
  record.AddCount(call.latency_ms);
  record.AddOptText(call.exception);
  record.AddOptText(call.thread_id);
  record.AddOptText(call.turn_id);
  record.AddOptText(call.wb_user_id);
  record.AddOptText(call.wb_run_id);
  record.AddOptText(ModelsOf(call));
  AddTokens(record, call);
  record.AddDollars(call.cost);
  record.AddJson(call.attributes);
  record.AddJson(call.inputs);
  record.AddJson(call.output);
  record.AddJson(call.summary);
  record.End();
}

}  // namespace bobbin::cli
