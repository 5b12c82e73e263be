// `bobbin show`: a trace as a tree, or a call and what is in it.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/display.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "cli/look_commands.h"
#include "cli/pretty.h"
#include "cli/trace_calls.h"

namespace bobbin::cli {
namespace {

constexpr int kLinesInTree = 6;  // of a value, below its call
constexpr int kLinesOfCall = 40;

// A value of the call under its name; nothing of what is empty.
void AppendValue(std::vector<std::string>& lines, json::Value value,
                 std::string_view name, const Look& look,
                 const PrettyOptions& options) {
  if (!value.exists() || value.is(json::Kind::kNull)) return;
  if (value.raw() == "{}" || value.raw() == "[]") return;
  lines.push_back(Styled(look, Style::kDim, name));
  PrettyOptions inner = options;
  inner.indent += 2;
  for (const std::string& line : PrettyJson(value.raw(), look, inner)) {
    lines.push_back("  " + line);
  }
}

constexpr std::array<std::string_view, 2> kInAndOut{"inputs", "output"};

std::vector<std::string> DetailsOf(const TraceCall& call, const Look& look,
                                   const PrettyOptions& options) {
  std::vector<std::string> lines;
  json::Document document;
  if (!document.Parse(call.json, 1).message.empty()) return lines;
  for (const std::string_view name : kInAndOut) {
    AppendValue(lines, Member(document.root(), name), name, look, options);
  }
  return lines;
}

// What `summary` says beyond what is shown of it elsewhere.
std::string UsageOf(const TraceCall& call) {
  json::Document document;
  constexpr int kDepth = 3;
  if (!document.Parse(call.json, kDepth).message.empty()) return "";
  const json::Value usage = Member(Member(document.root(), "summary"), "usage");
  return usage.exists() ? std::string(usage.raw()) : "";
}

std::string Exception(const std::string& text, const Look& look) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    out +=
        "  " + Styled(look, Style::kBad, Visible(rest.substr(0, end))) + '\n';
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return out;
}

const TraceCall& RootOf(const std::vector<TraceCall>& calls,
                        std::string_view call_id) {
  for (const TraceCall& call : calls) {
    const bool is_it =
        call_id.empty() ? call.tree.parent_id.empty() : call.tree.id == call_id;
    if (is_it) return call;
  }
  return calls.front();
}

// Of a trace as `ls` has it: a failed call below its root counts.
std::string StatusOf(const std::vector<TraceCall>& calls, const TreeCall& root,
                     bool is_trace) {
  const bool failed_below = std::ranges::any_of(
      calls, [](const TraceCall& call) { return call.tree.status == "error"; });
  return is_trace && failed_below && root.status == "success"
             ? "descendant_error"
             : root.status;
}

// `answer  ✓ success  3.42s  7 calls  1,204 tokens  $0.0123`
std::string Head(const std::vector<TraceCall>& calls, const Found& found,
                 const Look& look) {
  const TraceCall& root = RootOf(calls, found.call_id);
  const TreeCall& tree = root.tree;
  const std::string outcome = StatusOf(calls, tree, found.call_id.empty());
  const Sign sign = SignOf(outcome, look.unicode);
  std::vector<std::string> facts;
  if (tree.ended_us) {
    facts.push_back(
        DurationText(*tree.ended_us - tree.started_us, look.unicode));
  }
  if (calls.size() > 1) {
    facts.push_back(CountedText(std::ssize(calls), "call", "calls"));
  }
  const Totals totals = TotalsOf(calls);
  if (totals.tokens) {
    facts.push_back(CountedText(*totals.tokens, "token", "tokens"));
  }
  if (totals.cost) facts.push_back(MoneyText(*totals.cost));
  const std::string status = std::string(sign.mark) + " " + Visible(outcome);
  int width = 2 + DisplayWidth(status);
  for (const std::string& fact : facts) width += 2 + DisplayWidth(fact);
  // On a narrow terminal the name has a line of its own.
  const std::string name = Visible(tree.name);
  const bool fits = DisplayWidth(name) + width <= look.width;
  std::string head =
      Styled(look, Style::kBold, FitTo(name, look.width, look.unicode)) +
      (fits ? "  " : "\n") + Styled(look, sign.style, status);
  width = fits ? 0 : DisplayWidth(status);
  for (const std::string& fact : facts) {
    width += 2 + DisplayWidth(fact);
    const bool on = fits || width <= look.width;
    if (!on) width = DisplayWidth(fact);
    head += (on ? "  " : "\n") + fact;
  }
  head += '\n';
  std::string between = look.unicode ? " · " : " - ";
  const bool is_trace = found.call_id.empty();
  const std::string id = Visible(is_trace ? found.trace_id : tree.id);
  std::string what = (is_trace ? "trace " : "call ") + id;
  if (DisplayWidth(what) > look.width) what = id;
  const std::string where =
      Visible(found.project_id) + between + MomentText(tree.started_us);
  // An id is not cut.
  if (DisplayWidth(where + between + what) > look.width) between = "\n";
  head += Styled(look, Style::kDim, where + between + what) + '\n';
  return head;
}

// A call by itself: everything that is in it.
std::string CallPart(const TraceCall& call, const Look& look,
                     const PrettyOptions& options) {
  std::string out;
  if (!call.tree.exception.empty()) {
    out += "\n" + Styled(look, Style::kDim, "exception") + '\n' +
           Exception(call.tree.exception, look);
  }
  std::vector<std::string> lines;
  json::Document document;
  if (!document.Parse(call.json, 1).message.empty()) return out;
  for (const std::string_view name : {"inputs", "output", "attributes"}) {
    lines.clear();
    AppendValue(lines, Member(document.root(), name), name, look, options);
    if (!lines.empty()) out += '\n';
    for (const std::string& line : lines) out += line + '\n';
  }
  const std::string usage = UsageOf(call);
  if (!usage.empty() && usage != "{}") {
    out += "\n" + Styled(look, Style::kDim, "usage") + '\n';
    for (const std::string& line : PrettyJson(usage, look, options)) {
      out += "  " + line + '\n';
    }
  }
  return out;
}

std::string Tree(const std::vector<TraceCall>& calls, const Look& look,
                 bool details, const PrettyOptions& options) {
  std::vector<TreeCall> tree;
  tree.reserve(calls.size());
  for (const TraceCall& call : calls) tree.push_back(call.tree);
  if (!details) return RenderTree(tree, look);
  return RenderTree(tree, look, [&](size_t call, int width) {
    PrettyOptions inner = options;
    inner.indent = look.width - width;
    return DetailsOf(calls[call], look, inner);
  });
}

Result<int> Print(const ShowOptions& options, const Looking& with,
                  Found found) {
  Result<std::vector<TraceCall>> read =
      ReadCalls(with.source, found, options.inputs);
  if (!read.ok()) return read.error();
  const std::vector<TraceCall> calls =
      Subtree(std::move(read).value(), found.call_id);
  if (calls.empty()) return NotFound("The call " + found.call_id + " is gone.");
  // A root stands for its trace.
  const bool is_root = RootOf(calls, found.call_id).tree.parent_id.empty();
  if (is_root) found.call_id.clear();
  const bool one_call = !found.call_id.empty();
  PrettyOptions pretty;
  pretty.max_lines =
      options.full ? 0 : (one_call ? kLinesOfCall : kLinesInTree);
  with.out.Write(Head(calls, found, with.look));
  if (one_call) {
    const Result<TraceCall> call = ReadOneCall(with.source, found);
    if (!call.ok()) return call.error();
    with.out.Write(CallPart(call.value(), with.look, pretty));
  }
  if (!one_call || calls.size() > 1) {
    with.out.Write("\n" + Tree(calls, with.look, options.inputs, pretty));
  }
  return kExitOk;
}

// JSON lines, as the API gives them: of the trace, or from the call down.
Result<int> PrintJson(const Looking& with, const Found& found) {
  if (found.call_id.empty()) {
    const Status got = ReadLines(
        with.source, found, true,
        [&](std::string_view line) { return with.out.WriteJson(line); });
    if (!got.ok()) return got.error();
    return kExitOk;
  }
  Result<std::vector<TraceCall>> calls = ReadCalls(with.source, found, true);
  if (!calls.ok()) return calls.error();
  for (const TraceCall& call :
       Subtree(std::move(calls).value(), found.call_id)) {
    with.out.WriteJson(call.json);
  }
  return kExitOk;
}

}  // namespace

int RunShow(const ShowOptions& options) {
  return RunLooking(options, [&](const Looking& with) -> Result<int> {
    const Result<Found> found =
        FindTrace(with.source, options.id, options.filters.project);
    if (!found.ok()) return found.error();
    return with.json ? PrintJson(with, found.value())
                     : Print(options, with, found.value());
  });
}

}  // namespace bobbin::cli
