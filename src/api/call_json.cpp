#include "api/call_json.h"

#include <array>

#include "base/time.h"
#include "json/document.h"
#include "json/write.h"

namespace bobbin::api {
namespace {

using model::CallRecord;
using model::CallStatus;
using OptText = std::optional<std::string_view>;

void AppendKey(std::string& out, std::string_view name) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += name;
  out += "\":";
}

void AppendText(std::string& out, std::string_view name, const OptText& text) {
  AppendKey(out, name);
  if (text) {
    json::AppendQuoted(out, *text);
  } else {
    out += "null";
  }
}

void AppendNumber(std::string& out, std::string_view name,
                  const std::optional<int64_t>& number) {
  AppendKey(out, name);
  if (number) {
    json::AppendInt(out, *number);
  } else {
    out += "null";
  }
}

void AppendInstant(std::string& out, std::string_view name,
                   const std::optional<int64_t>& us) {
  AppendKey(out, name);
  if (!us) {
    out += "null";
    return;
  }
  out += '"';
  AppendTime(out, *us);
  out += '"';
}

void AppendRaw(std::string& out, std::string_view name, const OptText& json,
               std::string_view missing) {
  AppendKey(out, name);
  out += json.value_or(missing);
}

// Appends an object's text up to its closing brace: a member may follow.
void AppendOpen(std::string& out, std::string_view object) {
  object = object.substr(0, object.rfind('}'));
  object = object.substr(0, object.find_last_not_of(" \t\n\r") + 1);
  out += object;
}

std::string_view StatusName(CallStatus status) {
  const auto number = static_cast<size_t>(status);
  return number < model::kCallStatusNames.size()
             ? model::kCallStatusNames[number]
             : "";
}

// Whole milliseconds, rounded down also below zero.
int64_t LatencyMs(int64_t started_us, int64_t ended_us) {
  const int64_t us = ended_us - started_us;
  return us / 1000 - (us % 1000 < 0 ? 1 : 0);
}

// The derived members of summary.weave.
void AppendDerived(std::string& out, const CallRecord& call) {
  AppendText(out, "status", StatusName(call.status));
  if (call.display_name) {
    AppendText(out, "display_name", *call.display_name);
  } else if (call.trace_name) {
    AppendText(out, "trace_name", *call.trace_name);
  }
  if (call.ended_at_us) {
    AppendNumber(out, "latency_ms",
                 LatencyMs(call.started_at_us, *call.ended_at_us));
  }
  if (call.costs && !call.costs->empty()) {
    AppendRaw(out, "costs", call.costs, "");
  }
  if (call.feedback) AppendRaw(out, "feedback", call.feedback, "");
}

// Whether AppendDerived() has seen to `key`.
bool IsDerived(std::string_view key, const CallRecord& call) {
  static constexpr std::array kNames{"status", "latency_ms", "trace_name",
                                     "display_name"};
  for (const char* name : kNames) {
    if (key == name) return true;
  }
  return (call.feedback && key == "feedback") || (call.costs && key == "costs");
}

void AppendWeave(std::string& out, json::Value stored, const CallRecord& call) {
  out += '{';
  AppendDerived(out, call);
  if (stored.exists() && stored.is(json::Kind::kObject)) {
    for (json::Value v = stored.first(); v.exists(); v = v.next()) {
      if (IsDerived(v.key(), call)) continue;
      out += ',';
      json::AppendQuoted(out, v.key());
      out += ':';
      out += v.raw();
    }
  }
  out += '}';
}

// A summary that brings members of `weave` along: those are kept, but for the
// derived ones.
void AppendMergedSummary(std::string& out, const CallRecord& call) {
  json::Document document;
  document.Parse(*call.summary, 2);
  json::Value weave;
  out += '{';
  for (json::Value v = document.root().first(); v.exists(); v = v.next()) {
    if (v.key() == "weave") {
      weave = v;
      continue;
    }
    if (out.back() != '{') out += ',';
    json::AppendQuoted(out, v.key());
    out += ':';
    out += v.raw();
  }
  AppendKey(out, "weave");
  AppendWeave(out, weave, call);
  out += '}';
}

void AppendSummary(std::string& out, const CallRecord& call) {
  AppendKey(out, "summary");
  const std::string_view stored = call.summary.value_or("{}");
  // `weave` can also be spelled with an escape.
  if (stored.find("\"weave\"") != std::string_view::npos ||
      stored.find('\\') != std::string_view::npos) {
    AppendMergedSummary(out, call);
    return;
  }
  AppendOpen(out, stored);
  AppendKey(out, "weave");
  AppendWeave(out, {}, call);
  out += '}';
}

// What OpenTelemetry sent is shown as `otel_span` within the attributes.
void AppendAttributes(std::string& out, const CallRecord& call) {
  if (!call.otel_dump || !call.attributes) {
    AppendRaw(out, "attributes", call.attributes, "{}");
    return;
  }
  AppendKey(out, "attributes");
  AppendOpen(out, *call.attributes);
  AppendRaw(out, "otel_span", call.otel_dump, "null");
  out += '}';
}

OptText If(bool wanted, const OptText& text) {
  return wanted ? text : std::nullopt;
}

}  // namespace

void AppendCall(std::string& out, const CallRecord& call,
                const query::Selection& selection) {
  out += '{';
  AppendText(out, "id", call.id);
  AppendText(out, "project_id", call.project_id);
  AppendText(out, "op_name", call.op_name);
  AppendText(out, "display_name",
             If(selection.display_name, call.display_name));
  AppendText(out, "trace_id", call.trace_id);
  AppendText(out, "parent_id", call.parent_id);
  AppendText(out, "thread_id", call.thread_id);
  AppendText(out, "turn_id", call.turn_id);
  AppendInstant(out, "started_at", call.started_at_us);
  AppendAttributes(out, call);
  AppendRaw(out, "inputs", call.inputs, "{}");
  AppendInstant(out, "ended_at",
                selection.ended_at ? call.ended_at_us : std::nullopt);
  AppendText(out, "exception", If(selection.exception, call.exception));
  AppendRaw(out, "output", call.output, "null");
  AppendSummary(out, call);
  AppendText(out, "wb_user_id", call.wb_user_id);
  AppendText(out, "wb_run_id", call.wb_run_id);
  AppendNumber(out, "wb_run_step", call.wb_run_step);
  AppendNumber(out, "wb_run_step_end", call.wb_run_step_end);
  out += R"(,"deleted_at":null,"expire_at":null)";
  AppendNumber(out, "storage_size_bytes", call.storage_size_bytes);
  AppendNumber(out, "total_storage_size_bytes", call.total_storage_size_bytes);
  out += '}';
}

}  // namespace bobbin::api
