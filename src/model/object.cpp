#include "model/object.h"

#include <vector>

#include "json/document.h"
#include "json/write.h"

namespace bobbin::model {
namespace {

using json::Kind;
using json::Value;

// {weave_type: {type}}, {_bases: [...]}, {files: {path}}
constexpr int kDepthOfNature = 2;

Value Member(Value object, std::string_view name) {
  Value found;
  if (!object.exists() || !object.is(Kind::kObject)) return found;
  for (Value v = object.first(); v.exists(); v = v.next()) {
    if (v.key() == name) found = v;
  }
  return found;
}

bool IsText(Value value, std::string_view text) {
  return value.exists() && value.is(Kind::kString) && value.text() == text;
}

std::vector<std::string> TextsIn(Value list) {
  std::vector<std::string> texts;
  if (!list.exists() || !list.is(Kind::kArray)) return texts;
  for (Value v = list.first(); v.exists(); v = v.next()) {
    if (!v.is(Kind::kString)) return {};
    texts.emplace_back(v.text());
  }
  return texts;
}

bool IsOp(Value val) {
  return IsText(Member(val, "_type"), "Op") ||
         IsText(Member(Member(val, "weave_type"), "type"), "Op");
}

// Contract section 6.2, "Classes".
void FindClasses(Value val, ObjectNature& nature) {
  const std::vector<std::string> bases = TextsIn(Member(val, "_bases"));
  const size_t count = bases.size();
  if (count < 2 || bases[count - 1] != "BaseModel") return;
  if (bases[count - 2] != "Object" && bases[count - 2] != "BaseObject") return;
  const Value name = Member(val, "_class_name");
  if (!name.exists() || !name.is(Kind::kString)) return;
  nature.leaf_object_class = name.text();
  nature.base_object_class =
      count > 2 ? bases[count - 3] : *nature.leaf_object_class;
}

Status CheckFilePaths(Value val) {
  if (!IsText(Member(val, "_type"), "CustomWeaveType")) return {};
  const Value files = Member(val, "files");
  if (!files.exists() || !files.is(Kind::kObject)) return {};
  for (Value v = files.first(); v.exists(); v = v.next()) {
    const std::string_view path = v.key();
    if (path.starts_with('/') || path.find("..") != std::string_view::npos) {
      return Invalid("Invalid file path key: '" + std::string(path) + "'");
    }
  }
  return {};
}

void AddMember(std::string& object, std::string_view name,
               std::string_view json) {
  object.resize(object.rfind('}'));
  const size_t last = object.find_last_not_of(" \t\n\r");
  object += object[last] == '{' ? "" : ",";
  json::AppendQuoted(object, name);
  object += ':';
  object += json;
  object += '}';
}

// The members that a built-in class brings along.
Status FillIn(Value val, std::string_view builtin_class, std::string& text) {
  if (!val.is(Kind::kObject)) {
    return Invalid("A " + std::string(builtin_class) + " must be an object");
  }
  const Value named = Member(val, "_class_name");
  if (named.exists() && !IsText(named, builtin_class)) {
    return Invalid("_class_name " + std::string(named.raw()) +
                   " is not the built-in class asked for, '" +
                   std::string(builtin_class) + "'");
  }
  std::string name;
  json::AppendQuoted(name, builtin_class);
  if (!Member(val, "_type").exists()) AddMember(text, "_type", name);
  if (!named.exists()) AddMember(text, "_class_name", name);
  if (!Member(val, "_bases").exists()) {
    AddMember(text, "_bases", R"(["Object","BaseModel"])");
  }
  return {};
}

}  // namespace

Result<ObjectNature> NatureOf(std::string_view val,
                              std::optional<std::string_view> builtin_class) {
  ObjectNature nature;
  nature.val = val;
  nature.kind = "object";
  json::Document document;
  if (builtin_class) {
    document.Parse(val, kDepthOfNature);
    Status filled = FillIn(document.root(), *builtin_class, nature.val);
    if (!filled.ok()) return std::move(filled).error();
  }
  document.Parse(nature.val, kDepthOfNature);
  const Value root = document.root();
  if (IsOp(root)) nature.kind = "op";
  FindClasses(root, nature);
  Status paths = CheckFilePaths(root);
  if (!paths.ok()) return std::move(paths).error();
  return nature;
}

}  // namespace bobbin::model
