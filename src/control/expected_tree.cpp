#include "control/expected_tree.h"

#include <algorithm>
#include <utility>

namespace bobbin::control {
namespace {

using json::Value;

constexpr std::array<std::string_view, kExpectedFields> kFieldNames{
    "op", "display_name", "inputs", "output", "exception", "attributes"};

Result<bool> ReadFlag(Value value, const std::string& path) {
  if (value.is(json::Kind::kTrue)) return true;
  if (value.is(json::Kind::kFalse)) return false;
  return Invalid(path + ": It is true or false.");
}

// What a person would call it.
std::string LabelOf(const ExpectedCall& call) {
  const auto text = [&call](ExpectedField field) -> const std::string* {
    return call.fields[field] ? call.fields[field]->text() : nullptr;
  };
  if (text(kOp) != nullptr) return *text(kOp);
  if (text(kDisplayName) != nullptr) return *text(kDisplayName);
  if (call.fields[kOp]) return call.fields[kOp]->json();
  return "call";
}

class Reader {
 public:
  Result<std::vector<ExpectedCall>> List(Value list, const std::string& at,
                                         const TreeOptions& options) {
    if (!list.is(json::Kind::kArray)) {
      return Invalid(at + ": It is a list of calls.");
    }
    std::vector<ExpectedCall> calls;
    for (Value v = list.first(); v.exists(); v = v.next()) {
      Result<ExpectedCall> call =
          Call(v, at + "[" + std::to_string(calls.size()) + "]", options);
      if (!call.ok()) return call.error();
      calls.push_back(std::move(call).value());
    }
    Status status = Number(calls, at, options);
    if (!status.ok()) return std::move(status).error();
    return calls;
  }

  Result<ExpectedCall> Call(Value value, const std::string& at,
                            TreeOptions options) {
    if (!value.is(json::Kind::kObject)) {
      return Invalid(at + ": A call is an object.");
    }
    ExpectedCall call;
    call.json = value.raw();
    call.at = at;
    Value children;
    for (Value v = value.first(); v.exists(); v = v.next()) {
      if (v.key() == "children") children = v;
      Status status = Member(v, call, options);
      if (!status.ok()) return std::move(status).error();
    }
    call.exact = options.exact;
    call.any_order = options.any_order;
    call.label = LabelOf(call);
    call.claims = call.own_claims;
    if (children.exists()) {
      Result<std::vector<ExpectedCall>> list =
          List(children, at + ".children", options);
      if (!list.ok()) return list.error();
      call.children = std::move(list).value();
    }
    for (const ExpectedCall& child : call.children) {
      call.claims += child.claims;
    }
    call.claims = std::max<int64_t>(call.claims, 1);
    return call;
  }

 private:
  // Reads what is not about other calls.
  static Status Member(Value value, ExpectedCall& call, TreeOptions& options) {
    const std::string_view name = value.key();
    const std::string at = call.at + "." + std::string(name);
    if (name == "children") return {};
    if (name == "exact" || name == "any_order") {
      const Result<bool> flag = ReadFlag(value, at);
      if (!flag.ok()) return flag.error();
      (name == "exact" ? options.exact : options.any_order) = flag.value();
      return {};
    }
    const auto* const field = std::ranges::find(kFieldNames, name);
    if (field == kFieldNames.end()) {
      return Invalid(at +
                     ": Of a call there may be op, display_name, inputs, "
                     "output, exception, attributes, children, exact and "
                     "any_order.");
    }
    Result<ValuePattern> pattern = ValuePattern::Read(value, at);
    if (!pattern.ok()) return pattern.error();
    call.own_claims += pattern.value().claims();
    call.fields[static_cast<size_t>(field - kFieldNames.begin())] =
        std::move(pattern).value();
    return {};
  }

  // Tells those of one name apart, for a person.
  static Status Number(std::vector<ExpectedCall>& calls, const std::string& at,
                       const TreeOptions& options) {
    if (options.any_order && calls.size() > kMostUnordered) {
      return Invalid(at + ": At most " + std::to_string(kMostUnordered) +
                     " siblings may come in any order.");
    }
    std::vector<std::string> labels;
    labels.reserve(calls.size());
    for (const ExpectedCall& call : calls) labels.push_back(call.label);
    for (size_t i = 0; i < calls.size(); ++i) {
      if (std::ranges::count(labels, labels[i]) == 1) continue;
      const auto before = labels.begin() + static_cast<ptrdiff_t>(i);
      calls[i].label +=
          " #" +
          std::to_string(std::count(labels.begin(), before, labels[i]) + 1);
    }
    return {};
  }
};

}  // namespace

std::string_view FieldName(size_t field) { return kFieldNames.at(field); }

Result<ExpectedTree> ReadExpected(Value expected, const TreeOptions& options) {
  ExpectedTree tree;
  tree.options = options;
  if (expected.is(json::Kind::kObject)) {
    Result<ExpectedCall> root = Reader().Call(expected, "expect", options);
    if (!root.ok()) return root.error();
    tree.roots.push_back(std::move(root).value());
    return tree;
  }
  Result<std::vector<ExpectedCall>> roots =
      Reader().List(expected, "expect", options);
  if (!roots.ok()) return roots.error();
  tree.roots = std::move(roots).value();
  return tree;
}

}  // namespace bobbin::control
