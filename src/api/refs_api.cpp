// Reading what refs stand for (contract section 8).

#include <array>
#include <string>
#include <vector>

#include "api/body.h"
#include "api/dispatch.h"
#include "json/write.h"
#include "model/ref.h"

namespace bobbin::api {
namespace {

using store::RefValue;

constexpr int kDepthOfRefs = 2;  // {refs: [...]}
constexpr size_t kMaxRefs = 1000;

Result<std::vector<model::Ref>> ParseRefs(
    const std::vector<std::string_view>& texts) {
  if (texts.size() > kMaxRefs) return Invalid("Too many refs");
  std::vector<model::Ref> refs;
  refs.reserve(texts.size());
  for (const std::string_view text : texts) {
    Result<model::Ref> ref = model::ParseRef(text);
    if (!ref.ok()) return std::move(ref).error();
    if (ref.value().kind == model::RefKind::kTable) {
      return Invalid("Table refs not supported");
    }
    if (ref.value().kind == model::RefKind::kCall) {
      return Invalid(
          "Call refs not supported in batch read, use calls_query_stream");
    }
    refs.push_back(std::move(ref).value());
  }
  return refs;
}

// Names all objects that are not there; none: no error.
Status CheckMissing(const std::vector<RefValue>& values) {
  std::string digests;
  for (const RefValue& value : values) {
    if (value.found != RefValue::Found::kMissing) continue;
    if (!digests.empty()) digests += ',';
    json::AppendQuoted(digests, value.digest);
  }
  if (digests.empty()) return {};
  return Error{.code = Code::kNotFound,
               .message = "Objects that refs name were not found",
               .type = "RefObjectsNotFoundError",
               .members = R"(,"missing_object_digests":[)" + digests + ']'};
}

Result<Response> ReadRefs(Services& services, const Request& request,
                          const PathValues&) {
  Body<model::RefsReadReq> body;
  Status status = body.Read(request, kDepthOfRefs);
  if (!status.ok()) return std::move(status).error();
  const Result<std::vector<model::Ref>> refs = ParseRefs(body.record.refs);
  if (!refs.ok()) return refs.error();
  const Result<std::vector<RefValue>> values = services.refs.Read(refs.value());
  if (!values.ok()) return values.error();
  status = CheckMissing(values.value());
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"vals":[)";
  for (const RefValue& value : values.value()) {
    if (&value != &values.value().front()) response.body += ',';
    response.body += value.json;
  }
  response.body += "]}";
  return response;
}

constexpr auto kRefsRoutes = std::to_array<Route>({
    {"POST", "/refs/read_batch", ReadRefs},
});

}  // namespace

std::span<const Route> RefRoutes() { return kRefsRoutes; }

}  // namespace bobbin::api
