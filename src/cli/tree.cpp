#include "cli/tree.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/display.h"
#include "base/reason.h"
#include "cli/format.h"

namespace bobbin::cli {
namespace {

constexpr int kNarrowForBars = 60;
constexpr int kWidestBar = 40;
constexpr int kLeastLabel = 12;
constexpr int kEighths = 8;
constexpr std::array<std::string_view, kEighths> kPartBlocks{
    "", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

struct Strokes {
  std::string_view branch, last, line, blank;
};
constexpr Strokes kLines{"├╴", "└╴", "│ ", "  "};
constexpr Strokes kAscii{"|-", "`-", "| ", "  "};

// A call's line in the tree. One that hangs so deep that its strokes give way
// to its name (Painter::Strokes) has none.
struct TreeLine {
  size_t call = 0;
  int depth = 0;
  std::string before;  // the strokes in front of its mark
  std::string below;   // those in front of what belongs to it
};

// Whether there is room for the strokes of a call of that depth.
bool HasStrokes(int depth, const Look& look) {
  constexpr int kCellsEach = 4;  // two are theirs, as many are for the name
  return depth <= look.width / kCellsEach;
}

using Children = std::vector<std::vector<size_t>>;

// Walks the tree from the top, without recursion: traces can be deep.
class Walk {
 public:
  Walk(std::span<const TreeCall> calls, const Look& look)
      : calls_(calls),
        look_(look),
        strokes_(look.unicode ? kLines : kAscii),
        children_(calls.size()),
        seen_(calls.size(), false) {}

  std::vector<TreeLine> Lines() {
    Sort();
    std::vector<size_t> order(calls_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    for (const size_t root : roots_) Descend(root);
    // What is left hangs in a circle.
    for (const size_t call : order) {
      if (!seen_[call]) Descend(call);
    }
    return std::move(lines_);
  }

 private:
  void Sort() {
    std::unordered_map<std::string_view, size_t> by_id;
    for (size_t i = 0; i < calls_.size(); ++i) by_id[calls_[i].id] = i;
    for (size_t i = 0; i < calls_.size(); ++i) {
      const auto parent = by_id.find(calls_[i].parent_id);
      const bool is_root = calls_[i].parent_id.empty() ||
                           parent == by_id.end() || parent->second == i;
      (is_root ? roots_ : children_[parent->second]).push_back(i);
    }
    const auto earlier = [this](size_t a, size_t b) {
      if (calls_[a].started_us != calls_[b].started_us) {
        return calls_[a].started_us < calls_[b].started_us;
      }
      return calls_[a].id < calls_[b].id;
    };
    std::ranges::sort(roots_, earlier);
    for (std::vector<size_t>& group : children_) {
      std::ranges::sort(group, earlier);
    }
  }

  void Descend(size_t root) {
    std::vector<TreeLine> open;
    if (!seen_[root]) open.push_back({root, 0, "", ""});
    while (!open.empty()) {
      TreeLine line = std::move(open.back());
      open.pop_back();
      if (seen_[line.call]) continue;
      seen_[line.call] = true;
      const std::vector<size_t>& below = children_[line.call];
      const int depth = line.depth + 1;
      const bool drawn = HasStrokes(depth, look_);
      for (size_t i = below.size(); i-- > 0;) {
        TreeLine& child = open.emplace_back(TreeLine{below[i], depth, "", ""});
        if (!drawn) continue;
        const bool last = i + 1 == below.size();
        child.before = child.below = line.below;
        child.before += last ? strokes_.last : strokes_.branch;
        child.below += last ? strokes_.blank : strokes_.line;
      }
      if (drawn) line.below += below.empty() ? strokes_.blank : strokes_.line;
      lines_.push_back(std::move(line));
    }
  }

  std::span<const TreeCall> calls_;
  const Look& look_;
  const Strokes& strokes_;
  Children children_;
  std::vector<size_t> roots_;
  std::vector<bool> seen_;
  std::vector<TreeLine> lines_;
};

// The time from the first start to the last end.
struct Axis {
  int64_t begin_us = 0;
  int64_t end_us = 1;

  explicit Axis(std::span<const TreeCall> calls) {
    if (calls.empty()) return;
    begin_us = end_us = calls.front().started_us;
    for (const TreeCall& call : calls) {
      begin_us = std::min(begin_us, call.started_us);
      end_us = std::max(
          {end_us, call.started_us, call.ended_us.value_or(call.started_us)});
    }
    end_us = std::max(end_us, begin_us + 1);
  }

  // Where a moment is, in so many steps from left to right.
  int Position(int64_t us, int steps) const {
    const double part = static_cast<double>(us - begin_us) /
                        static_cast<double>(end_us - begin_us);
    return static_cast<int>(std::clamp(part, 0.0, 1.0) * steps);
  }
};

std::string Repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// `width` cells with a bar in them, without colour codes.
std::string Bar(const TreeCall& call, const Axis& axis, int width,
                bool unicode) {
  const int64_t end_us = call.ended_us.value_or(axis.end_us);
  const int first = std::min(axis.Position(call.started_us, width), width - 1);
  const int begin = first * kEighths;
  const int end = std::max(axis.Position(end_us, width * kEighths), begin + 1);
  const int whole = (end - begin) / kEighths;
  const int part = (end - begin) % kEighths;
  std::string bar(static_cast<size_t>(first), ' ');
  int used = first + whole;
  if (unicode) {
    bar += Repeated("█", whole);
    bar += kPartBlocks[static_cast<size_t>(part)];
  } else {
    bar += Repeated("=", whole + (part > 0 ? 1 : 0));
  }
  if (part > 0) ++used;
  return bar + std::string(static_cast<size_t>(std::max(0, width - used)), ' ');
}

// What stands in a line behind the label.
struct Facts {
  std::string duration, tokens, cost;
};

Facts FactsOf(const TreeCall& call, const Look& look) {
  Facts facts;
  if (call.ended_us) {
    facts.duration =
        DurationText(*call.ended_us - call.started_us, look.unicode);
  } else {
    facts.duration = "running";
  }
  if (call.tokens) facts.tokens = CountText(*call.tokens);
  if (call.cost) facts.cost = MoneyText(*call.cost);
  return facts;
}

struct Layout {
  int label = 0, bar = 0, duration = 0, tokens = 0, cost = 0;
};

class Painter {
 public:
  Painter(std::span<const TreeCall> calls, const Look& look,
          const Details& details)
      : calls_(calls), look_(look), details_(details), axis_(calls) {}

  std::string Paint(const std::vector<TreeLine>& lines) {
    Measure(lines);
    std::string out;
    for (const TreeLine& line : lines) Append(out, line);
    return out;
  }

 private:
  static int Wider(int width, const std::string& text) {
    return std::max(width, DisplayWidth(text));
  }

  // The strokes of a call that hangs very deep give way to its name.
  std::string Strokes(const std::string& strokes, int depth) const {
    if (HasStrokes(depth, look_)) return strokes;
    const std::string mark = look_.unicode ? "┆" : ":";
    return mark + std::to_string(depth) + " ";
  }

  std::string Label(const TreeLine& line) const {
    const TreeCall& call = calls_[line.call];
    return Strokes(line.before, line.depth) +
           std::string(SignOf(call.status, look_.unicode).mark) + " " +
           Visible(call.name);
  }

  void Measure(const std::vector<TreeLine>& lines) {
    for (const TreeLine& line : lines) {
      const Facts facts = FactsOf(calls_[line.call], look_);
      layout_.label = Wider(layout_.label, Label(line));
      layout_.duration = Wider(layout_.duration, facts.duration);
      layout_.tokens = Wider(layout_.tokens, facts.tokens);
      layout_.cost = Wider(layout_.cost, facts.cost);
    }
    int rest = look_.width - layout_.duration - 2;
    if (layout_.tokens > 0) rest -= layout_.tokens + 2;
    if (layout_.cost > 0) rest -= layout_.cost + 2;
    if (look_.width >= kNarrowForBars) {
      const int at_least = std::min(rest / 3, kWidestBar);
      layout_.bar = std::clamp(rest - layout_.label - 2, at_least, kWidestBar);
      rest -= layout_.bar + 2;
    }
    layout_.label = std::min(layout_.label, std::max(rest, kLeastLabel));
  }

  void Append(std::string& out, const TreeLine& place) const {
    const TreeCall& call = calls_[place.call];
    const Facts facts = FactsOf(call, look_);
    const Sign sign = SignOf(call.status, look_.unicode);
    const bool failed = sign.style == Style::kBad;
    const std::string strokes = Strokes(place.before, place.depth);
    const int room = layout_.label - DisplayWidth(strokes) - 2;
    const std::string name =
        FitTo(Visible(call.name), std::max(room, 1), look_.unicode);
    std::string line =
        Styled(look_, Style::kDim, strokes) +
        Styled(look_, sign.style, sign.mark) + " " +
        Styled(look_, failed ? Style::kBad : Style::kPlain, name) +
        Blanks(room - DisplayWidth(name));
    if (layout_.bar > 0) {
      const Style style =
          sign.style == Style::kGood ? Style::kName : sign.style;
      line += "  " + Styled(look_, style,
                            Bar(call, axis_, layout_.bar, look_.unicode));
    }
    line += Right(facts.duration, layout_.duration, Style::kPlain);
    line += Right(facts.tokens, layout_.tokens, Style::kDim);
    line += Right(facts.cost, layout_.cost, Style::kDim);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
    const std::string before = Strokes(place.below, place.depth + 1);
    if (!call.exception.empty()) {
      const std::string text =
          FitTo(Visible(ReasonIn(call.exception)),
                look_.width - DisplayWidth(before), look_.unicode);
      out += Styled(look_, Style::kDim, before) +
             Styled(look_, Style::kBad, text) + '\n';
    }
    if (!details_) return;
    const int width = look_.width - DisplayWidth(before);
    for (const std::string& detail : details_(place.call, width)) {
      out += Styled(look_, Style::kDim, before) + detail + '\n';
    }
  }

  static std::string Blanks(int count) {
    return std::string(static_cast<size_t>(std::max(count, 0)), ' ');
  }

  std::string Right(const std::string& text, int width, Style style) const {
    if (width == 0) return "";
    return "  " + Blanks(width - DisplayWidth(text)) +
           Styled(look_, style, text);
  }

  std::span<const TreeCall> calls_;
  const Look& look_;
  const Details& details_;
  const Axis axis_;
  Layout layout_;
};

}  // namespace

std::string RenderTree(std::span<const TreeCall> calls, const Look& look,
                       const Details& details) {
  const std::vector<TreeLine> lines = Walk(calls, look).Lines();
  return Painter(calls, look, details).Paint(lines);
}

}  // namespace bobbin::cli
