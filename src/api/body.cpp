#include "api/body.h"

#include <algorithm>
#include <cctype>

#include "json/write.h"
#include "model/details.h"

namespace bobbin::api {
namespace {

using model::Details;
using model::Loc;

constexpr Loc kBody{.name = "body"};

bool IsJson(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  std::ranges::transform(type, type.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  // Nothing said: taken as JSON, as older servers do (contract section 2).
  return type.empty() || type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

Error One(std::string_view type, const Loc& loc, std::string_view msg,
          std::string_view input, std::string_view context = {}) {
  Details details;
  details.Add(type, loc, msg, input, context);
  return std::move(details).Take();
}

Error SyntaxTrouble(const json::SyntaxError& error) {
  if (error.too_deep) {
    return {Code::kTooLarge, "The body is nested too deeply; " +
                                 std::to_string(json::kMaxDepth) +
                                 " levels are the most"};
  }
  if (error.too_large) {
    return {Code::kTooLarge, "The body has too many values to be read"};
  }
  if (error.bad_utf8) {
    return Invalid("The body is not valid UTF-8");
  }
  std::string context = R"({"error":)";
  json::AppendQuoted(context, error.message);
  context += '}';
  return One("json_invalid", kBody.At(static_cast<int64_t>(error.offset_chars)),
             "JSON decode error", "{}", context);
}

}  // namespace

Status ParseBody(const Request& request, int detail_depth,
                 json::Document& document) {
  if (request.body.empty()) {
    return One("missing", kBody, "Field required", "null");
  }
  if (!IsJson(request.content_type)) {
    std::string text;
    json::AppendQuoted(text, request.body);
    return One("model_attributes_type", kBody,
               "Input should be a valid dictionary or object to extract "
               "fields from",
               text);
  }
  const json::SyntaxError error = document.Parse(request.body, detail_depth);
  if (!error.message.empty()) return SyntaxTrouble(error);
  return {};
}

}  // namespace bobbin::api
