// Comparing the calls that are there with those that a test expects.

#include <array>
#include <string>
#include <utility>

#include "api/body.h"
#include "api/dispatch.h"
#include "control/call_tree.h"
#include "control/tree_match.h"
#include "json/document.h"
#include "json/write.h"
#include "model/tree.h"

namespace bobbin::api {
namespace {

// Who wants to know more of them should expect less at once.
constexpr size_t kMostListed = 100;

void AppendPart(std::string& out, std::string_view name,
                std::string_view text) {
  if (out.back() != '{') out += ',';
  json::AppendQuoted(out, name);
  out += ':';
  json::AppendQuoted(out, text);
}

void AppendJsonPart(std::string& out, std::string_view name,
                    std::string_view json) {
  if (json.empty()) return;
  out += ',';
  json::AppendQuoted(out, name);
  out += ':';
  out += json;
}

std::string JsonOf(const control::TreeDifference& difference) {
  std::string json = "{";
  AppendPart(json, "kind", control::KindName(difference.kind));
  AppendPart(json, "call", difference.call);
  if (!difference.field.empty()) AppendPart(json, "field", difference.field);
  if (!difference.at.empty()) AppendPart(json, "at", difference.at);
  if (!difference.call_id.empty()) {
    AppendPart(json, "call_id", difference.call_id);
  }
  AppendJsonPart(json, "expected", difference.expected);
  AppendJsonPart(json, "actual", difference.actual);
  return json + '}';
}

Error Mismatch(control::TreeMatch match) {
  const size_t all = match.differences.size();
  if (all > kMostListed) match.differences.resize(kMostListed);
  std::string list;
  for (const control::TreeDifference& difference : match.differences) {
    if (!list.empty()) list += ',';
    list += JsonOf(difference);
  }
  std::string reason = TextOf(match);
  if (all > kMostListed) {
    reason += "\n  and " + std::to_string(all - kMostListed) + " more";
  }
  return {.code = Code::kUnprocessable,
          .message = std::move(reason),
          .type = "TreeMismatch",
          .members = R"(,"count":)" + std::to_string(match.count) +
                     R"(,"differences":[)" + list + ']'};
}

Result<Response> AssertTree(Services& services, const Request& request,
                            const PathValues&) {
  Body<model::AssertTreeReq> body;
  Status status = body.ReadInProject(request, 1);
  if (!status.ok()) return std::move(status).error();
  const model::AssertTreeReq& wanted = body.record;
  json::Document expected;
  expected.Parse(wanted.expect.json, json::kMaxDepth);
  Result<control::CallTree> tree =
      control::ReadCallTree(services.calls, wanted.project_id, wanted.trace_id);
  if (!tree.ok()) return std::move(tree).error();
  Result<control::TreeMatch> match =
      control::MatchTree(expected.root(),
                         {.exact = wanted.exact.value_or(false),
                          .any_order = wanted.any_order.value_or(false)},
                         tree.value());
  if (!match.ok()) return std::move(match).error();
  if (!match.value().differences.empty()) {
    return Mismatch(std::move(match).value());
  }
  Response response;
  response.body =
      R"({"calls":)" + std::to_string(tree.value().calls.size()) + '}';
  return response;
}

constexpr auto kControlAssertRoutes = std::to_array<Route>({
    {"POST", "/_bobbin/assert/tree", AssertTree},
});

}  // namespace

std::span<const Route> ControlAssertRoutes() { return kControlAssertRoutes; }

}  // namespace bobbin::api
