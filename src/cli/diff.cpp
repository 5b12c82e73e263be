// `bobbin diff`: what is different in another run.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "base/display.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "cli/json_diff.h"
#include "cli/look_commands.h"
#include "cli/trace_diff.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

constexpr size_t kShown = 5;  // differences of one call
constexpr size_t kCounted = 1000;

struct Side {
  Found found;
  std::vector<TraceCall> calls;
};

Result<Side> ReadSide(Source& source, const std::string& id,
                      const std::string& project) {
  Side side;
  Result<Found> found = FindTrace(source, id, project);
  if (!found.ok()) return found.error();
  side.found = std::move(found).value();
  Result<std::vector<TraceCall>> calls = ReadCalls(source, side.found, true);
  if (!calls.ok()) return calls.error();
  side.calls = Subtree(std::move(calls).value(), side.found.call_id);
  return side;
}

// Where the inputs and the output of two calls differ.
std::vector<JsonDifference> DifferencesOf(const TraceCall& a,
                                          const TraceCall& b, size_t most) {
  std::vector<JsonDifference> all;
  json::Document before, after;
  if (!before.Parse(a.json, 1).message.empty() ||
      !after.Parse(b.json, 1).message.empty()) {
    return all;
  }
  for (const std::string_view part : {"inputs", "output"}) {
    const json::Value x = Member(before.root(), part);
    const json::Value y = Member(after.root(), part);
    for (JsonDifference& found :
         JsonDiff(x.exists() ? x.raw() : "null", y.exists() ? y.raw() : "null",
                  most - all.size())) {
      found.path =
          std::string(part) + (found.path.empty() ? "" : "." + found.path);
      all.push_back(std::move(found));
    }
  }
  const std::string_view was = a.tree.exception;
  const std::string_view is = b.tree.exception;
  if (was != is && all.size() < most) {
    JsonDifference& failure = all.emplace_back();
    failure.path = "exception";
    if (!was.empty()) json::AppendQuoted(failure.before, was);
    if (!is.empty()) json::AppendQuoted(failure.after, is);
  }
  return all;
}

std::optional<int64_t> LatencyOf(const TreeCall& call) {
  if (!call.ended_us) return std::nullopt;
  return *call.ended_us - call.started_us;
}

// +34%, -7%; nothing for what is alike.
std::string Change(double before, double after) {
  if (before <= 0) return "";
  const double percent = std::round((after - before) / before * 100);
  if (percent == 0) return "";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.0f%%", percent);
  return text.data();
}

class Report {
 public:
  Report(const DiffOptions& options, const Looking& with, const Side& a,
         const Side& b)
      : options_(options), with_(with), look_(with.look), a_(a), b_(b) {}

  void Print() {
    with_.out.Write(Head('-', a_) + Head('+', b_) + '\n');
    size_t same = 0;
    size_t others = 0;
    for (const CallPair& pair : PairCalls(a_.calls, b_.calls)) {
      const bool differs = Line(pair);
      ++(differs ? others : same);
    }
    const std::string sum =
        CountText(static_cast<int64_t>(others)) + " different, " +
        CountText(static_cast<int64_t>(same)) + " alike in inputs and output";
    with_.out.Write(
        '\n' +
        Styled(look_, Style::kDim, FitTo(sum, look_.width, look_.unicode)) +
        '\n');
  }

  void PrintJson() {
    for (const CallPair& pair : PairCalls(a_.calls, b_.calls)) Json(pair);
  }

 private:
  static const TreeCall& RootOf(const Side& side) {
    for (const TraceCall& call : side.calls) {
      const bool is_it = side.found.call_id.empty()
                             ? call.tree.parent_id.empty()
                             : call.tree.id == side.found.call_id;
      if (is_it) return call.tree;
    }
    return side.calls.front().tree;
  }

