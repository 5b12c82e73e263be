// Answers that go wrong on order (schema/openapi.json).

#include <array>
#include <string>

#include "api/body.h"
#include "api/dispatch.h"
#include "api/query_string.h"
#include "json/write.h"
#include "model/control.h"

namespace bobbin::api {
namespace {

Result<Response> AddFault(Services& services, const Request& request,
                          const PathValues&) {
  Status status = services.control.CheckMayHarm();
  if (!status.ok()) return std::move(status).error();
  Body<model::FaultReq> body;
  status = body.Read(request, 1);
  if (!status.ok()) return std::move(status).error();
  const Result<std::string> id =
      services.control.faults().Add(body.record, request.body);
  if (!id.ok()) return id.error();
  Response response;
  response.body = R"({"id":)";
  json::AppendQuoted(response.body, id.value());
  response.body += '}';
  return response;
}

Result<Response> ListFaults(Services& services, const Request&,
                            const PathValues&) {
  Response response;
  response.body = R"({"faults":)";
  services.control.faults().AppendAll(response.body);
  response.body += '}';
  return response;
}

Result<Response> DeleteFault(Services& services, const Request&,
                             const PathValues& values) {
  Status status = services.control.CheckMayHarm();
  if (!status.ok()) return std::move(status).error();
  if (!services.control.faults().Delete(values[0])) {
    return NotFound("There is no fault '" + std::string(values[0]) + "'");
  }
  Response response;
  response.body = R"({"deleted":1})";
  return response;
}

Result<Response> ClearFaults(Services& services, const Request& request,
                             const PathValues&) {
  Status status = services.control.CheckMayHarm();
  if (!status.ok()) return std::move(status).error();
  QueryString query(request);
  const std::optional<std::string> project_id = query.Text("project_id");
  status = query.Check();
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"deleted":)";
  json::AppendInt(response.body, services.control.faults().Clear(project_id));
  response.body += '}';
  return response;
}

constexpr auto kControlFaultsRoutes = std::to_array<Route>({
    {"POST", "/_bobbin/faults", AddFault},
    {"GET", "/_bobbin/faults", ListFaults},
    {"DELETE", "/_bobbin/faults", ClearFaults},
    {"DELETE", "/_bobbin/faults/{id}", DeleteFault},
});

}  // namespace

std::span<const Route> ControlFaultRoutes() { return kControlFaultsRoutes; }

}  // namespace bobbin::api
