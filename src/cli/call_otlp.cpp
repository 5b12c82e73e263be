#include "cli/call_otlp.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/version.h"
#include "cli/call_usage.h"
#include "cli/fields.h"
#include "json/document.h"
#include "json/write.h"
#include "store/names.h"

namespace bobbin::cli {
namespace {

constexpr size_t kTraceDigits = 32;
constexpr size_t kSpanDigits = 16;
// A line is read whole by whoever reads it.
constexpr int kMostSpans = 500;
constexpr size_t kMostBytes = 1 << 20;

// opentelemetry.proto.trace.v1
constexpr int kInternalSpan = 1;
constexpr int kStatusOk = 1;
constexpr int kStatusError = 2;

bool IsHex(std::string_view text) {
  return std::ranges::all_of(
      text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// So many lower-case hexadecimal digits, and not all of them 0.
std::string HexId(std::string_view id, size_t digits) {
  std::string hex;
  for (const char c : id) {
    if (c != '-') {
      hex += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  const bool is_one = hex.size() == digits && IsHex(hex) &&
                      hex.find_first_not_of('0') != std::string::npos;
  return is_one ? hex : HexSha256(id).substr(0, digits);
}

void AppendKey(std::string& out, std::string_view key) {
  if (out.back() != '[') out += ',';
  out += R"({"key":)";
  json::AppendQuoted(out, key);
}
void AddString(std::string& out, std::string_view key, std::string_view text) {
  AppendKey(out, key);
  out += R"(,"value":{"stringValue":)";
  json::AppendQuoted(out, AsUtf8(text));
  out += "}}";
}
// Integers of 64 bits are texts in the JSON of protobuf.
void AddNumber(std::string& out, std::string_view key, int64_t number) {
  AppendKey(out, key);
  out += R"(,"value":{"intValue":")";
  json::AppendInt(out, number);
  out += "\"}}";
}

// Those that are there.
void AddStrings(std::string& out, json::Value call,
                std::initializer_list<std::pair<const char*, const char*>>
                    keys_and_members) {
  for (const auto& [key, member] : keys_and_members) {
    const json::Value value = Member(call, member);
    if (value.exists() && value.is(json::Kind::kString)) {
      AddString(out, key, value.text());
    }
  }
}
void AddJson(std::string& out, std::string_view key, json::Value value) {
  if (!value.exists() || value.is(json::Kind::kNull)) return;
  AddString(out, key, value.raw());
}

void AddUsage(std::string& out, const CallUsage& usage) {
  if (usage.models.size() == 1) {
    AddString(out, "gen_ai.response.model", usage.models.front());
  }
  if (usage.prompt) AddNumber(out, "gen_ai.usage.input_tokens", *usage.prompt);
  if (usage.completion) {
    AddNumber(out, "gen_ai.usage.output_tokens", *usage.completion);
  }
  if (usage.tokens) AddNumber(out, "llm.usage.total_tokens", *usage.tokens);
}

void AddAttributes(std::string& out, json::Value call) {
  out += R"(,"attributes":[)";
  AddStrings(out, call,
             {{"weave.call_id", "id"},
              {"weave.trace_id", "trace_id"},
              {"weave.parent_id", "parent_id"},
              {"weave.op_name", "op_name"},
              {"wandb.display_name", "display_name"},
              {"wandb.thread_id", "thread_id"},
              {"weave.turn_id", "turn_id"},
              {"wandb.wb_run_id", "wb_run_id"},
              {"weave.wb_user_id", "wb_user_id"}});
  const std::string turn = TextOf(call, "turn_id");
  if (!turn.empty() && turn == TextOf(call, "id")) {
    AppendKey(out, "wandb.is_turn");
    out += R"(,"value":{"boolValue":true}})";
  }
  for (const char* name : {"wb_run_step", "wb_run_step_end"}) {
    if (const auto step = IntOf(call, name)) {
      AddNumber(out, std::string("wandb.") + name, *step);
    }
  }
  const json::Value summary = Member(call, "summary");
  AddString(out, "weave.status", TextOf(Member(summary, "weave"), "status"));
  AddUsage(out, ReadCallUsage(summary));
  AddJson(out, "input.value", Member(call, "inputs"));
  AddJson(out, "output.value", Member(call, "output"));
  AddJson(out, "wandb.attributes", Member(call, "attributes"));
  AddJson(out, "weave.summary", summary);
  out += ']';
}

void AddTime(std::string& out, std::string_view name,
             const std::optional<int64_t>& us) {
  if (!us) return;
  out += ",\"";
  out += name;
  out += "\":\"";
  json::AppendInt(out, *us * 1000);
  out += '"';
}

void AddStatus(std::string& out, json::Value call) {
  const json::Value summary = Member(call, "summary");
  const std::string status = TextOf(Member(summary, "weave"), "status");
  out += R"(,"status":{)";
  if (status == "error") {
    out += R"("message":)";
    json::AppendQuoted(out, AsUtf8(TextOf(call, "exception")));
    out += R"(,"code":)";
    json::AppendInt(out, kStatusError);
  } else if (status == "success") {
    out += R"("code":)";
    json::AppendInt(out, kStatusOk);
  }
  out += '}';
}

void AppendSpan(std::string& out, json::Value call) {
  out += R"({"traceId":")" + HexId(TextOf(call, "trace_id"), kTraceDigits) +
         R"(","spanId":")" + HexId(TextOf(call, "id"), kSpanDigits) + '"';
  const std::string parent = TextOf(call, "parent_id");
  if (!parent.empty()) {
    out += R"(,"parentSpanId":")" + HexId(parent, kSpanDigits) + '"';
  }
  const std::string op = TextOf(call, "op_name");
  out += R"(,"name":)";
  json::AppendQuoted(out, AsUtf8(store::TraceName(op).value_or(op)));
  out += R"(,"kind":)";
  json::AppendInt(out, kInternalSpan);
  AddTime(out, "startTimeUnixNano", TimeOf(call, "started_at"));
  AddTime(out, "endTimeUnixNano", TimeOf(call, "ended_at"));
  AddAttributes(out, call);
  AddStatus(out, call);
  out += '}';
}

}  // namespace

OtlpLines::OtlpLines(std::string project_id)
    : project_id_(std::move(project_id)) {}

Status OtlpLines::Add(std::string_view line) {
  json::Document document;
  if (!document.Parse(line, kDepthOfCall).message.empty()) {
    return Internal("The answer has a line that is no JSON.");
  }
  if (count_ > 0) spans_ += ',';
  AppendSpan(spans_, document.root());
  ++count_;
  return {};
}

std::string OtlpLines::Take() {
  const bool enough = count_ >= kMostSpans || spans_.size() >= kMostBytes;
  return enough ? TakeRest() : "";
}

std::string OtlpLines::TakeRest() {
  if (count_ == 0) return "";
  const size_t slash = project_id_.find('/');
  std::string out = R"({"resourceSpans":[{"resource":{"attributes":[)";
  AddString(out, "service.name", project_id_);
  AddString(out, "wandb.entity", project_id_.substr(0, slash));
  AddString(out, "wandb.project", project_id_.substr(slash + 1));
  out += R"(]},"scopeSpans":[{"scope":{"name":"bobbin","version":)";
  json::AppendQuoted(out, Version());
  out += R"(},"spans":[)" + spans_ + "]}]}]}\n";
  spans_.clear();
  count_ = 0;
  return out;
}

}  // namespace bobbin::cli