  std::string Head(char mark, const Side& side) const {
    const TreeCall& root = RootOf(side);
    constexpr int kAround = 4;
    const std::string between = look_.unicode ? " · " : " - ";
    const std::string name = FitTo(
        Visible(root.name), std::max(look_.width / 2, kAround), look_.unicode);
    const std::string id = Visible(root.id);
    std::string more = MomentText(root.started_us) + between +
                       CountedText(std::ssize(side.calls), "call", "calls") +
                       between + id;
    const int room =
        std::max(look_.width - DisplayWidth(name) - kAround, kAround);
    // The id tells them apart.
    if (DisplayWidth(more) > room) more = id;
    return Styled(look_, mark == '-' ? Style::kBad : Style::kGood,
                  std::string(1, mark)) +
           " " + Styled(look_, Style::kBold, name) + "  " +
           Styled(look_, Style::kDim, FitTo(more, room, look_.unicode)) + '\n';
  }

  static std::string Both(const std::string& before, const std::string& after,
                          const Look& look) {
    if (before == after) return before;
    return before + (look.unicode ? " → " : " -> ") + after;
  }

  // `name` as wide as `rest` leaves room for behind `indent`.
  std::string NameBeside(const std::string& name, const std::string& indent,
                         const std::string& rest) const {
    constexpr int kMarkAndGap = 4;
    constexpr int kLeast = 8;
    const int used =
        kMarkAndGap + static_cast<int>(indent.size()) + DisplayWidth(rest);
    return FitTo(name, std::max(look_.width - used, kLeast), look_.unicode);
  }

  static std::string Times(const TreeCall& a, const TreeCall& b,
                           const Look& look) {
    const auto text = [&](const std::optional<int64_t>& us) {
      return us ? DurationText(*us, look.unicode) : std::string("running");
    };
    const auto before = LatencyOf(a);
    const auto after = LatencyOf(b);
    std::string out = Both(text(before), text(after), look);
    const std::string change =
        before && after
            ? Change(static_cast<double>(*before), static_cast<double>(*after))
            : "";
    if (!change.empty()) {
      out += " " + Styled(look, change[0] == '+' ? Style::kBusy : Style::kGood,
                          change);
    }
    if (a.tokens || b.tokens) {
      const auto count = [&](const TreeCall& call) {
        if (call.tokens) return CountText(*call.tokens);
        return std::string(look.unicode ? "–" : "-");
      };
      out += "  " + Tokens(Both(count(a), count(b), look));
    }
    return out;
  }

  static std::string Tokens(const std::string& count) {
    return count + (count == "1" ? " token" : " tokens");
  }

  std::string Indent(int depth) const {
    constexpr int kDeepest = 20;
    return std::string(static_cast<size_t>(2 * std::min(depth, kDeepest)), ' ');
  }

  // Returns whether there is a difference.
  bool Line(const CallPair& pair) {
    if (!pair.before || !pair.after) {
      const bool gone = pair.before.has_value();
      const TreeCall& call =
          gone ? a_.calls[*pair.before].tree : b_.calls[*pair.after].tree;
      const auto us = LatencyOf(call);
      const std::string facts =
          (us ? DurationText(*us, look_.unicode) : "running") +
          (call.tokens ? "  " + Tokens(CountText(*call.tokens)) : "");
      const std::string text =
          std::string(gone ? "- " : "+ ") + Indent(pair.depth) +
          NameBeside(Visible(call.name), Indent(pair.depth), facts) + "  " +
          facts;
      with_.out.Write(Styled(look_, gone ? Style::kBad : Style::kGood, text) +
                      '\n');
      return true;
    }
    const TraceCall& a = a_.calls[*pair.before];
    const TraceCall& b = b_.calls[*pair.after];
    const std::vector<JsonDifference> differences =
        DifferencesOf(a, b, kCounted);
    const std::string indent = Indent(pair.depth);
    Look plain = look_;
    plain.color = false;
    with_.out.Write(
        Styled(look_, Style::kBusy, differences.empty() ? "  " : "~ ") +
        indent +
        NameBeside(Both(Visible(a.tree.name), Visible(b.tree.name), look_),
                   indent, Times(a.tree, b.tree, plain)) +
        "  " + Times(a.tree, b.tree, look_) + '\n');
    const size_t shown = options_.full ? differences.size()
                                       : std::min(kShown, differences.size());
    for (size_t i = 0; i < shown; ++i) {
      Difference(differences[i], indent + "    ");
    }
    if (shown < differences.size()) {
      with_.out.Write(Styled(look_, Style::kDim,
                             indent + "    " +
                                 CountText(static_cast<int64_t>(
                                     differences.size() - shown)) +
                                 " more; --full") +
                      '\n');
    }
    return !differences.empty();
  }

