// The verdicts are those of Python's jsonschema.
#include "model/annotation_spec.h"

#include <string>

#include "support/catch.h"

namespace bobbin::model {
namespace {

enum class Verdict { kFits, kDoesNotFit, kBadSpec };

Verdict Check(const std::string& spec, const std::string& value) {
  const Status status = CheckAnnotationValue(spec, value);
  if (status.ok()) return Verdict::kFits;
  CHECK(status.error().code == Code::kInvalid);
  return status.error().type == kBadSpec ? Verdict::kBadSpec
                                         : Verdict::kDoesNotFit;
}

std::string Spec(const std::string& field_schema) {
  return R"({"_type":"AnnotationSpec","field_schema":)" + field_schema + "}";
}

struct Row {
  std::string schema;
  std::string value;
  Verdict verdict;
};

TEST_CASE("a value is held against the spec's schema", "[model]") {
  constexpr auto kFits = Verdict::kFits;
  constexpr auto kNot = Verdict::kDoesNotFit;
  const auto [schema, value, verdict] = GENERATE(values<Row>({
      {R"({})", R"({"any":[1]})", kFits},
      {R"({"type":"string"})", R"("x")", kFits},
      {R"({"type":"string"})", "1", kNot},
      {R"({"type":"string"})", "null", kNot},
      {R"({"type":"number"})", "1", kFits},
      {R"({"type":"number"})", "1.5", kFits},
      {R"({"type":"number"})", "true", kNot},
      {R"({"type":"integer"})", "1", kFits},
      {R"({"type":"integer"})", "1.0", kFits},
      {R"({"type":"integer"})", "1e2", kFits},
      {R"({"type":"integer"})", "1.5", kNot},
      {R"({"type":"integer"})", "\"1\"", kNot},
      {R"({"type":"boolean"})", "false", kFits},
      {R"({"type":"boolean"})", "0", kNot},
      {R"({"type":["integer","null"]})", "null", kFits},
      {R"({"type":["integer","null"]})", "\"\"", kNot},
      {R"({"type":"string","enum":["a","b"]})", R"("b")", kFits},
      {R"({"type":"string","enum":["a","b"]})", R"("c")", kNot},
      {R"({"enum":[1]})", "1.0", kFits},
      {R"({"enum":["\u00e9"]})", "\"\u00e9\"", kFits},
      {R"({"type":"integer","minimum":0,"maximum":5})", "0", kFits},
      {R"({"type":"integer","minimum":0,"maximum":5})", "5", kFits},
      {R"({"type":"integer","minimum":0,"maximum":5})", "-1", kNot},
      {R"({"type":"integer","minimum":0,"maximum":5})", "6", kNot},
      {R"({"minimum":0.5})", "0.4", kNot},
      {R"({"exclusiveMinimum":0})", "0", kNot},
      {R"({"exclusiveMaximum":1.0})", "0.999", kFits},
      {R"({"maximum":1})", "1e400", kNot},
      {R"({"maximum":1})", "123456789012345678901234567890", kNot},
      {R"({"maxLength":3})", "\"\u00e9\u00e9\u00e9\"", kFits},
      {R"({"maxLength":3})", R"("\u00e9\ud83d\udc4dxy")", kNot},
      {R"({"maxLength":3})", R"("\ud83d")", kFits},
      {R"({"minLength":1})", R"("")", kNot},
      {R"({"pattern":"^[a-c]+$"})", R"("abc")", kFits},
      {R"({"pattern":"^[a-c]+$"})", R"("abd")", kNot},
      {R"({"type":"array","items":{"type":"string"},"maxItems":2})",
       R"(["a","b"])", kFits},
      {R"({"type":"array","items":{"type":"string"}})", R"(["a",1])", kNot},
      {R"({"type":"object","required":["a"],"properties":{"a":{"type":"integer"
       }}})",
       R"({"a":1})", kFits},
      {R"({"type":"object","required":["a"]})", "{}", kNot},
      {R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", "null", kFits},
      {R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", "\"x\"", kNot},
      {R"({"$defs":{"Stars":{"type":"integer","maximum":5}},
           "type":"object","properties":{"s":{"$ref":"#/$defs/Stars"}}})",
       R"({"s":5})", kFits},
      {R"({"$defs":{"Stars":{"type":"integer","maximum":5}},
           "type":"object","properties":{"s":{"$ref":"#/$defs/Stars"}}})",
       R"({"s":6})", kNot},
      {R"({"title":"Stars","description":"How many","default":1})", "{}",
       kFits},
  }));
  CAPTURE(schema, value);
  CHECK(Check(Spec(schema), value) == verdict);
}

TEST_CASE("a spec without a schema allows everything", "[model]") {
  CHECK(Check(R"({"_type":"AnnotationSpec","name":"x"})", "[1]") ==
        Verdict::kFits);
}

TEST_CASE("what is not a spec is said to be none", "[model]") {
  const std::string spec = GENERATE(
      as<std::string>(), "null", "1", R"("text")", "[]",
      R"({"field_schema":null})", R"({"field_schema":[]})",
      R"({"field_schema":"string"})", R"({"field_schema":{"type":"integr"}})",
      R"({"field_schema":{"type":1}})", R"({"field_schema":{"pattern":"("}})",
      R"({"field_schema":{"maxLength":"a"}})",
      R"({"field_schema":{"$ref":"#"}})",
      R"({"field_schema":{"$ref":"#/nowhere"}})",
      R"({"field_schema":{"$ref":"https://example.com/schema.json"}})",
      R"({"field_schema":{"allOf":[{"$ref":"#"}]}})",
      R"({"field_schema":{"":{},"allOf":[{"$ref":"#/"}]}})",
      R"({"field_schema":{"$defs":{"a":{"$ref":"#/$defs/b"},
                                   "b":{"$ref":"#/$defs/a"}},
                          "$ref":"#/$defs/a"}})");
  CAPTURE(spec);
  CHECK(Check(spec, R"("text")") == Verdict::kBadSpec);
}

TEST_CASE("a text that is too long for a pattern is refused, not looked at",
          "[model]") {
  const std::string text = '"' + std::string(1 << 20, 'a') + '"';
  CHECK(Check(Spec(R"({"pattern":"^(a|b)*$"})"), text) == Verdict::kDoesNotFit);
  CHECK(Check(Spec(R"({"maxLength":2000000})"), text) == Verdict::kFits);
}

}  // namespace
}  // namespace bobbin::model
