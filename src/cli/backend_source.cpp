#include "cli/backend_source.h"

#include <algorithm>
#include <utility>

namespace bobbin::cli {
namespace {

constexpr int kOk = 200;

// Commands put only what needs no escapes into an address.
void SetAddress(api::Request& request, std::string_view address) {
  const size_t mark = std::min(address.find('?'), address.size());
  request.path = address.substr(0, mark);
  address.remove_prefix(mark);
  while (!address.empty()) {
    address.remove_prefix(1);  // ? or &
    const std::string_view pair = address.substr(0, address.find('&'));
    const size_t equals = std::min(pair.find('='), pair.size() - 1);
    request.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    address.remove_prefix(pair.size());
  }
}

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
  SetAddress(request, path);
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
