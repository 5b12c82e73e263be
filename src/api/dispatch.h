// From a request to the handler of its route, and from an Error to an answer.
// Knows no sockets.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/request.h"
#include "api/services.h"
#include "base/result.h"

namespace bobbin::api {

// What a pattern's {places} stood for, in order.
using PathValues = std::vector<std::string_view>;

using RouteHandler = Result<Response> (*)(Services& services,
                                          const Request& request,
                                          const PathValues& values);

// One row of the API: `pattern` is a path in which `{name}` stands for one
// segment. Every route is also served below /traces (contract section 15).
struct Route {
  std::string_view method;
  std::string_view pattern;
  RouteHandler handler;
};

// The rows of each endpoint group, next to their handlers.
std::span<const Route> CallRoutes();             // calls_api.cpp
std::span<const Route> CallQueryRoutes();        // calls_query_api.cpp
std::span<const Route> ControlGoldenRoutes();    // control_golden_api.cpp
std::span<const Route> ControlAssertRoutes();    // control_assert_api.cpp
std::span<const Route> ControlFaultRoutes();     // control_faults_api.cpp
std::span<const Route> ControlJournalRoutes();   // control_journal_api.cpp
std::span<const Route> ControlProjectsRoutes();  // control_projects_api.cpp
std::span<const Route> ControlReportRoutes();    // control_report_api.cpp
std::span<const Route> ControlTransferRoutes();  // control_transfer_api.cpp
std::span<const Route> ControlWaitRoutes();      // control_wait_api.cpp
std::span<const Route> CostRoutes();             // costs_api.cpp
std::span<const Route> FeedbackRoutes();         // feedback_api.cpp
std::span<const Route> FileRoutes();             // files_api.cpp
std::span<const Route> ObjectRoutes();           // objects_api.cpp
std::span<const Route> ObjectQueryRoutes();      // objects_query_api.cpp
std::span<const Route> PageRoutes();             // page_api.cpp
std::span<const Route> RefRoutes();              // refs_api.cpp
std::span<const Route> ReportRoutes();           // reports_api.cpp
std::span<const Route> ServiceRoutes();          // service_api.cpp
std::span<const Route> TableRoutes();            // tables_api.cpp
std::span<const Route> TagRoutes();              // tags_api.cpp
std::span<const Route> UsageRoutes();            // usage_api.cpp

// All rows, group by group.
std::vector<Route> AllRoutes();

// Answers any request: the handler's response, the Error it returned as the
// contract's sections 1 and 2 say, or 404 and 405 for what is not a route.
// Thread-safe.
Response Dispatch(Services& services, const Request& request);

// An Error as a response.
Response ErrorResponse(const Error& error);

}  // namespace bobbin::api
