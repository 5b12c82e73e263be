#include "cli/trace_calls.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/display.h"
#include "cli/call_line.h"
#include "cli/fields.h"
#include "cli/projects.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

constexpr const char* kCallsPath = "/calls/stream_query";

struct Match {
  Found found;
  std::string id;
};

Result<std::vector<Match>> Matches(Source& source, std::string_view id,
                                   std::string_view project_id) {
  std::string body = "{";
  AddText(body, "id", id);
  if (!project_id.empty()) AddText(body, "project_id", project_id);
  body.back() = '}';
  const Result<std::string> answer = source.Post("/_bobbin/resolve", body);
  if (!answer.ok()) return answer.error();
  json::Document document;
  constexpr int kDepth = 4;
  std::vector<Match> matches;
  if (!document.Parse(answer.value(), kDepth).message.empty()) return matches;
  const json::Value list = Member(document.root(), "matches");
  for (json::Value v = list.exists() ? list.first() : list; v.exists();
       v = v.next()) {
    Match match;
    match.id = TextOf(v, "id");
    match.found.project_id = TextOf(v, "project_id");
    match.found.trace_id = TextOf(v, "trace_id");
    if (TextOf(v, "kind") == "call") match.found.call_id = match.id;
    matches.push_back(std::move(match));
  }
  return matches;
}

Error Ambiguous(std::string_view id, const std::vector<Match>& matches) {
  std::string text = "'" + std::string(id) + "' could be";
  for (const Match& match : matches) {
    text += "\n  " + Visible(match.id) + "  " +
            (match.found.call_id.empty() ? "trace" : "call ") + "  " +
            Visible(match.found.project_id);
  }
  return {Code::kConflict, text + "\nSay more of it, or --project."};
}

Result<Found> Newest(Source& source, std::string_view project_id) {
  std::string body = "{";
  if (!project_id.empty()) AddText(body, "project_id", project_id);
  AddRaw(body, "limit", "1");
  body.back() = '}';
  Found found;
  const Status got = source.PostLines(
      "/_bobbin/traces/query", body, [&](std::string_view line) {
        json::Document document;
        if (!document.Parse(line, 2).message.empty()) return false;
        found.project_id = TextOf(document.root(), "project_id");
        found.trace_id = TextOf(document.root(), "trace_id");
        return false;
      });
  if (!got.ok()) return got.error();
  if (found.trace_id.empty()) {
    const auto known = ReadProjects(source, std::string(project_id));
    if (!known.ok()) return known.error();
    return NotFound("No traces yet in " + source.name() + ".");
  }
  return found;
}

// Adds up what the models of a call took.
void ReadUsage(json::Value summary, TreeCall& call) {
  const json::Value usage = Member(summary, "usage");
  for (json::Value v = usage.exists() && usage.is(json::Kind::kObject)
                           ? usage.first()
                           : json::Value();
       v.exists(); v = v.next()) {
    std::optional<int64_t> tokens = IntOf(v, "total_tokens");
    if (!tokens || *tokens == 0) {
      const auto of = [&](std::string_view a, std::string_view b) {
        return IntOf(v, a).value_or(0) + IntOf(v, b).value_or(0);
      };
      tokens = of("prompt_tokens", "input_tokens") +
               of("completion_tokens", "output_tokens");
    }
    call.tokens = call.tokens.value_or(0) + *tokens;
  }
  call.cost = CostIn(summary);
}

// Calls in start order, with costs: those with `id` under `key` of the filter.
std::string BodyOf(std::string_view project_id, std::string_view key,
                   std::string_view id, bool payloads) {
  std::string list = "[";
  json::AppendQuoted(list, id);
  std::string filter = "{";
  AddRaw(filter, key, list + "]");
  filter.back() = '}';
  std::string body = "{";
  AddText(body, "project_id", project_id);
  AddRaw(body, "filter", filter);
  AddRaw(body, "include_costs", "true");
  AddRaw(body, "sort_by", R"([{"field":"started_at","direction":"asc"}])");
  if (!payloads) {
    AddRaw(body, "columns",
           R"(["id","parent_id","trace_id","op_name","display_name",)"
           R"("started_at","ended_at","exception","summary"])");
  }
  body.back() = '}';
  return body;
}

}  // namespace

Result<Found> FindTrace(Source& source, std::string_view id,
                        std::string_view project_id) {
  if (id.empty()) return Newest(source, project_id);
  Result<std::vector<Match>> got = Matches(source, id, project_id);
  if (!got.ok()) return got.error();
  std::vector<Match>& matches = got.value();
  if (matches.empty()) {
    const auto known = ReadProjects(source, std::string(project_id));
    if (!known.ok()) return known.error();
    return NotFound("No trace or call begins with '" + std::string(id) +
                    "'. `bobbin ls` shows what there is.");
  }
  const bool exact = std::ranges::any_of(
      matches, [&](const Match& match) { return match.id == id; });
  if (exact) {
    std::erase_if(matches, [&](const Match& match) { return match.id != id; });
  }
  std::set<std::pair<std::string, std::string>> traces;
  for (const Match& match : matches) {
    traces.emplace(match.found.project_id, match.found.trace_id);
  }
  if (traces.size() > 1) return Ambiguous(id, matches);
  Found found = matches.front().found;
  if (matches.size() > 1) found.call_id.clear();
  return found;
}

