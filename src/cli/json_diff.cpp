#include "cli/json_diff.h"

#include <optional>
#include <unordered_map>

#include "cli/fields.h"
#include "json/document.h"

namespace bobbin::cli {
namespace {

using json::Kind;
using json::Value;

class Comparison {
 public:
  explicit Comparison(size_t most) : most_(most) {}

  void Compare(Value a, Value b, const std::string& path) {
    if (found_.size() >= most_) return;
    if (!a.exists() || !b.exists() || a.kind() != b.kind()) {
      Add(a, b, path);
      return;
    }
    if (a.raw() == b.raw()) return;
    switch (a.kind()) {
      case Kind::kObject:
        CompareObjects(a, b, path);
        return;
      case Kind::kArray:
        CompareArrays(a, b, path);
        return;
      case Kind::kString:
        if (a.text() != b.text()) Add(a, b, path);
        return;
      case Kind::kNull:
      case Kind::kFalse:
      case Kind::kTrue:
      case Kind::kNumber:
        Add(a, b, path);
        return;
    }
  }

  std::vector<JsonDifference> Found() { return std::move(found_); }

 private:
  static std::string Below(const std::string& path, std::string_view step) {
    return path.empty() ? std::string(step) : path + "." + std::string(step);
  }

  void Add(Value a, Value b, const std::string& path) {
    if (found_.size() >= most_) return;
    found_.push_back({path, a.exists() ? std::string(a.raw()) : "",
                      b.exists() ? std::string(b.raw()) : ""});
  }

  void CompareObjects(Value a, Value b, const std::string& path) {
    std::unordered_map<std::string_view, Value> members;
    for (Value v = b.first(); v.exists(); v = v.next()) members[v.key()] = v;
    for (Value v = a.first(); v.exists(); v = v.next()) {
      const auto other = members.find(v.key());
      Compare(v, other == members.end() ? Value() : other->second,
              Below(path, v.key()));
      if (other != members.end()) members.erase(other);
    }
    for (Value v = b.first(); v.exists(); v = v.next()) {
      if (members.contains(v.key())) Add({}, v, Below(path, v.key()));
    }
  }

  void CompareArrays(Value a, Value b, const std::string& path) {
    Value v = a.first();
    Value w = b.first();
    for (int i = 0; v.exists() || w.exists(); ++i) {
      Compare(v, w, Below(path, std::to_string(i)));
      if (v.exists()) v = v.next();
      if (w.exists()) w = w.next();
    }
  }

  const size_t most_;
  std::vector<JsonDifference> found_;
};

}  // namespace

std::vector<JsonDifference> JsonDiff(std::string_view before,
                                     std::string_view after, size_t most) {
  if (before == after) return {};
  json::Document a, b;
  const bool read = a.Parse(before, json::kMaxDepth).message.empty() &&
                    b.Parse(after, json::kMaxDepth).message.empty();
  if (!read) return {{"", std::string(before), std::string(after)}};
  Comparison comparison(most);
  comparison.Compare(a.root(), b.root(), "");
  return comparison.Found();
}

}  // namespace bobbin::cli
