#include "cli/backend_source.h"

#include <utility>

namespace bobbin::cli {
namespace {

constexpr int kOk = 200;

}  // namespace

Status BackendSource::Follow(const std::function<bool()>& look) {
  look();
  return {};
}

Result<Source::Answer> BackendSource::Send(std::string_view method,
                                           const std::string& path,
                                           std::string_view json,
                                           const Sink& sink) {
  const auto whole = [&sink](int status, std::string body) {
    if (status == kOk && sink) {
      sink(body);
      body.clear();
    }
    return Answer{status, std::move(body)};
  };
  api::Request request;
  request.method = method;
  request.path = path;
  request.content_type = "application/json";
  request.body = json;
  api::Response response = backend_.Answer(request);
  if (!response.stream) {
    return whole(response.status, std::move(response.body));
  }
  std::string body;
  bool enough = false;
  api::StreamEnd end = response.stream([&](std::string_view piece) {
    if (!sink) {
      body += piece;
      return true;
    }
    enough = !sink(piece);
    return !enough;
  });
  if (end.whole || enough) return Answer{response.status, std::move(body)};
  if (end.instead) {
    return whole(end.instead->status, std::move(end.instead->body));
  }
  return Internal("The answer broke off.");
}

}  // namespace bobbin::cli
