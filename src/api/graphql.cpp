#include "api/graphql.h"

#include <set>

#include "api/checks.h"
#include "api/graphql_text.h"
#include "json/document.h"
#include "json/write.h"

namespace bobbin::api {
namespace {

using graphql::Argument;
using json::Kind;
using json::Value;

// Containers from the body down to the members of an input variable:
// {variables: {input: {name}}}.
constexpr int kDepth = 3;

// Far more than what any client asks.
constexpr size_t kMaxBodyBytes = 1 << 20;
constexpr size_t kMaxFields = 1000;

// A member of an object, or one that does not exist.
Value Member(Value object, std::string_view name) {
  if (!object.exists() || !object.is(Kind::kObject)) return {};
  Value found;
  for (Value v = object.first(); v.exists(); v = v.next()) {
    if (v.key() == name) found = v;  // of two the last counts
  }
  return found;
}

std::string_view TextOr(Value value, std::string_view otherwise) {
  return value.exists() && value.is(Kind::kString) ? value.text() : otherwise;
}

// A string argument, given as it is or in a variable; "" if it is neither.
std::string TextOf(const std::optional<Argument>& argument, Value variables) {
  if (!argument) return "";
  if (argument->text) return *argument->text;
  return std::string(TextOr(Member(variables, argument->variable), ""));
}

// `name` of a field: its own argument, or a member of its `input`.
std::string NameAskedFor(const graphql::Field& field, Value variables) {
  const auto name = graphql::FindArgument(field.arguments, "name");
  if (name) return TextOf(name, variables);
  const auto input = graphql::FindArgument(field.arguments, "input");
  if (!input) return "";
  if (!input->object.empty()) {
    return TextOf(graphql::FindArgument(input->object, "name"), variables);
  }
  return std::string(
      TextOr(Member(Member(variables, input->variable), "name"), ""));
}

void AppendAnswer(std::string& out, const graphql::Field& field,
                  Value variables) {
  if (field.name == "viewer") {
    out += R"({"username":)";
    json::AppendQuoted(out, kLocalUser);
    out += R"(,"defaultEntity":{"name":)";
    json::AppendQuoted(out, kLocalUser);
    out += "}}";
  } else if (field.name == "project") {
    out += R"({"name":)";
    json::AppendQuoted(out, NameAskedFor(field, variables));
    out += '}';
  } else if (field.name == "upsertModel") {
    out += R"({"model":{"name":)";
    json::AppendQuoted(out, NameAskedFor(field, variables));
    out += R"(,"description":""}})";
  } else {
    out += "null";
  }
}

}  // namespace

std::string AnswerGraphql(std::string_view body) {
  // A body that can't be read asks for nothing: its document is empty.
  json::Document document;
  if (body.size() <= kMaxBodyBytes) document.Parse(body, kDepth);
  const Value request = document.root();
  const Value variables = Member(request, "variables");
  const std::string_view query = TextOr(Member(request, "query"), "");
  const std::string_view operation =
      TextOr(Member(request, "operationName"), "");
  std::string answer = R"({"data":{)";
  std::set<std::string_view> answered;
  for (const graphql::Field& field : graphql::RootFields(query, operation)) {
    if (answered.size() == kMaxFields) break;
    if (!answered.insert(field.alias).second) continue;
    if (answered.size() > 1) answer += ',';
    json::AppendQuoted(answer, field.alias);
    answer += ':';
    AppendAnswer(answer, field, variables);
  }
  return answer + "}}";
}

}  // namespace bobbin::api
