#include "api/object_json.h"

#include "base/time.h"
#include "json/write.h"

namespace bobbin::api {

void AppendMember(std::string& out, std::string_view name,
                  const std::optional<std::string_view>& text) {
  out += ",\"";
  out += name;
  out += "\":";
  if (text) {
    json::AppendQuoted(out, *text);
  } else {
    out += "null";
  }
}

void AppendTexts(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (const std::string& text : texts) {
    if (&text != &texts.front()) out += ',';
    json::AppendQuoted(out, text);
  }
  out += ']';
}

void AppendObject(std::string& out, const model::ObjectRecord& object) {
  out += R"({"project_id":)";
  json::AppendQuoted(out, object.project_id);
  AppendMember(out, "object_id", object.object_id);
  out += R"(,"created_at":")";
  AppendTime(out, object.created_at_us);
  out += R"(","deleted_at":null)";  // what is deleted is never read
  AppendMember(out, "digest", object.digest);
  out += R"(,"version_index":)";
  json::AppendInt(out, object.version_index);
  out += object.is_latest ? R"(,"is_latest":1)" : R"(,"is_latest":0)";
  AppendMember(out, "kind", object.kind);
  AppendMember(out, "base_object_class", object.base_object_class);
  AppendMember(out, "leaf_object_class", object.leaf_object_class);
  out += R"(,"val":)";
  out += object.val.value_or("{}");
  AppendMember(out, "wb_user_id", object.wb_user_id);
  out += R"(,"size_bytes":)";
  if (object.size_bytes) {
    json::AppendInt(out, *object.size_bytes);
  } else {
    out += "null";
  }
  if (object.labels) {
    out += R"(,"tags":)";
    AppendTexts(out, object.labels->tags);
    out += R"(,"aliases":)";
    AppendTexts(out, object.labels->aliases);
    out += '}';
  } else {
    out += R"(,"tags":null,"aliases":null})";
  }
}

}  // namespace bobbin::api
