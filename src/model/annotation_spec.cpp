#include "model/annotation_spec.h"

// Without this Valijson ends the program when a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "json/document.h"
#include "json/path.h"

namespace bobbin::model {
namespace {

using Tree = nlohmann::json;

// std::regex calls itself for each character that it looks at.
constexpr size_t kMaxMatchedBytes = 4096;

// A number of the same value: `1.0` is an integer to JSON Schema.
Tree NumberTree(std::string_view raw) {
  int64_t whole = 0;
  const char* const end = raw.data() + raw.size();
  const auto [stop, error] = std::from_chars(raw.data(), end, whole);
  if (error == std::errc() && stop == end) return whole;
  const double number = std::strtod(std::string(raw).c_str(), nullptr);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (number == std::floor(number) && std::fabs(number) <= kExact) {
    return static_cast<int64_t>(number);
  }
  return number;
}

// nlohmann's own parser refuses lone surrogates and numbers like 1e400, which
// clients may send.
Tree TreeOf(json::Value value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return nullptr;
    case json::Kind::kTrue:
      return true;
    case json::Kind::kFalse:
      return false;
    case json::Kind::kNumber:
      return NumberTree(value.raw());
    case json::Kind::kString:
      return std::string(value.text());
    case json::Kind::kArray: {
      Tree list = Tree::array();
      for (json::Value v = value.first(); v.exists(); v = v.next()) {
        list.push_back(TreeOf(v));
      }
      return list;
    }
    case json::Kind::kObject: {
      Tree object = Tree::object();
      for (json::Value v = value.first(); v.exists(); v = v.next()) {
        object[std::string(v.key())] = TreeOf(v);
      }
      return object;
    }
  }
  return nullptr;
}

Tree TreeOf(std::string_view text) {
  json::Document document;
  document.Parse(text, json::kMaxDepth);
  return TreeOf(document.root());
}

// Follows every `$ref` of a schema; Valijson would follow a circle for ever.
class RefWalk {
 public:
  explicit RefWalk(const Tree& root) : root_(root) {}

  // False if a ref leads back to where it is, or out of the schema.
  bool Ends(const Tree& node) {
    if (!node.is_structured()) return true;
    if (done_.contains(&node)) return true;
    if (!open_.insert(&node).second) return false;
    if (node.is_object() && node.contains("$ref") && !RefEnds(node["$ref"])) {
      return false;
    }
    for (const Tree& child : node) {
      if (!Ends(child)) return false;
    }
    open_.erase(&node);
    done_.insert(&node);
    return true;
  }

 private:
  bool RefEnds(const Tree& ref) {
    if (!ref.is_string()) return true;  // a property of that name
    const std::string& text = ref.get_ref<const std::string&>();
    // Those are read in different ways by different readers.
    const bool plain = text.find('%') == std::string::npos &&
                       text.find("//") == std::string::npos &&
                       !text.ends_with('/');
    if (!text.starts_with('#') || !plain) return false;
    const Tree::json_pointer pointer(text.substr(1));
    return root_.contains(pointer) && Ends(root_.at(pointer));
  }

  const Tree& root_;
  std::set<const Tree*> open_, done_;
};

// True if a schema matches texts with patterns.
bool Matches(const Tree& schema) {
  if (!schema.is_structured()) return false;
  if (schema.is_object()) {
    for (const char* key : {"pattern", "patternProperties", "format"}) {
      if (schema.contains(key)) return true;
    }
  }
  for (const Tree& child : schema) {
    if (Matches(child)) return true;
  }
  return false;
}

Error BadSpec() {
  return {Code::kInvalid, "is not a valid annotation spec",
          std::string(kBadSpec)};
}

Status CheckSchema(const Tree& schema, std::string_view value) {
  try {
    if (!RefWalk(schema).Ends(schema)) return BadSpec();
    if (value.size() > kMaxMatchedBytes && Matches(schema)) {
      return Invalid(
          "Feedback payload is too long to be matched against the annotation "
          "spec's pattern");
    }
    valijson::Schema compiled;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema),
                          compiled);
    const Tree tree = TreeOf(value);
    valijson::Validator validator;
    if (validator.validate(
            compiled, valijson::adapters::NlohmannJsonAdapter(tree), nullptr)) {
      return {};
    }
  } catch (const std::exception&) {
    // Valijson throws for a schema that is none, std::regex for a pattern.
    return BadSpec();
  }
  return Invalid("Feedback payload does not match annotation spec");
}

}  // namespace

Status CheckAnnotationValue(std::string_view spec, std::string_view value) {
  if (!spec.starts_with('{')) return BadSpec();
  const std::string_view schema =
      json::Find(spec, json::Path{{"field_schema", std::nullopt}});
  if (schema.empty()) return {};
  if (!schema.starts_with('{')) return BadSpec();
  return CheckSchema(TreeOf(schema), value);
}

}  // namespace bobbin::model
