#include "api/dispatch.h"

#include <algorithm>
#include <array>
#include <optional>

#include "api/watched.h"
#include "base/log.h"
#include "json/write.h"

namespace bobbin::api {
namespace {

struct Kind {
  int status;
  std::string_view type;  // `error_type` unless the Error has its own
};

Kind KindOf(Code code) {
  switch (code) {
    case Code::kInvalid:
      return {400, "InvalidRequest"};
    case Code::kUnprocessable:
      return {422, "ValidationError"};
    case Code::kForbidden:
      return {403, "Forbidden"};
    case Code::kNotFound:
      return {404, "NotFoundError"};
    case Code::kConflict:
      return {409, "Conflict"};
    case Code::kTooLarge:
      return {413, "RequestTooLarge"};
    case Code::kTimeout:
      return {504, "QueryTimeout"};
    case Code::kBusy:
      return {503, "Busy"};
    case Code::kInternal:
      return {500, "InternalError"};
  }
  return {500, "InternalError"};
}

// Cuts the first segment off `rest`, without its slash.
std::string_view TakeSegment(std::string_view& rest) {
  rest.remove_prefix(1);
  const std::string_view segment = rest.substr(0, rest.find('/'));
  rest.remove_prefix(segment.size());
  return segment;
}

// The same for a path, in which some slashes may belong to a segment.
std::string_view TakeSegment(std::string_view& rest, const Request& request) {
  const std::string_view all = rest.substr(1);
  std::string_view segment = TakeSegment(rest);
  while (!rest.empty() &&
         std::ranges::binary_search(
             request.inner_slashes,
             static_cast<size_t>(rest.data() - request.path.data()))) {
    segment = all.substr(0, segment.size() + 1 + TakeSegment(rest).size());
  }
  return segment;
}

// `path` is the end of the path of `request`.
bool Matches(std::string_view pattern, std::string_view path,
             const Request& request, PathValues& values) {
  if (pattern.find('{') == std::string_view::npos) {
    return pattern == path && request.inner_slashes.empty();
  }
  values.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = TakeSegment(pattern);
    const std::string_view segment = TakeSegment(path, request);
    if (expected.starts_with('{')) {
      if (segment.empty()) return false;
      values.push_back(segment);
    } else if (segment != expected) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

// The path below the prefix under which every route is served once more.
// Empty if it does not begin with a slash that was sent as one.
std::string_view RoutedPath(const Request& request) {
  constexpr std::string_view kPrefix = "/traces";
  const auto slash_at = [&request](size_t at) {
    return at < request.path.size() && request.path[at] == '/' &&
           !std::ranges::binary_search(request.inner_slashes, at);
  };
  std::string_view path = request.path;
  if (!slash_at(0)) return {};
  if (path.starts_with(kPrefix) && slash_at(kPrefix.size())) {
    path.remove_prefix(kPrefix.size());
  }
  return path;
}

using RouteGroup = std::span<const Route> (*)();
constexpr auto kGroups = std::to_array<RouteGroup>({
    CallRoutes,
    CallQueryRoutes,
    ControlProjectsRoutes,
    ControlTransferRoutes,
    ControlWaitRoutes,
    ControlFaultRoutes,
    ControlJournalRoutes,
    ControlReportRoutes,
    ControlAssertRoutes,
    ControlGoldenRoutes,
    CostRoutes,
    FeedbackRoutes,
    FileRoutes,
    ObjectRoutes,
    ObjectQueryRoutes,
    PageRoutes,
    RefRoutes,
    ReportRoutes,
    ServiceRoutes,
    TableRoutes,
    TagRoutes,
    UsageRoutes,
});

// Where a request leads.
struct Found {
  std::string_view path;  // without the prefix
  const Route* route = nullptr;
  PathValues values = {};
  std::string allowed = {};  // methods, if there is no such route for this one
};

Found Find(const Request& request) {
  Found found{.path = RoutedPath(request)};
  // HEAD is GET whose body is not sent; the transport sees to that.
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  for (const RouteGroup group : kGroups) {
    for (const Route& route : group()) {
      if (!Matches(route.pattern, found.path, request, found.values)) continue;
      if (route.method == method) {
        found.route = &route;
        return found;
      }
      found.allowed += found.allowed.empty() ? "" : ", ";
      found.allowed += route.method;
    }
  }
  return found;
}

Response Detail(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.body = R"({"detail":")" + std::string(text) + R"("})";
  return response;
}

Response Answer(Services& services, const Request& request,
                const Found& found) {
  if (found.route != nullptr) {
    Result<Response> response =
        found.route->handler(services, request, found.values);
    if (!response.ok()) return ErrorResponse(response.error());
    return std::move(response).value();
  }
  if (found.allowed.empty()) return Detail(404, "Not Found");
  Response response = Detail(405, "Method Not Allowed");
  response.headers = {{"Allow", found.allowed}};
  return response;
}

}  // namespace

Response ErrorResponse(const Error& error) {
  const Kind kind = KindOf(error.code);
  Response response;
  response.status = kind.status;
  if (!error.detail.empty()) {
    response.body = R"({"detail":)" + error.detail + "}";
    return response;
  }
  std::string_view reason = error.message;
  if (error.code == Code::kInternal && error.type.empty()) {
    // What went wrong inside is for the operator, not for the client. (A
    // damaged file, which has a type, is for both.)
    Log(LogLevel::kError, error.message);
    reason = "Internal server error";
  }
  // A full disk (which has a type) is not free again in a second.
  if (error.code == Code::kBusy && error.type.empty()) {
    response.headers = {{"Retry-After", "1"}};
  }
  response.body = R"({"reason":)";
  json::AppendQuoted(response.body, reason);
  response.body += R"(,"error_type":)";
  json::AppendQuoted(response.body,
                     error.type.empty() ? kind.type : error.type);
  response.body += error.members;
  response.body += '}';
  return response;
}

std::vector<Route> AllRoutes() {
  std::vector<Route> all;
  for (const RouteGroup group : kGroups) {
    const std::span<const Route> routes = group();
    all.insert(all.end(), routes.begin(), routes.end());
  }
  return all;
}

Response Dispatch(Services& services, const Request& request) {
  const Found found = Find(request);
  if (services.control.watches() && IsWatched(found.path)) {
    const Watched watched{found.route ? found.route->pattern : "", found.path,
                          found.values};
    return AnswerWatched(services, request, watched, [&](const Request& seen) {
      return Answer(services, seen, found);
    });
  }
  return Answer(services, request, found);
}

}  // namespace bobbin::api
