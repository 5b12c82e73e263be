// What a GraphQL document asks for, as far as it matters to us: the fields
// directly inside its operation, and the arguments of those. The rest is
// skipped, and nothing is an error: what makes no sense has no fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::api::graphql {

// The views are into the document.
struct Field {
  std::string_view name;
  std::string_view alias;      // what the answer is called; the name if none
  std::string_view arguments;  // the text between the parentheses
};

// The fields of the operation called `operation`, or of the first one if
// there is none of that name. Fragments are resolved: their fields stand
// where the fragment does, each fragment once. Takes time and memory in
// proportion to the document, and no stack.
std::vector<Field> RootFields(std::string_view document,
                              std::string_view operation);

// The value of an argument, or of a member of an input object: one of these.
struct Argument {
  std::optional<std::string> text;  // a string, escapes resolved
  std::string_view variable;        // `$name`, without the dollar
  std::string_view object;          // `{...}`, the text between the braces
};

// The value of `name:` in `arguments`; that of a member of one of them is not
// looked at. Nullopt if there is no such argument.
std::optional<Argument> FindArgument(std::string_view arguments,
                                     std::string_view name);

}  // namespace bobbin::api::graphql
