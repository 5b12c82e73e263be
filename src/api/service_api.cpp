// What clients ask before and around tracing (contract section 15).

#include <array>
#include <string>

#include "api/dispatch.h"
#include "api/graphql.h"
#include "base/embedded.h"
#include "base/version.h"
#include "json/write.h"

namespace bobbin::api {
namespace {

Result<Response> Health(Services&, const Request&, const PathValues&) {
  Response response;
  response.body = R"({"status":"ok"})";
  return response;
}

Result<Response> ServerInfo(Services& services, const Request&,
                            const PathValues&) {
  Response response;
  // No client is too old for us.
  response.body =
      R"({"min_required_weave_python_version":"0.0.1","trace_server_version":)";
  json::AppendQuoted(response.body, Version());
  response.body += R"(,"bobbin":{"durability":)";
  json::AppendQuoted(response.body, services.durability);
  response.body += "}}";
  return response;
}

Result<Response> Graphql(Services&, const Request& request, const PathValues&) {
  Response response;
  response.body = AnswerGraphql(request.body);
  return response;
}

Result<Response> OpenApi(Services&, const Request&, const PathValues&) {
  Response response;
  response.body = EmbeddedSchema().back().content;
  return response;
}

constexpr auto kServiceRoutes = std::to_array<Route>({
    {"GET", "/health", Health},
    {"GET", "/server_info", ServerInfo},
    {"POST", "/graphql", Graphql},
    {"GET", "/openapi.json", OpenApi},
});

}  // namespace

std::span<const Route> ServiceRoutes() { return kServiceRoutes; }

}  // namespace bobbin::api
