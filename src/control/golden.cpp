#include "control/golden.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/golden_text.h"
#include "json/document.h"
#include "json/path.h"
#include "json/write.h"

namespace bobbin::control {
namespace {

constexpr std::string_view kStack = "exception.stack";
constexpr std::string_view kDigest = "op_name.digest";
constexpr auto kMaskedByDefault = std::to_array<std::string_view>(
    {"attributes.weave", kStack, kDigest, "summary.weave", "wb_run_id",
     "wb_user_id"});

// What a path to mask may begin with.
constexpr auto kMaskable = std::to_array<std::string_view>(
    {"attributes", "display_name", "exception", "inputs", "op_name", "output",
     "status", "summary", "thread_id", "turn_id", "wb_run_id", "wb_user_id"});

std::string Listed(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

struct Plan {
  bool relative = false;
  bool by_name = false;
  bool keep_stack = false;
  GoldenRules rules;
};

Status AddMasks(Plan& plan, const model::GoldenReq& request) {
  std::vector<std::string_view> masks(kMaskedByDefault.begin(),
                                      kMaskedByDefault.end());
  const auto none = std::vector<std::string_view>();
  for (const std::string_view path : request.unmask ? *request.unmask : none) {
    if (std::erase(masks, path) == 0) {
      return Invalid("unmask: " + std::string(path) +
                     " is not masked; what is: " + Listed(kMaskedByDefault));
    }
  }
  plan.keep_stack = std::ranges::find(masks, kStack) == masks.end();
  plan.rules.keep_op_digests = std::ranges::find(masks, kDigest) == masks.end();
  std::erase(masks, kStack);
  std::erase(masks, kDigest);
  for (const std::string_view path : request.mask ? *request.mask : none) {
    const std::string_view field = path.substr(0, path.find('.'));
    if (std::ranges::find(kMaskable, field) == kMaskable.end()) {
      return Invalid("mask: " + std::string(path) +
                     " does not begin with a field of a call; those are: " +
                     Listed(kMaskable));
    }
    masks.push_back(path);
  }
  for (const std::string_view mask : masks) {
    plan.rules.masks.push_back(json::ParsePath(mask));
  }
  return {};
}

Result<Plan> MakePlan(const model::GoldenReq& request) {
  Plan plan;
  const std::string_view times = request.times.value_or("drop");
  if (times != "drop" && times != "relative") {
    return Invalid("times is drop or relative, not " + std::string(times));
  }
  plan.relative = times == "relative";
  const std::string_view siblings = request.siblings.value_or("start");
  if (siblings != "start" && siblings != "name") {
    return Invalid("siblings come by start or by name, not by " +
                   std::string(siblings));
  }
  plan.by_name = siblings == "name";
  plan.rules.project_id = request.project_id;
  if (Status masks = AddMasks(plan, request); !masks.ok()) return masks.error();
  return plan;
}

// `ValueError: no` of a traceback, or of `Error: no` and its stack.
std::string_view WithoutStack(std::string_view exception) {
  while (exception.ends_with('\n')) exception.remove_suffix(1);
  if (exception.starts_with("Traceback ")) {
    return exception.substr(exception.rfind('\n') + 1);
  }
  return exception.substr(0, exception.find('\n'));
}

class Golden {
 public:
  Golden(const CallTree& tree, Plan plan)
      : tree_(tree), plan_(std::move(plan)) {}

  Result<std::string> Text() {
    // Until the order is known an id is as good as another.
    for (const TreeCall& call : tree_.calls) {
      Replace(call.trace_id, "trace");
      Replace(call.id, "call");
    }
    PutInOrder();
    if (!failed_.ok()) return failed_.error();
    Number();
    std::string out = "{\n  \"golden\": 1,\n  \"calls\": [";
    for (size_t i = 0; i < order_.size(); ++i) {
      out += i == 0 ? "\n" : ",\n";
      Append(out, tree_.calls[order_[i]]);
    }
    out += order_.empty() ? "]\n}\n" : "\n  ]\n}\n";
    if (!failed_.ok()) return failed_.error();
    return out;
  }

 private:
  using Siblings = std::vector<size_t>;

  // Within texts. What is shorter was not made at random: it is the same in
  // the next run, and perhaps a word.
  void Replace(std::string_view id, std::string name) {
    constexpr size_t kLeastId = 8;
    if (id.size() < kLeastId) return;
    plan_.rules.ids.insert_or_assign(id, std::move(name));
  }

  void PutInOrder() {
    Siblings open = InOrder(tree_.roots);
    std::ranges::reverse(open);
    while (!open.empty()) {
      const size_t call = open.back();
      open.pop_back();
      order_.push_back(call);
      const Siblings children = InOrder(tree_.calls[call].children);
      open.insert(open.end(), children.rbegin(), children.rend());
    }
  }

  Siblings InOrder(const Siblings& siblings) {
    if (!plan_.by_name || siblings.size() < 2) return siblings;
    std::vector<std::pair<std::string, size_t>> keyed;
    keyed.reserve(siblings.size());
    for (const size_t call : siblings) {
      keyed.emplace_back(KeyOf(tree_.calls[call]), call);
    }
    std::ranges::stable_sort(keyed, {}, &std::pair<std::string, size_t>::first);
    Siblings sorted;
    for (const auto& [key, call] : keyed) sorted.push_back(call);
    return sorted;
  }

  std::string KeyOf(const TreeCall& call) {
    std::string key = call.name;
    for (const auto& [name, json] : {std::pair("inputs", &call.inputs),
                                     std::pair("output", &call.output)}) {
      key += '\0';
      AppendField(key, name, *json);
    }
    return key + '\0' + call.exception.value_or("");
  }

  // Numbers in place of ids, by the order that has been found.
  void Number() {
    plan_.rules.ids.clear();
    size_t traces = 0;
    for (size_t i = 0; i < order_.size(); ++i) {
      const TreeCall& call = tree_.calls[order_[i]];
      if (!started_.contains(call.trace_id)) {
        const std::string trace = "trace-" + std::to_string(++traces);
        traces_[call.trace_id] = trace;
        Replace(call.trace_id, trace);
        started_[call.trace_id] = call.started_at_us;
      }
      int64_t& start = started_[call.trace_id];
      start = std::min(start, call.started_at_us);
      const std::string name = "call-" + std::to_string(i + 1);
      calls_[call.id] = name;
      Replace(call.id, name);
      NumberOf(threads_, call.thread_id, "thread-");
      NumberOf(turns_, call.turn_id, "turn-");
    }
  }

  using Names = std::unordered_map<std::string_view, std::string>;

  static void NumberOf(Names& names, const std::optional<std::string>& id,
                       const char* prefix) {
    if (!id || names.contains(*id)) return;
    names.emplace(*id, prefix + std::to_string(names.size() + 1));
  }

  void Append(std::string& out, const TreeCall& call) {
    out += "    {";
    first_ = true;
    AppendText(out, "id", calls_[call.id]);
    AppendText(out, "trace_id", traces_[call.trace_id]);
    if (!call.parent_id.empty()) {
      const auto parent = calls_.find(call.parent_id);
      AppendText(out, "parent_id",
                 parent == calls_.end() ? "missing" : parent->second);
    }
    AppendText(out, "op_name", call.op_name);
    if (call.display_name) AppendText(out, "display_name", *call.display_name);
    if (call.thread_id) {
      AppendText(out, "thread_id", threads_[*call.thread_id]);
    }
    if (call.turn_id) AppendText(out, "turn_id", turns_[*call.turn_id]);
    AppendTimes(out, call);
    AppendText(out, "status",
               call.exception     ? "error"
               : call.ended_at_us ? "success"
                                  : "running");
    AppendJson(out, "attributes", call.attributes);
    AppendJson(out, "inputs", call.inputs);
    if (call.ended_at_us) {
      AppendJson(out, "output", call.output);
      if (call.exception) {
        AppendText(out, "exception",
                   plan_.keep_stack ? std::string_view(*call.exception)
                                    : WithoutStack(*call.exception));
      }
      AppendJson(out, "summary", call.summary);
    }
    if (call.wb_run_id) AppendText(out, "wb_run_id", *call.wb_run_id);
    if (call.wb_user_id) AppendText(out, "wb_user_id", *call.wb_user_id);
    out += "\n    }";
  }

  void AppendTimes(std::string& out, const TreeCall& call) {
    if (!plan_.relative) return;
    const int64_t start = started_[call.trace_id];
    AppendName(out, "started_us");
    json::AppendInt(out, call.started_at_us - start);
    if (!call.ended_at_us) return;
    AppendName(out, "ended_us");
    json::AppendInt(out, *call.ended_at_us - start);
  }

  void AppendName(std::string& out, std::string_view name) {
    out += first_ ? "\n      \"" : ",\n      \"";
    first_ = false;
    out.append(name).append("\": ");
  }

  void AppendText(std::string& out, std::string_view name,
                  std::string_view text) {
    std::string json;
    json::AppendQuoted(json, text);
    AppendJson(out, name, json);
  }

  void AppendJson(std::string& out, std::string_view name,
                  std::string_view json) {
    AppendName(out, name);
    AppendField(out, name, json);
  }

  void AppendField(std::string& out, std::string_view name,
                   std::string_view json) {
    constexpr int kIndent = 6;
    json::Document document;
    const json::SyntaxError error = document.Parse(json, json::kMaxDepth);
    if (!error.message.empty()) {
      failed_ = Error{Code::kTooLarge, std::string(name) +
                                           " of a call can't be compared: " +
                                           std::string(error.message)};
      return;
    }
    AppendGolden(out, plan_.rules, name, document.root(), kIndent);
  }

  const CallTree& tree_;
  Plan plan_;
  std::vector<size_t> order_;
  Names calls_, traces_, threads_, turns_;
  std::unordered_map<std::string_view, int64_t> started_;  // of traces
  bool first_ = true;
  Status failed_;
};

}  // namespace

std::span<const std::string_view> MaskedByDefault() { return kMaskedByDefault; }

Result<std::string> GoldenText(const CallTree& tree,
                               const model::GoldenReq& request) {
  Result<Plan> plan = MakePlan(request);
  if (!plan.ok()) return std::move(plan).error();
  return Golden(tree, std::move(plan).value()).Text();
}

}  // namespace bobbin::control