Status ReadLines(Source& source, const Found& found, bool payloads,
                 const Source::Take& take) {
  return source.PostLines(
      kCallsPath,
      BodyOf(found.project_id, "trace_ids", found.trace_id, payloads), take);
}

Result<TraceCall> ReadOneCall(Source& source, const Found& found) {
  std::string line;
  const Status got = source.PostLines(
      kCallsPath, BodyOf(found.project_id, "call_ids", found.call_id, true),
      [&](std::string_view one) {
        line = one;
        return false;
      });
  if (!got.ok()) return got.error();
  if (line.empty()) return NotFound("The call " + found.call_id + " is gone.");
  return ReadCall(line);
}

Result<TraceCall> ReadCall(std::string_view line) {
  json::Document document;
  // No deeper: a payload may have more values than a document has nodes.
  if (!document.Parse(line, 1).message.empty()) {
    return Internal("The answer has a line that is no JSON.");
  }
  const json::Value root = document.root();
  const json::Value summary_text = Member(root, "summary");
  json::Document summary_document;
  constexpr int kDepth = 4;  // usage.<model>.<count>
  if (summary_text.exists()) summary_document.Parse(summary_text.raw(), kDepth);
  const json::Value summary =
      summary_text.exists() ? summary_document.root() : json::Value();
  const json::Value weave = Member(summary, "weave");
  TraceCall call;
  call.json = line;
  call.op_name = TextOf(root, "op_name");
  TreeCall& tree = call.tree;
  tree.id = TextOf(root, "id");
  tree.parent_id = TextOf(root, "parent_id");
  tree.name = TextOf(root, "display_name");
  if (tree.name.empty()) tree.name = TextOf(weave, "trace_name");
  if (tree.name.empty()) tree.name = call.op_name;
  tree.status = TextOf(weave, "status");
  tree.started_us = TimeOf(root, "started_at").value_or(0);
  tree.ended_us = TimeOf(root, "ended_at");
  tree.exception = TextOf(root, "exception");
  ReadUsage(summary, tree);
  return call;
}

Result<std::vector<TraceCall>> ReadCalls(Source& source, const Found& found,
                                         bool payloads) {
  std::vector<TraceCall> calls;
  Status problem;
  const Status got =
      ReadLines(source, found, payloads, [&](std::string_view line) {
        Result<TraceCall> call = ReadCall(line);
        if (!call.ok()) problem = call.error();
        if (call.ok()) calls.push_back(std::move(call).value());
        return problem.ok();
      });
  if (!got.ok()) return got.error();
  if (!problem.ok()) return problem.error();
  if (calls.empty()) {
    return NotFound("The trace " + found.trace_id + " has no calls.");
  }
  return calls;
}

std::vector<TraceCall> Subtree(std::vector<TraceCall> calls,
                               std::string_view call_id) {
  if (call_id.empty()) return calls;
  std::unordered_map<std::string_view, std::vector<size_t>> children;
  std::vector<size_t> open;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].tree.id == call_id) {
      open.push_back(i);
    } else {
      children[calls[i].tree.parent_id].push_back(i);
    }
  }
  std::vector<bool> within(calls.size(), false);
  while (!open.empty()) {
    const size_t call = open.back();
    open.pop_back();
    if (within[call]) continue;
    within[call] = true;
    const auto below = children.find(calls[call].tree.id);
    if (below == children.end()) continue;
    open.insert(open.end(), below->second.begin(), below->second.end());
  }
  std::vector<TraceCall> kept;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (within[i]) kept.push_back(std::move(calls[i]));
  }
  return kept;
}

Totals TotalsOf(const std::vector<TraceCall>& calls) {
  // A call counts unless one above it has a usage of its own.
  std::unordered_map<std::string_view, const TreeCall*> by_id;
  for (const TraceCall& call : calls) by_id[call.tree.id] = &call.tree;
  Totals totals;
  for (const TraceCall& call : calls) {
    if (!call.tree.tokens) continue;
    bool counted = false;
    const TreeCall* above = &call.tree;
    // (As many steps as there are calls: parents may form a circle.)
    for (size_t step = 0; step < calls.size() && !counted; ++step) {
      const auto parent = by_id.find(above->parent_id);
      if (parent == by_id.end()) break;
      above = parent->second;
      counted = above->tokens.has_value() && above != &call.tree;
    }
    if (counted) continue;
    totals.tokens = totals.tokens.value_or(0) + *call.tree.tokens;
    if (call.tree.cost) {
      totals.cost = totals.cost.value_or(0) + *call.tree.cost;
    }
  }
  return totals;
}

}  // namespace bobbin::cli
