#include "http/client.h"

#include <httplib.h>

#include <limits>
#include <utility>

namespace bobbin::http {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr int kOk = 200;
// httplib knows no "for ever".
constexpr time_t kForEverS = std::numeric_limits<int>::max() / 1000;

Error NobodyAt(const std::string& url) {
  return NotFound("Nobody answers at " + url +
                  ". Is `bobbin serve` running there?");
}

Error BrokeOff(const std::string& url, httplib::Error error) {
  return {Code::kBusy, "The answer of " + url +
                           " broke off: " + httplib::to_string(error) + "."};
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(ClientOptions options)
      : options_(std::move(options)), client_(options_.url) {
    const auto seconds = [](int ms) { return ms / 1000; };
    const auto micros = [](int ms) { return ms % 1000 * 1000; };
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_connection_timeout(seconds(options_.connect_timeout_ms),
                                   micros(options_.connect_timeout_ms));
    if (options_.read_timeout_ms == 0) {
      client_.set_read_timeout(kForEverS);
    } else {
      client_.set_read_timeout(seconds(options_.read_timeout_ms),
                               micros(options_.read_timeout_ms));
    }
    if (!options_.api_key.empty()) {
      client_.set_basic_auth("api", options_.api_key);
    }
  }

  bool is_valid() const { return client_.is_valid(); }

  Result<Reply> Send(httplib::Request request, const Sink& sink) {
    Reply reply;
    bool enough = false;
    request.response_handler = [&](const httplib::Response& response) {
      reply.status = response.status;
      return true;
    };
    request.content_receiver = [&](const char* data, size_t size, uint64_t,
                                   uint64_t) {
      if (!sink || reply.status != kOk) {
        reply.body.append(data, size);
        return true;
      }
      enough = !sink({data, size});
      return !enough;
    };
    const httplib::Result result = client_.send(request);
    if (result || enough) return reply;
    if (result.error() == httplib::Error::Connection ||
        result.error() == httplib::Error::ConnectionTimeout) {
      return NobodyAt(options_.url);
    }
    return BrokeOff(options_.url, result.error());
  }

  void Stop() { client_.stop(); }

 private:
  const ClientOptions options_;
  httplib::Client client_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::Make(ClientOptions options) {
  while (options.url.ends_with('/')) options.url.pop_back();
  const std::string url = options.url;
  if (!url.starts_with(kScheme) ||
      url.find('/', kScheme.size()) != std::string::npos) {
    return Invalid("The address '" + url +
                   "' does not look like http://127.0.0.1:6345.");
  }
  auto impl = std::make_unique<Impl>(std::move(options));
  if (!impl->is_valid()) {
    return Invalid("'" + url + "' is not an address.");
  }
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

Result<Reply> Client::Get(const std::string& path, const Sink& sink) {
  httplib::Request request;
  request.method = "GET";
  request.path = path;
  return impl_->Send(std::move(request), sink);
}

Result<Reply> Client::Post(const std::string& path, std::string_view json,
                           const Sink& sink) {
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.set_header("Content-Type", "application/json");
  request.body = json;
  return impl_->Send(std::move(request), sink);
}

void Client::Stop() { impl_->Stop(); }

}  // namespace bobbin::http
