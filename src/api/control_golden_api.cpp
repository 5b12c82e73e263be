// The control plane's golden traces: /_bobbin/golden.
#include <array>
#include <utility>

#include "api/body.h"
#include "api/dispatch.h"
#include "control/call_tree.h"
#include "control/golden.h"
#include "model/golden.h"

namespace bobbin::api {
namespace {

// {mask: [""]}
constexpr int kDepthOfGolden = 2;

Result<Response> WriteGolden(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::GoldenReq> body;
  Status status = body.ReadInProject(request, kDepthOfGolden);
  if (!status.ok()) return std::move(status).error();
  const model::GoldenReq& wanted = body.record;
  const Result<control::CallTree> tree =
      control::ReadCallTree(services.calls, wanted.project_id, wanted.trace_id);
  if (!tree.ok()) return tree.error();
  Result<std::string> text = control::GoldenText(tree.value(), wanted);
  if (!text.ok()) return std::move(text).error();
  Response response;
  response.body = std::move(text).value();
  return response;
}

constexpr auto kControlGoldenRoutes = std::to_array<Route>({
    {"POST", "/_bobbin/golden", WriteGolden},
});

}  // namespace

std::span<const Route> ControlGoldenRoutes() { return kControlGoldenRoutes; }

}  // namespace bobbin::api
