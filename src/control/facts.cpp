#include "control/facts.h"

#include <algorithm>
#include <optional>

#include "control/glob.h"
#include "json/document.h"
#include "store/names.h"

namespace bobbin::control {
namespace {

using json::Kind;
using json::Value;

// Of a batch of very many ops the rest is left out.
constexpr size_t kMostOps = 100;

// Containers from the body down to the fields of a call, as in calls_api.cpp.
int DepthOf(std::string_view route) {
  if (route.ends_with("/upsert_batch")) return 5;
  return route.ends_with("/complete") || route.ends_with("/batch/create") ? 3
                                                                          : 2;
}

Value Member(Value object, std::string_view key) {
  Value found;
  if (!object.exists() || !object.is(Kind::kObject)) return found;
  for (Value v = object.first(); v.exists(); v = v.next()) {
    if (v.key() == key) found = v;
  }
  return found;
}

std::optional<std::string_view> Text(Value object, std::string_view key) {
  const Value member = Member(object, key);
  if (!member.exists() || !member.is(Kind::kString)) return std::nullopt;
  return member.text();
}

void AddOp(Facts& facts, std::string_view name) {
  const auto known = std::ranges::find(facts.ops, name, &Facts::Op::name);
  if (known != facts.ops.end()) {
    ++known->calls;
  } else if (facts.ops.size() < kMostOps) {
    facts.ops.push_back({std::string(name), 1});
  }
}

void AddStart(Facts& facts, Value start) {
  ++facts.starts;
  if (const auto op = Text(start, "op_name")) AddOp(facts, *op);
}

// `{"start":…}`, `{"end":…}`, `{"req":{"start":…}}`, or a complete call.
void AddItem(Facts& facts, Value item) {
  if (const auto project = Text(item, "project_id")) {
    facts.AddProject(*project);
    if (Text(item, "op_name")) {
      AddStart(facts, item);
      ++facts.ends;
    }
    return;
  }
  const Value req = Member(item, "req");
  const Value half = req.exists() ? req : item;
  const Value start = Member(half, "start");
  const Value end = Member(half, "end");
  for (const Value part : {start, end}) {
    if (const auto project = Text(part, "project_id")) {
      facts.AddProject(*project);
    }
  }
  if (start.exists()) AddStart(facts, start);
  if (end.exists()) ++facts.ends;
}

}  // namespace

void Facts::AddProject(std::string_view project_id) {
  if (std::ranges::find(project_ids, project_id) == project_ids.end()) {
    project_ids.emplace_back(project_id);
  }
}

Facts FactsOf(std::string_view route, std::string_view body) {
  Facts facts;
  json::Document document;
  if (body.empty() || !document.Parse(body, DepthOf(route)).message.empty()) {
    return facts;
  }
  facts.is_json = true;
  const Value root = document.root();
  if (!root.is(Kind::kObject)) return facts;
  if (const auto project = Text(root, "project_id")) {
    facts.AddProject(*project);
    return facts;
  }
  const Value batch = Member(root, "batch");
  if (batch.exists() && batch.is(Kind::kArray)) {
    for (Value v = batch.first(); v.exists(); v = v.next()) AddItem(facts, v);
    return facts;
  }
  if (route.ends_with("/start") || route.ends_with("/end")) {
    AddItem(facts, root);
    return facts;
  }
  // `{"obj":{"project_id":…}}` and the like.
  for (Value v = root.first(); v.exists(); v = v.next()) {
    if (const auto project = Text(v, "project_id")) facts.AddProject(*project);
  }
  return facts;
}

bool OpFits(std::string_view pattern, std::string_view op_name) {
  if (Fits(pattern, op_name)) return true;
  const std::optional<std::string_view> name = store::TraceName(op_name);
  return name && Fits(pattern, *name);
}

}  // namespace bobbin::control
