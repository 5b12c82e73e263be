#include "bench/traffic.h"

#include <cstdio>

#include "base/time.h"

namespace bobbin::bench {
namespace {

constexpr int64_t kFirstUs = 1'760'000'000'000'000;  // in October 2025
constexpr size_t kTracesAtOnce = 32;
constexpr size_t kProseBytes = 1 << 16;

constexpr std::string_view kAttributes =
    R"({"weave":{"client_version":"0.11.1","source":"js-sdk",)"
    R"("os_name":"linux","node_version":"22.11.0"},"env":"production"})";
// One call in four is made to the larger model.
constexpr size_t kModelsInTurn = 4;
constexpr std::string_view kInputsOfLarge =
    R"({"model":"gpt-4o","temperature":0.7,"messages":[{"role":"system",)"
    R"("content":"Answer from the documents."},{"role":"user","content":"$"}]})";
constexpr std::string_view kInputs =
    R"({"model":"gpt-4o-mini","temperature":0.7,"messages":[{"role":"system",)"
    R"("content":"Answer from the documents."},{"role":"user","content":"$"}]})";
constexpr std::string_view kOutput =
    R"({"choices":[{"index":0,"finish_reason":"stop","message":)"
    R"({"role":"assistant","content":"$"}}]})";
constexpr std::string_view kSummary =
    R"({"usage":{"gpt-4o-mini":{"requests":1,"prompt_tokens":161,)"
    R"("completion_tokens":72,"total_tokens":233}},)"
    R"("status_counts":{"success":1,"error":0}})";
constexpr std::string_view kUsage = R"({"gpt-4o-mini":[1,161,72,233]})";

// What happens in a trace, in order. Call 0 is the root, 1 to 3 are below it,
// 4 to 9 below those.
struct Step {
  bool is_start;
  size_t call;
};
constexpr std::array<Step, 2 * kCallsPerTrace> kSteps{
    {{true, 0},  {true, 1},  {true, 4},  {false, 4}, {true, 5},
     {false, 5}, {false, 1}, {true, 2},  {true, 6},  {false, 6},
     {true, 7},  {false, 7}, {false, 2}, {true, 3},  {true, 8},
     {false, 8}, {true, 9},  {false, 9}, {false, 3}, {false, 0}}};
constexpr std::array<size_t, kCallsPerTrace> kParent{0, 0, 0, 0, 1,
                                                     1, 2, 2, 3, 3};
constexpr std::array<size_t, kCallsPerTrace> kOpOf{0, 1, 1, 1, 2,
                                                   3, 2, 3, 2, 3};

void AppendText(std::string& out, std::string_view key, std::string_view text) {
  out += '"';
  out += key;
  out += "\":\"";
  out += text;
  out += "\",";
}

void AppendRaw(std::string& out, std::string_view key, std::string_view json) {
  out += '"';
  out += key;
  out += "\":";
  out += json;
}

void AppendInstant(std::string& out, std::string_view key, int64_t us) {
  out += '"';
  out += key;
  out += "\":\"";
  AppendTime(out, us);
  out += "\",";
}

}  // namespace

const std::string& OpName(size_t op) {
  static const std::array<std::string, kOps> kNames{
      "weave:///team/bench/op/answer_question:"
      "RBNvo1WzZ4oRRq0W9XhknpT7T8If536DEMBg9hyqY4o",
      "weave:///team/bench/op/research_topic:"
      "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA",
      "weave:///team/bench/op/search_documents:"
      "NlrrDdUMhtyjne68XtBbcJqpJ8FE1GV3TYQlNwXyftk",
      "weave:///team/bench/op/chat_completion:"
      "LPJNulXwow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"};
  return kNames[op];
}

Traffic::Traffic(uint64_t seed, PayloadBytes bytes, int64_t traces)
    : bytes_(bytes),
      random_(seed),
      now_us_(kFirstUs),
      traces_left_(traces),
      running_(kTracesAtOnce) {
  static constexpr std::array<std::string_view, 20> kWords{
      "the",    "model", "of",     "answer", "question", "a",  "which",
      "data",   "is",    "and",    "result", "context",  "in", "document",
      "search", "\\n",   "number", "\\\"so", "42",       "to"};
  while (prose_.size() < kProseBytes) {
    prose_ += kWords[random_() % kWords.size()];
    prose_ += ' ';
  }
  for (size_t i = 0; i < running_.size(); ++i) {
    if (!StartTrace(running_[i])) {
      running_.resize(i);
      break;
    }
  }
}

bool Traffic::StartTrace(Trace& trace) {
  if (traces_left_ == 0) return false;
  --traces_left_;
  trace.step = 0;
  trace.id = NewId();
  return true;
}

std::string Traffic::NewId() {
  const uint64_t a = random_();
  const uint64_t b = random_();
  const auto ms = static_cast<uint64_t>(now_us_) / 1000;
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-7%03x-%04x-%012llx",
                static_cast<unsigned>(ms >> 16),
                static_cast<unsigned>(ms & 0xffff),
                static_cast<unsigned>(a & 0xfff),
                static_cast<unsigned>(0x8000 | (a >> 50)),
                static_cast<unsigned long long>(b >> 16));
  return text;
}

