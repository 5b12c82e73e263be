// Publishing and deleting objects (contract sections 6.2 and 6.3).

#include <array>
#include <cctype>
#include <string>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/object_json.h"
#include "base/hash.h"
#include "json/canonical.h"
#include "json/write.h"
#include "model/object.h"
#include "model/objects_query.h"

namespace bobbin::api {
namespace {

constexpr int kDepthOfObject = 2;  // {obj: {...}}
constexpr int kDepthOfDelete = 2;  // {digests: [...]}
constexpr size_t kMaxDeletions = 100;

Error InvalidField(std::string message) {
  return {Code::kUnprocessable, std::move(message), "InvalidFieldError"};
}

// Contract section 3, "object_id".
Status CheckObjectId(std::string_view id) {
  constexpr size_t kMaxChars = 128;
  if (id.empty()) return InvalidField("Object name cannot be empty");
  size_t chars = 0;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    chars += (byte & 0xc0) != 0x80 ? 1 : 0;
    // Letters beyond ASCII are word characters too.
    const bool word = std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
    if (!word && c != '.' && c != '-') {
      return InvalidField("Invalid object name: " + std::string(id) +
                          ". Contains invalid characters: only letters, "
                          "digits, _, . and - are allowed");
    }
  }
  if (chars > kMaxChars) {
    return Invalid("String too long: " + std::string(id) +
                   ". Max length is 128");
  }
  return {};
}

Status CheckExpected(const model::ObjectInsert& object,
                     std::string_view digest) {
  if (!object.expected_digest || *object.expected_digest == digest) return {};
  return Error{Code::kConflict,
               "Client obj '" + std::string(object.object_id) + "' digest " +
                   std::string(*object.expected_digest) + " != server digest " +
                   std::string(digest),
               "DigestMismatchError"};
}

Result<Response> CreateObject(Services& services, const Request& request,
                              const PathValues&) {
  Body<model::ObjectCreateReq> body;
  Status status = body.Read(request, kDepthOfObject);
  if (!status.ok()) return std::move(status).error();
  const model::ObjectInsert& object = body.record.obj;
  status = CheckProjectId(object.project_id);
  if (status.ok()) status = CheckObjectId(object.object_id);
  if (!status.ok()) return std::move(status).error();
  Result<model::ObjectNature> nature =
      model::NatureOf(object.val.json, object.builtin_object_class
                                           ? object.builtin_object_class
                                           : object.set_base_object_class);
  if (!nature.ok()) return std::move(nature).error();
  Result<std::string> canonical = json::Canonical(nature.value().val);
  if (!canonical.ok()) return std::move(canonical).error();
  const std::string digest = Digest(canonical.value());
  status = CheckExpected(object, digest);
  if (!status.ok()) return std::move(status).error();
  status = services.objects.Publish(
      {.project_id = object.project_id,
       .object_id = object.object_id,
       .digest = digest,
       .wb_user_id = object.wb_user_id.value_or(kLocalUser),
       .nature = nature.value(),
       .now_us = services.NowUs(object.project_id)});
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"digest":)";
  json::AppendQuoted(response.body, digest);
  response.body += R"(,"object_id":)";
  json::AppendQuoted(response.body, object.object_id);
  response.body += '}';
  return response;
}

Status CheckDeletion(const model::ObjDeleteReq& wanted) {
  if (Status status = CheckProjectId(wanted.project_id); !status.ok()) {
    return status;
  }
  if (!wanted.digests) return {};
  // A list that happens to be empty must not mean everything.
  if (wanted.digests->empty()) {
    return Invalid(
        "digests is empty; leave it out to delete all versions of the object");
  }
  if (wanted.digests->size() > kMaxDeletions) {
    return Invalid("Object delete request contains " +
                   std::to_string(wanted.digests->size()) +
                   " objects. Please delete " + std::to_string(kMaxDeletions) +
                   " or fewer objects at a time.");
  }
  return {};
}

Result<Response> DeleteObject(Services& services, const Request& request,
                              const PathValues&) {
  Body<model::ObjDeleteReq> body;
  Status status = body.Read(request, kDepthOfDelete);
  const model::ObjDeleteReq& wanted = body.record;
  if (status.ok()) status = CheckDeletion(wanted);
  if (!status.ok()) return std::move(status).error();
  const auto deleted = services.objects.Delete(
      wanted.project_id, wanted.object_id, wanted.digests,
      services.NowUs(wanted.project_id));
  if (!deleted.ok()) return deleted.error();
  Response response;
  std::string& out = response.body;
  out = R"({"num_deleted":)" + std::to_string(deleted.value().size()) +
        R"(,"deleted_versions":[)";
  std::string_view separator;
  for (const auto& version : deleted.value()) {
    out += separator;
    separator = ",";
    out += R"({"digest":)";
    json::AppendQuoted(out, version.digest);
    AppendMember(out, "base_object_class", version.base_object_class);
    AppendMember(out, "leaf_object_class", version.leaf_object_class);
    out += '}';
  }
  out += "]}";
  return response;
}

constexpr auto kObjectsRoutes = std::to_array<Route>({
    {"POST", "/obj/create", CreateObject},
    {"POST", "/obj/delete", DeleteObject},
});

}  // namespace

std::span<const Route> ObjectRoutes() { return kObjectsRoutes; }

}  // namespace bobbin::api
