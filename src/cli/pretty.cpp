#include "cli/pretty.h"

#include <algorithm>

#include "base/display.h"
#include "json/document.h"

namespace bobbin::cli {
namespace {

constexpr int kStep = 2;

class Printer {
 public:
  Printer(const Look& look, const PrettyOptions& options)
      : look_(look), options_(options) {}

  std::vector<std::string> Print(json::Value value) {
    Append(value, "", "", 0);
    const size_t most = static_cast<size_t>(std::max(options_.max_lines, 0));
    if (most > 0 && lines_.size() > most + 1) {
      const size_t more = lines_.size() - most;
      lines_.resize(most);
      lines_.push_back(Styled(look_, Style::kDim,
                              std::string(look_.unicode ? "… " : "... ") +
                                  std::to_string(more) + " more lines"));
    }
    return std::move(lines_);
  }

 private:
  static bool HasChildren(json::Value value) { return value.first().exists(); }

  // Two numbers or more, and nothing else.
  static bool IsVector(json::Value value) {
    if (!value.is(json::Kind::kArray)) return false;
    size_t count = 0;
    for (json::Value v = value.first(); v.exists(); v = v.next()) {
      if (!v.is(json::Kind::kNumber)) return false;
      ++count;
    }
    return count > 1;
  }

  void AppendVector(json::Value value, const std::string& label, int depth) {
    std::string text = "[";
    for (json::Value v = value.first(); v.exists(); v = v.next()) {
      if (text.size() > 1) text += ", ";
      text += v.raw();
      constexpr size_t kWidest = 2000;
      if (options_.max_lines > 0 && text.size() > kWidest) break;
    }
    Line(label, Style::kName, text + ']', Style::kBusy, depth);
  }

  // Enough lines: the rest would not be shown.
  bool Full() const {
    constexpr size_t kCounted = 100'000;
    return options_.max_lines > 0 && lines_.size() > kCounted;
  }

  void Line(std::string_view key, Style key_style, const std::string& text,
            Style style, int depth) {
    const std::string gap(static_cast<size_t>(depth * kStep), ' ');
    std::string shown_key = Visible(key);
    std::string shown = Visible(text);
    if (options_.max_lines > 0) {
      const int room = look_.width - options_.indent - depth * kStep;
      shown_key = FitTo(shown_key, std::max(room, 8), look_.unicode);
      shown = FitTo(shown, std::max(room - DisplayWidth(shown_key), 8),
                    look_.unicode);
    }
    lines_.push_back(gap + Styled(look_, key_style, shown_key) +
                     Styled(look_, style, shown));
  }

  void AppendText(std::string_view text, const std::string& label, int depth) {
    if (text.find('\n') == std::string_view::npos) {
      const bool blank = text.empty() || text.front() == ' ';
      Line(label, Style::kName,
           blank ? '"' + std::string(text) + '"' : std::string(text),
           Style::kPlain, depth);
      return;
    }
    const int below = label.empty() ? depth : depth + 1;
    if (!label.empty()) Line(label, Style::kName, "", Style::kPlain, depth);
    while (!text.empty() && !Full()) {
      const size_t end = text.find('\n');
      Line("", Style::kPlain, std::string(text.substr(0, end)), Style::kPlain,
           below);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }

  // `label` is "key: ", "- " or both.
  void Append(json::Value value, const std::string& key,
              const std::string& dash, int depth) {
    if (Full()) return;
    const std::string label = key.empty() ? dash : dash + key + ": ";
    switch (value.kind()) {
      case json::Kind::kString:
        AppendText(value.text(), label, depth);
        return;
      case json::Kind::kObject:
      case json::Kind::kArray:
        if (IsVector(value)) {
          AppendVector(value, label, depth);
          return;
        }
        if (HasChildren(value)) {
          AppendChildren(value, key, dash, depth);
          return;
        }
        Line(label, Style::kName, std::string(value.raw()), Style::kDim, depth);
        return;
      case json::Kind::kNull:
        Line(label, Style::kName, "null", Style::kDim, depth);
        return;
      case json::Kind::kFalse:
      case json::Kind::kTrue:
      case json::Kind::kNumber:
        Line(label, Style::kName, std::string(value.raw()), Style::kBusy,
             depth);
        return;
    }
  }

  // An element of a list that is an object begins in the line of its dash.
  void AppendChildren(json::Value value, const std::string& key,
                      const std::string& dash, int depth) {
    const bool is_list = value.is(json::Kind::kArray);
    std::string pending = dash;
    if (!key.empty()) {
      Line(dash + key + ":", Style::kName, "", Style::kPlain, depth);
      pending.clear();
      depth += dash.empty() ? 1 : 2;
    } else if (!dash.empty() && is_list) {
      Line(dash, Style::kName, "", Style::kPlain, depth);
      pending.clear();
      ++depth;
    }
    bool first = true;
    for (json::Value v = value.first(); v.exists(); v = v.next()) {
      const bool in_line = first && !pending.empty();
      const int own = pending.empty() || in_line ? depth : depth + 1;
      if (is_list) {
        Append(v, "", "- ", own);
      } else {
        Append(v, std::string(v.key()), in_line ? pending : "", own);
      }
      first = false;
    }
  }

  const Look& look_;
  const PrettyOptions& options_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> PrettyJson(std::string_view json, const Look& look,
                                    const PrettyOptions& options) {
  json::Document document;
  if (!document.Parse(json, json::kMaxDepth).message.empty()) {
    return {Visible(json)};
  }
  return Printer(look, options).Print(document.root());
}

}  // namespace bobbin::cli