std::string_view Traffic::Text(size_t bytes) {
  // From the beginning of a word to the end of one, so that no escape is cut.
  size_t begin = random_() % (kProseBytes - bytes - 64);
  begin = prose_.find(' ', begin) + 1;
  text_.assign(prose_, begin, bytes);
  if (const size_t end = text_.rfind(' '); end != std::string::npos) {
    text_.resize(end);
  } else {
    text_.clear();
  }
  text_.resize(bytes, '.');
  return text_;
}

void Traffic::Fill(std::string& out, std::string_view frame, size_t bytes) {
  const size_t mark = frame.find('$');
  out = frame.substr(0, mark);
  if (bytes > frame.size()) out += Text(bytes - frame.size() + 1);
  out += frame.substr(mark + 1);
}

bool Traffic::Next(Part& part) {
  if (running_.empty()) return false;
  const size_t lane = random_() % running_.size();
  Trace& trace = running_[lane];
  now_us_ += 1 + static_cast<int64_t>(random_() % 400);
  const Step step = kSteps[trace.step++];
  std::string& id = trace.call_ids[step.call];
  part = {};
  part.is_start = step.is_start;
  part.at_us = now_us_;
  part.op = kOpOf[step.call];
  if (step.is_start) {
    id = NewId();
    const bool large = random_() % kModelsInTurn == 0;
    Fill(inputs_, large ? kInputsOfLarge : kInputs,
         bytes_.start - kAttributes.size());
    part.attributes = kAttributes;
    part.inputs = inputs_;
    if (step.call != 0) part.parent_id = trace.call_ids[kParent[step.call]];
  } else {
    Fill(output_, kOutput, bytes_.end - kSummary.size());
    part.output = output_;
    part.summary = kSummary;
    part.usage = kUsage;
  }
  if (trace.step < kSteps.size()) {
    part.id = id;
    part.trace_id = trace.id;
    return true;
  }
  done_id_ = id;
  done_trace_id_ = trace.id;
  part.id = done_id_;
  part.trace_id = done_trace_id_;
  if (!StartTrace(trace)) {
    if (lane + 1 != running_.size()) std::swap(trace, running_.back());
    running_.pop_back();
  }
  return true;
}

std::string_view PartList::Keep(std::string_view text) {
  return texts_.emplace_back(text);
}

void PartList::Add(const Part& part) {
  Part& kept = parts_.emplace_back(part);
  kept.id = Keep(part.id);
  kept.trace_id = Keep(part.trace_id);
  kept.parent_id = Keep(part.parent_id);
  kept.attributes = Keep(part.attributes);
  kept.inputs = Keep(part.inputs);
  kept.output = Keep(part.output);
  kept.summary = Keep(part.summary);
  kept.usage = Keep(part.usage);
}

void AppendObject(std::string& out, const Part& part) {
  out += '{';
  AppendText(out, "project_id", kProject);
  AppendText(out, "id", part.id);
  if (part.is_start) {
    AppendText(out, "op_name", OpName(part.op));
    AppendText(out, "trace_id", part.trace_id);
    if (!part.parent_id.empty()) AppendText(out, "parent_id", part.parent_id);
    AppendInstant(out, "started_at", part.at_us);
    AppendRaw(out, "attributes", part.attributes);
    out += ',';
    AppendRaw(out, "inputs", part.inputs);
  } else {
    AppendInstant(out, "ended_at", part.at_us);
    AppendRaw(out, "output", part.output);
    out += ',';
    AppendRaw(out, "summary", part.summary);
  }
  out += '}';
}

void AppendRequest(std::string& out, const Part& part) {
  out += part.is_start ? R"({"start":)" : R"({"end":)";
  AppendObject(out, part);
  out += '}';
}

void AppendBatchItem(std::string& out, const Part& part) {
  out +=
      part.is_start ? R"({"mode":"start","req":)" : R"({"mode":"end","req":)";
  AppendRequest(out, part);
  out += '}';
}

}  // namespace bobbin::bench
