#include "cli/call_otlp.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/hash.h"
#include "cli/fields.h"
#include "json/write.h"
#include "model/ref.h"

namespace bobbin::cli {
namespace {

constexpr size_t kMostSpans = 500;
constexpr size_t kEnoughBytes = size_t{1} << 20;
constexpr std::string_view kLineEnd = "]}]}]}\n";

constexpr size_t kTraceDigits = 32;
constexpr size_t kSpanDigits = 16;

bool IsHexId(std::string_view id, size_t digits) {
  return id.size() == digits &&
         id.find_first_not_of("0123456789abcdef") == id.npos &&
         id.find_first_not_of('0') != id.npos;
}

// The digits of a UUID; "" for other texts.
std::string UuidDigits(std::string_view id) {
  constexpr size_t kLength = 36;
  std::string digits;
  if (id.size() != kLength) return digits;
  for (size_t i = 0; i < kLength; ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen != (id[i] == '-')) return "";
    if (!hyphen) digits += id[i];
  }
  return digits;
}

std::string Hashed(std::string_view id, size_t digits) {
  return HexSha256(id).substr(0, digits);
}

// {"key":K,"value":{...}} one after the other.
class OtlpAttributes {
 public:
  explicit OtlpAttributes(std::string& out) : out_(out) { out_ += '['; }

  void AddText(std::string_view key, std::string_view text) {
    Begin(key, "stringValue");
    json::AppendQuoted(out_, text);
    out_ += "}}";
  }
  void AddOptText(std::string_view key, const CallLine::Text& text) {
    if (text) AddText(key, std::string_view(*text));
  }
  // (64 bits are a text in the JSON of protobuf.)
  void AddInt(std::string_view key, int64_t number) {
    Begin(key, "intValue");
    out_ += '"';
    json::AppendInt(out_, number);
    out_ += "\"}}";
  }
  void AddInt(std::string_view key, std::optional<int64_t> number) {
    if (number) AddInt(key, *number);
  }
  void AddDouble(std::string_view key, double number) {
    Begin(key, "doubleValue");
    json::AppendDouble(out_, number);
    out_ += "}}";
  }
  void AddTrue(std::string_view key) {
    Begin(key, "boolValue");
    out_ += "true}}";
  }
  // A value of JSON, if there is something in it.
  void AddJson(std::string_view key, std::string_view json) {
    if (!json.empty() && json != "null" && json != "{}") AddText(key, json);
  }
  void End() { out_ += ']'; }

 private:
  void Begin(std::string_view key, std::string_view kind) {
    if (out_.back() != '[') out_ += ',';
    out_ += R"({"key":)";
    json::AppendQuoted(out_, key);
    out_ += R"(,"value":{)";
    json::AppendQuoted(out_, kind);
    out_ += ':';
  }

