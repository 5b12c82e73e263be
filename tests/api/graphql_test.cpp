// GraphQL as text: what is a field and what only looks like one.

#include "api/graphql.h"

#include <nlohmann/json.hpp>
#include <string>

#include "api/graphql_text.h"
#include "support/catch.h"

namespace bobbin::api {
namespace {

using Json = nlohmann::ordered_json;

// The answer's `data` to a document.
Json Asked(const std::string& document, const Json& variables = nullptr,
           const std::string& operation = {}) {
  Json body = {{"query", document}, {"variables", variables}};
  if (!operation.empty()) body["operationName"] = operation;
  return Json::parse(AnswerGraphql(body.dump())).at("data");
}

// The fields that are answered, in order.
std::string Fields(const std::string& document,
                   const std::string& operation = {}) {
  const Json data = Asked(document, nullptr, operation);
  std::string names;
  for (const auto& [name, value] : data.items()) {
    names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

TEST_CASE("the fields of an operation are found, and nothing else is one",
          "[api][graphql]") {
  const auto [document, fields] = GENERATE(table<std::string, std::string>({
      {"{viewer{username}}", "viewer"},
      {"{a b,c\n,d}", "a b c d"},
      {"{a{b{c}}d}", "a d"},
      {"query Q($x: [Int!] = [1, 2], $y: T = {a: 1}) @d(x: {}) { a }", "a"},
      {"{a(x: {y: [1, {z: \"}\"}]}){b} c}", "a c"},
      // Comments
      {"# comment {\n{ viewer { username } }", "viewer"},
      {"{ # a { b\n c # }\n d }", "c d"},
      {"{ a # \" \r b }", "a b"},
      {"{ a } # the end", "a"},
      {"{ a(x: \"#\") b }", "a b"},
      // Strings
      {R"({a(x: "\"}){") b})", "a b"},
      {R"({a(x: "\\") b})", "a b"},
      {R"({a(x: """ "}) \""" ) """) b})", "a b"},
      {R"({a(x: "") b(x: """""") c})", "a b c"},
      // Aliases
      {"{x:a y : b z\n:\nc}", "x y z"},
      {"{x: # comment\n a}", "x"},
      {"{a a x:b x:c}", "a x"},
      // Directives
      {"{a @include(if: $x) {b} c @d @e(f: {g: 1}) h}", "a c h"},
      // Fragments
      {"{... on Query {project{name} b} c}", "project b c"},
      {"{...{a} b}", "a b"},
      {"{... @include(if: true) {a} b}", "a b"},
      {"{... on Q {... on Q {a} b} c}", "a b c"},
      {"{...F b} fragment F on Query {a c{d}}", "a c b"},
      {"fragment F on Query {a} query Q {...F @d b}", "a b"},
      {"{...F b} fragment F on Q {a ...G} fragment G on Q {c ...F}", "a c b"},
      {"{...F b}", "b"},
      {"{a{...F ... on Q {x}}} fragment F on Query {b}", "a"},
      {"{a{on fragment} on}", "a on"},
      // Operations
      {"query A {a} query B {b}", "a"},
      {"mutation {a}", "a"},
      // No sense
      {"{a", "a"},
      {"{a:}", ""},
      {"{a(", "a"},
      {"{a(x: \"", "a"},
      {"{... on", ""},
      {"{...", ""},
      {"{: ! $ } a }", ""},
      {"}{a}", "a"},
      {"fragment F on Q {a}", ""},
  }));
  CAPTURE(document);
  CHECK(Fields(document) == fields);
}

TEST_CASE("the operation that is named is the one that counts",
          "[api][graphql]") {
  const std::string document = "query A {a} query B($x: Int) {b} {c}";
  CHECK(Fields(document, "A") == "a");
  CHECK(Fields(document, "B") == "b");
  CHECK(Fields(document, "C") == "a");
}

TEST_CASE("a name is read as it was meant", "[api][graphql]") {
  const Json variables = {{"n", "App"},
                          {"none", nullptr},
                          {"in", {{"name", "App"}, {"x", {{"name", "no"}}}}}};
  const auto [arguments, name] = GENERATE(table<std::string, std::string>({
      {R"((name:"a\"b"))", "a\"b"},
      {R"((name:"a\\"))", "a\\"},
      {R"((name:"\u00e9\ud83d\ude00"))", "\u00e9\U0001F600"},
      {"(name:\"\u00e9\")", "\u00e9"},
      {R"((name:"""a "b" \""" c"""))", R"(a "b" """ c)"},
      {R"((name:""))", ""},
      {R"((entityName:"name: \"x\"", name:"App"))", "App"},
      {R"((where: {name: "no"}, name: "App"))", "App"},
      {"(name # comment \"no\"\n : $n)", "App"},
      {"(name: $none)", ""},
      {"(name: $unknown)", ""},
      {"(name: 5)", ""},
      {"(name)", ""},
      {"", ""},
      {R"((input: {name: "App"}))", "App"},
      {R"((input: {x: {name: "no"}, name: $n}))", "App"},
      {"(input: $in)", "App"},
      {"(input: $n)", ""},
      {"(input: {})", ""},
  }));
  CAPTURE(arguments);
  CHECK(Asked("{p: project" + arguments + "{name}}", variables) ==
        Json{{"p", {{"name", name}}}});
  CHECK(
      Asked("mutation{upsertModel" + arguments + "{model{name}}}", variables) ==
      Json{
          {"upsertModel", {{"model", {{"name", name}, {"description", ""}}}}}});
}

TEST_CASE("a body that can't be read asks for nothing", "[api][graphql]") {
  const std::string body =
      GENERATE(as<std::string>(), "{\"query\":\"{a}\"", "{\"query\":\"{a}\"}}",
               "{\"query\":\"{a\xff}\"}", "{\"query\":[\"{a}\"]}", "\"{a}\"",
               R"({"query":"{a}","x":")" + std::string(1 << 20, 'x') + "\"}");
  CHECK(AnswerGraphql(body) == R"({"data":{}})");
}

TEST_CASE("what nests without end takes no stack", "[api][graphql]") {
  const std::string opener =
      GENERATE(as<std::string>(), "{a", "{...", "{... on Q", "(", "[", "{(");
  std::string deep;
  while (deep.size() < 500'000) deep += opener;
  CAPTURE(opener);
  CHECK(Fields("{b(x: " + deep).starts_with("b"));
  CHECK(Fields("{b" + deep).starts_with("b"));

  std::string chain = "{...F0}";
  for (int i = 0; i < 10'000; ++i) {
    chain += "fragment F" + std::to_string(i) + " on Q {...F" +
             std::to_string(i + 1) + "}";
  }
  CHECK(Fields(chain + "fragment F10000 on Q {end}") == "end");
}

TEST_CASE("more fields than anybody wants are cut off", "[api][graphql]") {
  std::string document = "{";
  for (int i = 0; i < 5000; ++i) document += " f" + std::to_string(i);
  CHECK(Asked(document + "}").size() == 1000);
}

}  // namespace
}  // namespace bobbin::api
