#include "control/call_tree.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "model/call_record.h"
#include "model/calls_query.h"
#include "query/calls_sql.h"

namespace bobbin::control {
namespace {

std::optional<std::string> Copy(const std::optional<std::string_view>& text) {
  if (!text) return {};
  return std::string(*text);
}

TreeCall CopyOf(const model::CallRecord& call) {
  TreeCall copy;
  copy.id = call.id;
  copy.parent_id = call.parent_id.value_or("");
  copy.trace_id = call.trace_id;
  copy.op_name = call.op_name;
  copy.name = call.trace_name.value_or(call.op_name);
  copy.display_name = Copy(call.display_name);
  copy.exception = Copy(call.exception);
  copy.thread_id = Copy(call.thread_id);
  copy.turn_id = Copy(call.turn_id);
  copy.started_at_us = call.started_at_us;
  copy.ended_at_us = call.ended_at_us;
  copy.inputs = call.inputs.value_or("null");
  copy.output = call.output.value_or("null");
  copy.attributes = call.attributes.value_or("null");
  copy.summary = call.summary.value_or("null");
  copy.wb_user_id = Copy(call.wb_user_id);
  copy.wb_run_id = Copy(call.wb_run_id);
  return copy;
}

size_t BytesOf(const TreeCall& call) {
  return call.inputs.size() + call.output.size() + call.attributes.size() +
         call.summary.size();
}

// RFC 9562, section 5.7.
bool IsUuidV7(std::string_view id) { return id.size() == 36 && id[14] == '7'; }

// A clock of milliseconds gives many calls one moment. SDKs draw ids that
// grow within it; other ids say nothing.
bool StandsBefore(const TreeCall& a, const TreeCall& b) {
  const auto key = [](const TreeCall& call) {
    const bool grows = IsUuidV7(call.id);
    return std::tuple(call.started_at_us, !grows,
                      grows ? std::string_view(call.id) : std::string_view(),
                      std::string_view(call.name),
                      std::string_view(call.inputs),
                      std::string_view(call.output), std::string_view(call.id));
  };
  return key(a) < key(b);
}

// Brings calls that are sorted into tree order.
class Arranger {
 public:
  explicit Arranger(std::vector<TreeCall> calls) : calls_(std::move(calls)) {
    for (size_t i = 0; i < calls_.size(); ++i) by_id_[calls_[i].id] = i;
    std::vector<size_t> roots;
    children_.resize(calls_.size());
    for (size_t i = 0; i < calls_.size(); ++i) {
      const auto parent = by_id_.find(calls_[i].parent_id);
      const bool is_root = calls_[i].parent_id.empty() ||
                           parent == by_id_.end() || parent->second == i;
      (is_root ? roots : children_[parent->second]).push_back(i);
    }
    places_.assign(calls_.size(), kNone);
    for (const size_t root : roots) Place(root);
    // What is left goes round in circles.
    for (size_t i = 0; i < calls_.size(); ++i) Place(i);
  }

  CallTree Take() {
    CallTree tree;
    tree.roots = std::move(roots_);
    for (const size_t old : order_) {
      tree.calls.push_back(std::move(calls_[old]));
    }
    for (size_t i = 0; i < parents_.size(); ++i) {
      if (parents_[i] != kNone) tree.calls[parents_[i]].children.push_back(i);
    }
    return tree;
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  // Puts a call and all below it behind what is placed. (Without recursion:
  // a chain may be as long as there are calls.)
  void Place(size_t root) {
    if (places_[root] != kNone) return;
    roots_.push_back(order_.size());
    std::vector<std::pair<size_t, size_t>> open{{root, kNone}};
    while (!open.empty()) {
      const auto [call, parent] = open.back();
      open.pop_back();
      if (places_[call] != kNone) continue;
      places_[call] = order_.size();
      order_.push_back(call);
      parents_.push_back(parent);
      const std::vector<size_t>& below = children_[call];
      for (auto child = below.rbegin(); child != below.rend(); ++child) {
        open.emplace_back(*child, places_[call]);
      }
    }
  }

  std::vector<TreeCall> calls_;
  std::unordered_map<std::string_view, size_t> by_id_;
  std::vector<std::vector<size_t>> children_;
  std::vector<size_t> places_;   // in the new order, of each old place
  std::vector<size_t> order_;    // the other way round
  std::vector<size_t> parents_;  // new places, of each new place
  std::vector<size_t> roots_;    // new places
};

}  // namespace

CallTree ArrangeCalls(std::vector<TreeCall> calls) {
  std::ranges::sort(calls, StandsBefore);
  return Arranger(std::move(calls)).Take();
}

Result<CallTree> ReadCallTree(const store::CallStore& calls,
                              std::string_view project_id,
                              std::optional<std::string_view> trace_id) {
  model::CallsQueryReq request;
  request.project_id = project_id;
  request.limit = static_cast<int64_t>(kMostTreeCalls) + 1;
  if (trace_id) {
    request.filter.emplace();
    request.filter->trace_ids.emplace({*trace_id});
  }
  std::vector<TreeCall> read;
  size_t bytes = 0;
  const Status status = calls.Scan(request, query::Selection{},
                                   [&](const model::CallRecord& call) {
                                     read.push_back(CopyOf(call));
                                     bytes += BytesOf(read.back());
                                     return bytes <= kMostTreeBytes;
                                   });
  if (!status.ok()) return status.error();
  if (read.size() > kMostTreeCalls || bytes > kMostTreeBytes) {
    return Error{Code::kTooLarge,
                 "There are more than " + std::to_string(kMostTreeCalls) +
                     " calls, or " + std::to_string(kMostTreeBytes >> 20) +
                     " MB of them. Name one trace by trace_id."};
  }
  return ArrangeCalls(std::move(read));
}

}  // namespace bobbin::control