  void Difference(const JsonDifference& difference, const std::string& indent) {
    const auto cut = [&](const std::string& json, size_t used) {
      std::string text = Visible(json);
      if (options_.full) return text;
      return FitTo(text, std::max(look_.width - static_cast<int>(used), 20),
                   look_.unicode);
    };
    with_.out.Write(
        indent +
        Styled(look_, Style::kName,
               FitTo(Visible(difference.path),
                     std::max(look_.width - static_cast<int>(indent.size()), 8),
                     look_.unicode)) +
        '\n');
    const size_t used = indent.size() + 4;
    if (!difference.before.empty()) {
      with_.out.Write(
          indent + "  " +
          Styled(look_, Style::kBad, "- " + cut(difference.before, used)) +
          '\n');
    }
    if (!difference.after.empty()) {
      with_.out.Write(
          indent + "  " +
          Styled(look_, Style::kGood, "+ " + cut(difference.after, used)) +
          '\n');
    }
  }

  bool Json(const CallPair& pair) {
    std::vector<JsonDifference> differences;
    const TreeCall* a = pair.before ? &a_.calls[*pair.before].tree : nullptr;
    const TreeCall* b = pair.after ? &b_.calls[*pair.after].tree : nullptr;
    if (a != nullptr && b != nullptr) {
      differences = DifferencesOf(a_.calls[*pair.before], b_.calls[*pair.after],
                                  kCounted);
    }
    const char* change = a == nullptr          ? "added"
                         : b == nullptr        ? "removed"
                         : differences.empty() ? "same"
                                               : "changed";
    std::string line = "{";
    AddText(line, "change", change);
    AddText(line, "name", b != nullptr ? b->name : a->name);
    AddRaw(line, "depth", std::to_string(pair.depth));
    AddSide(line, "a", a);
    AddSide(line, "b", b);
    std::string list = "[";
    for (const JsonDifference& difference : differences) {
      if (list.size() > 1) list += ',';
      list += '{';
      AddText(list, "path", difference.path);
      AddRaw(list, "a", difference.before.empty() ? "null" : difference.before);
      AddRaw(list, "b", difference.after.empty() ? "null" : difference.after);
      list.back() = '}';
    }
    AddRaw(line, "differences", list + "]");
    line.back() = '}';
    with_.out.WriteJson(line);
    return a == nullptr || b == nullptr || !differences.empty();
  }

  static void AddSide(std::string& line, std::string_view key,
                      const TreeCall* call) {
    if (call == nullptr) {
      AddRaw(line, key, "null");
      return;
    }
    std::string side = "{";
    AddText(side, "id", call->id);
    AddText(side, "status", call->status);
    const auto us = LatencyOf(*call);
    constexpr int64_t kUsPerMs = 1000;
    AddRaw(side, "latency_ms", us ? std::to_string(*us / kUsPerMs) : "null");
    AddRaw(side, "total_tokens",
           call->tokens ? std::to_string(*call->tokens) : "null");
    side.back() = '}';
    AddRaw(line, key, side);
  }

  const DiffOptions& options_;
  const Looking& with_;
  const Look& look_;
  const Side& a_;
  const Side& b_;
};

}  // namespace

int RunDiff(const DiffOptions& options) {
  return RunLooking(options, [&](const Looking& with) -> Result<int> {
    const std::string& project = options.filters.project;
    const Result<Side> a = ReadSide(with.source, options.first, project);
    if (!a.ok()) return a.error();
    const Result<Side> b = ReadSide(with.source, options.second, project);
    if (!b.ok()) return b.error();
    Report report(options, with, a.value(), b.value());
    if (with.json) {
      report.PrintJson();
    } else {
      report.Print();
    }
    return kExitOk;
  });
}

}  // namespace bobbin::cli
