#include "api/graphql.h"

#include <cctype>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/checks.h"

namespace bobbin::api {
namespace {

using Json = nlohmann::ordered_json;

struct RootField {
  std::string name;
  std::string alias;      // what the answer is called; the name if none
  std::string arguments;  // the text between the parentheses
};

bool IsNameChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string TakeName(std::string_view text, size_t& at) {
  const size_t begin = at;
  while (at < text.size() && IsNameChar(text[at])) ++at;
  return std::string(text.substr(begin, at - begin));
}

// The text between the parenthesis at `at` and the one that closes it.
std::string TakeArguments(std::string_view text, size_t& at) {
  const size_t begin = ++at;
  int depth = 1;
  for (bool quoted = false; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) break;
  }
  std::string inside(text.substr(begin, at - begin));
  if (at < text.size()) ++at;
  return inside;
}

// The fields directly inside the operation's braces.
std::vector<RootField> RootFields(std::string_view document) {
  std::vector<RootField> fields;
  int depth = 0;
  for (size_t at = 0; at < document.size();) {
    const char c = document[at];
    if (c == '(') {
      const std::string arguments = TakeArguments(document, at);
      if (depth == 1 && !fields.empty()) fields.back().arguments = arguments;
    } else if (depth == 1 && IsNameChar(c)) {
      const std::string name = TakeName(document, at);
      while (at < document.size() && document[at] == ' ') ++at;
      if (at < document.size() && document[at] == ':') {
        do ++at;
        while (at < document.size() && !IsNameChar(document[at]));
        fields.push_back({TakeName(document, at), name, ""});
      } else {
        fields.push_back({name, name, ""});
      }
    } else {
      depth += c == '{' ? 1 : 0;
      depth -= c == '}' ? 1 : 0;
      if (depth == 0 && c == '}') break;  // fragments may follow
      ++at;
    }
  }
  return fields;
}

// The value of `name:` in a field's arguments: a variable or a string.
std::string Argument(const RootField& field, std::string_view name,
                     const Json& variables) {
  const std::string_view text = field.arguments;
  for (size_t at = 0; at < text.size();) {
    if (!IsNameChar(text[at])) {
      ++at;
      continue;
    }
    if (TakeName(text, at) != name) continue;
    at = text.find_first_not_of(" :\t\n\r", at);
    if (at == std::string_view::npos) break;
    if (text[at] == '"') {
      return std::string(text.substr(at + 1, text.find('"', at + 1) - at - 1));
    }
    if (text[at] != '$') continue;
    const std::string variable = TakeName(text, ++at);
    if (variables.contains(variable) && variables[variable].is_string()) {
      return variables[variable].get<std::string>();
    }
  }
  return "";
}

// `input: $input` with the fields inside the variable.
std::string InputMember(const Json& variables, const char* name) {
  const Json input = variables.value("input", Json::object());
  if (!input.is_object() || !input.contains(name)) return "";
  return input[name].is_string() ? input[name].get<std::string>() : "";
}

Json Answer(const RootField& field, const Json& variables) {
  if (field.name == "viewer") {
    return {{"username", kLocalUser},
            {"defaultEntity", {{"name", kLocalUser}}}};
  }
  std::string name = Argument(field, "name", variables);
  if (field.name == "project") return {{"name", name}};
  if (field.name == "upsertModel") {
    if (name.empty()) name = InputMember(variables, "name");
    return {{"model", {{"name", name}, {"description", ""}}}};
  }
  return nullptr;
}

}  // namespace

std::string AnswerGraphql(std::string_view body) {
  const Json request = Json::parse(body, nullptr, false);
  Json data = Json::object();
  if (request.is_object()) {
    const Json variables = request.value("variables", Json::object());
    const Json query = request.value("query", Json());
    if (query.is_string()) {
      for (const RootField& field : RootFields(query.get<std::string>())) {
        data[field.alias] =
            Answer(field, variables.is_object() ? variables : Json::object());
      }
    }
  }
  const Json answer = {{"data", std::move(data)}};
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bobbin::api
