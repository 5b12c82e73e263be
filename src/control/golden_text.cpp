#include "control/golden_text.h"

#include <algorithm>
#include <cstddef>

#include "json/write.h"

namespace bobbin::control {
namespace {

// A value that fits is written on one line.
constexpr size_t kLineWidth = 80;
constexpr std::string_view kMasked = "\"<masked>\"";
constexpr std::string_view kRef = "weave:///";
constexpr std::string_view kOp = "/op/";

bool IsOfId(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

class Writer {
 public:
  explicit Writer(const GoldenRules& rules) : rules_(rules) {}

  void Begin(std::string_view field) { path_.emplace_back(field); }

  void Append(std::string& out, json::Value value, int indent) {
    if (IsMasked() && !value.is(json::Kind::kNull)) {
      out += kMasked;
      return;
    }
    const bool is_object = value.is(json::Kind::kObject);
    if (!is_object && !value.is(json::Kind::kArray)) {
      AppendScalar(out, value);
      return;
    }
    if (indent < 0 || !AppendOnOneLine(out, value, indent)) {
      AppendMembers(out, value, indent);
    }
  }

 private:
  bool IsMasked() const {
    return std::ranges::any_of(rules_.masks, [&](const json::Path& mask) {
      return std::ranges::equal(
          mask, path_, [](const json::PathPart& part, const std::string& step) {
            return part.name == "*" || part.name == step;
          });
    });
  }

  void AppendScalar(std::string& out, json::Value value) const {
    if (value.is(json::Kind::kString)) {
      json::AppendQuoted(out, Replaced(value.text()));
    } else {
      out += value.raw();
    }
  }

  // False, and nothing appended, if the value does not fit.
  bool AppendOnOneLine(std::string& out, json::Value value, int indent) {
    if (value.raw().size() > 8 * kLineWidth) return false;  // why try
    std::string line;
    AppendMembers(line, value, -1);
    if (line.size() + static_cast<size_t>(indent) > kLineWidth) return false;
    out += line;
    return true;
  }

  // On one line if `indent` is below 0.
  void AppendMembers(std::string& out, json::Value value, int indent) {
    struct Member {
      std::string_view key;
      json::Value value;
    };
    const bool is_object = value.is(json::Kind::kObject);
    std::vector<Member> members;
    for (json::Value v = value.first(); v.exists(); v = v.next()) {
      members.push_back({is_object ? v.key() : std::string_view(), v});
    }
    if (is_object) std::ranges::stable_sort(members, {}, &Member::key);
    const int inner = indent < 0 ? indent : indent + 2;
    const auto new_line = [&](int blanks) {
      if (indent >= 0) (out += '\n').append(static_cast<size_t>(blanks), ' ');
    };
    out += is_object ? '{' : '[';
    for (size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += indent < 0 ? ", " : ",";
      new_line(inner);
      path_.emplace_back(is_object ? std::string(members[i].key)
                                   : std::to_string(i));
      if (is_object) {
        json::AppendQuoted(out, Replaced(members[i].key));
        out += ": ";
      }
      Append(out, members[i].value, inner);
      path_.pop_back();
    }
    if (!members.empty()) new_line(indent);
    out += is_object ? '}' : ']';
  }

  // `text` with names in place of ids, and of what else differs from run to
  // run in a ref.
  std::string Replaced(std::string_view text) const {
    std::string out;
    out.reserve(text.size());
    if (text.starts_with(kRef)) {
      out += kRef;
      text.remove_prefix(kRef.size());
      AppendProject(out, text);
      AppendOp(out, text);
    }
    while (!text.empty()) {
      const auto* const end = std::ranges::find_if_not(text, IsOfId);
      const auto size = static_cast<size_t>(end - text.begin());
      AppendWord(out, text.substr(0, size));
      text.remove_prefix(size);
      if (text.empty()) break;
      out += text.front();
      text.remove_prefix(1);
    }
    return out;
  }

  void AppendWord(std::string& out, std::string_view word) const {
    const auto id = rules_.ids.find(word);
    if (id == rules_.ids.end()) {
      out += word;
    } else {
      out += id->second;
    }
  }

  void AppendProject(std::string& out, std::string_view& rest) const {
    const std::string_view project = rules_.project_id;
    if (!rest.starts_with(project) ||
        !rest.substr(project.size()).starts_with('/')) {
      return;
    }
    out += "{project}";
    rest.remove_prefix(project.size());
  }

  // `/op/name:*` for any digest.
  void AppendOp(std::string& out, std::string_view& rest) const {
    const size_t op = rest.find(kOp);
    if (rules_.keep_op_digests || op == std::string_view::npos) return;
    const size_t colon = rest.find(':', op);
    if (colon == std::string_view::npos) return;
    const size_t end = std::min(rest.find('/', colon), rest.size());
    out.append(rest.substr(0, colon)).append(":*");
    rest.remove_prefix(end);
  }

  const GoldenRules& rules_;
  std::vector<std::string> path_;
};

}  // namespace

void AppendGolden(std::string& out, const GoldenRules& rules,
                  std::string_view name, json::Value value, int indent) {
  Writer writer(rules);
  writer.Begin(name);
  writer.Append(out, value, indent);
}

}  // namespace bobbin::control