  std::string& out_;
};

std::string HeadOf(std::string_view project_id) {
  const size_t slash = project_id.find('/');
  const bool named = slash != project_id.npos;
  const std::string_view project =
      named ? project_id.substr(slash + 1) : project_id;
  std::string head = R"({"resourceSpans":[{"resource":{"attributes":)";
  OtlpAttributes attributes(head);
  attributes.AddText("service.name", project);
  if (named) attributes.AddText("wandb.entity", project_id.substr(0, slash));
  attributes.AddText("wandb.project", project);
  attributes.End();
  return head + R"(},"scopeSpans":[{"scope":{"name":"bobbin"},"spans":[)";
}

std::string ShortName(const std::string& op_name) {
  const Result<model::Ref> ref = model::ParseRef(op_name);
  if (!ref.ok() || ref.value().id.empty()) return op_name;
  return ref.value().id;
}

// An unsigned count of nanoseconds, as text; what is out of its reach is the
// nearest that is not.
void AppendNanoseconds(std::string& out, std::string_view key, int64_t us) {
  constexpr uint64_t kPerMicrosecond = 1000;
  constexpr uint64_t kLargest = std::numeric_limits<uint64_t>::max();
  const uint64_t from_zero = us < 0 ? 0 : static_cast<uint64_t>(us);
  const uint64_t ns = from_zero > kLargest / kPerMicrosecond
                          ? kLargest
                          : from_zero * kPerMicrosecond;
  json::AppendQuoted(out, key);
  out += ":\"" + std::to_string(ns) + "\",";
}

// The kind that OpenTelemetry said, if the call came from there: its name in
// `attributes.otel_span.kind`, with or without SPAN_KIND_ before it, or its
// number. 1, internal, for all others.
int KindOf(const CallLine& call) {
  constexpr auto kKinds = std::to_array<std::string_view>(
      {"INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"});
  constexpr int kFirst = 1;
  if (call.attributes.find("otel_span") == call.attributes.npos) return kFirst;
  json::Document document;
  if (!document.Parse(call.attributes, 2).message.empty()) return kFirst;
  const json::Value span = Member(document.root(), "otel_span");
  const int64_t number = IntOf(span, "kind").value_or(0);
  std::string name = TextOf(span, "kind");
  constexpr std::string_view kPrefix = "SPAN_KIND_";
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  for (size_t i = 0; i < kKinds.size(); ++i) {
    const int kind = kFirst + static_cast<int>(i);
    if (kKinds[i] == name || kind == number) return kind;
  }
  return kFirst;
}

void AddOutput(OtlpAttributes& attributes, const CallLine& call) {
  if (call.output.empty() || call.output == "null") return;
  constexpr std::string_view kKey = "output.value";
  constexpr std::string_view kType = "output.mime_type";
  if (call.output.front() != '"') {
    attributes.AddText(kKey, call.output);
    attributes.AddText(kType, "application/json");
    return;
  }
  json::Document document;
  if (!document.Parse(call.output, 1).message.empty()) return;
  attributes.AddText(kKey, Utf8(document.root().text()));
  attributes.AddText(kType, "text/plain");
}

void AddUsage(OtlpAttributes& attributes, const CallLine& call) {
  if (call.models.size() == 1) {
    attributes.AddText("gen_ai.request.model", call.models.front());
    attributes.AddText("gen_ai.response.model", call.models.front());
  }
  if (call.tokens) {
    const json::TokenCounts& tokens = *call.tokens;
    attributes.AddInt("gen_ai.usage.input_tokens", tokens.prompt);
    attributes.AddInt("gen_ai.usage.output_tokens", tokens.completion);
    attributes.AddInt("llm.usage.total_tokens", tokens.all());
  }
  if (call.cost) attributes.AddDouble("gen_ai.usage.cost", *call.cost);
}

void AppendAttributes(std::string& out, const CallLine& call) {
  OtlpAttributes attributes(out);
  attributes.AddText("weave.call_id", call.id);
  attributes.AddText("weave.trace_id", call.trace_id);
  attributes.AddOptText("weave.parent_id", call.parent_id);
  attributes.AddText("weave.op_name", call.op_name);
  attributes.AddText("weave.status", call.status);
  attributes.AddOptText("wandb.display_name", call.display_name);
  attributes.AddOptText("wandb.thread_id", call.thread_id);
  attributes.AddOptText("session.id", call.thread_id);
  if (call.turn_id == call.id) attributes.AddTrue("wandb.is_turn");
  attributes.AddOptText("weave.turn_id", call.turn_id);
  attributes.AddOptText("user.id", call.wb_user_id);
  attributes.AddOptText("wandb.wb_run_id", call.wb_run_id);
  attributes.AddInt("wandb.wb_run_step", call.wb_run_step);
  attributes.AddInt("wandb.wb_run_step_end", call.wb_run_step_end);
  AddUsage(attributes, call);
  attributes.AddJson("input.value", call.inputs);
  if (!call.inputs.empty() && call.inputs != "{}") {
    attributes.AddText("input.mime_type", "application/json");
  }
  AddOutput(attributes, call);
  attributes.AddJson("wandb.attributes", call.attributes);
  attributes.AddJson("weave.summary", call.summary);
  attributes.End();
}

// Unset for a call that runs; else ok, or error with its reason.
void AppendStatus(std::string& out, const CallLine& call) {
  if (call.status == "error") {
    out += R"({"code":2,"message":)";
    json::AppendQuoted(out, call.exception.value_or(""));
    out += '}';
  } else {
    out += call.status == "running" ? "{}" : R"({"code":1})";
  }
}

}  // namespace

std::string OtlpTraceId(std::string_view trace_id) {
  if (IsHexId(trace_id, kTraceDigits)) return std::string(trace_id);
  std::string digits = UuidDigits(trace_id);
  if (IsHexId(digits, kTraceDigits)) return digits;
  return Hashed(trace_id, kTraceDigits);
}

std::string OtlpSpanId(std::string_view call_id) {
  if (IsHexId(call_id, kSpanDigits)) return std::string(call_id);
  return Hashed(call_id, kSpanDigits);
}

OtlpLines::OtlpLines(std::string_view project_id) : head_(HeadOf(project_id)) {}

void OtlpLines::Add(const CallLine& call) {
  if (spans_++ == 0) {
    line_ = head_;
  } else {
    line_ += ',';
  }
  line_ += R"({"traceId":")" + OtlpTraceId(call.trace_id);
  line_ += R"(","spanId":")" + OtlpSpanId(call.id) + "\",";
  if (call.parent_id && !call.parent_id->empty()) {
    line_ += R"("parentSpanId":")" + OtlpSpanId(*call.parent_id) + "\",";
  }
  line_ += R"("name":)";
  json::AppendQuoted(line_, ShortName(call.op_name));
  line_ += R"(,"kind":)" + std::to_string(KindOf(call)) + ',';
  AppendNanoseconds(line_, "startTimeUnixNano", call.started_us);
  AppendNanoseconds(line_, "endTimeUnixNano",
                    call.ended_us.value_or(call.started_us));
  line_ += R"("attributes":)";
  AppendAttributes(line_, call);
  line_ += R"(,"status":)";
  AppendStatus(line_, call);
  line_ += '}';
}

bool OtlpLines::full() const {
  return spans_ >= kMostSpans || line_.size() >= kEnoughBytes;
}

std::string OtlpLines::Take() {
  std::string line;
  if (spans_ == 0) return line;
  line_ += kLineEnd;
  line.swap(line_);
  spans_ = 0;
  return line;
}

}  // namespace bobbin::cli
