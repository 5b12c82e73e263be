#include "http/protocol.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "base/caller.h"
#include "base/log.h"
#include "http/answer.h"
#include "http/disrupt.h"
#include "http/exchange.h"
#include "http/request_log.h"
#include "http/target.h"
#include "http/text.h"

namespace bobbin::http {
namespace {

using Clock = std::chrono::steady_clock;

// Less than what httplib takes for one line, so that we see why it gives up.
constexpr size_t kMaxRequestHeadBytes = 32'000;
// Beyond these httplib calls a head bad.
constexpr size_t kMaxHeaderBytes = CPPHTTPLIB_HEADER_MAX_LENGTH;
constexpr size_t kMaxHeaders = 100;

// httplib calls its handlers without saying which connection they are for.
thread_local Exchange* current = nullptr;

// What httplib sees of a connection: the head of one request, and no way to
// read on for ever.
class HeadStream final : public httplib::Stream {
 public:
  explicit HeadStream(Exchange& exchange) : exchange_(exchange) {}

  // A line ended without CR.
  bool malformed() const { return malformed_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* into, size_t size) override {
    if (exchange_.head_bytes >= kMaxRequestHeadBytes) return -1;
    exchange_.head_bytes += size;  // it reads byte by byte
    const ssize_t got = exchange_.connection.Read(into, size);
    if (got <= 0) return got;
    // For httplib the line would go on, and the head never end.
    malformed_ = *into == '\n' && last_ != '\r';
    last_ = *into;
    return malformed_ ? -1 : got;
  }
  ssize_t write(const char* bytes, size_t size) override {
    if (exchange_.silent) return -1;
    if (exchange_.holds_head) {
      exchange_.head_to_send.append(bytes, size);
      return static_cast<ssize_t>(size);
    }
    return exchange_.connection.Write({bytes, size})
               ? static_cast<ssize_t>(size)
               : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  Exchange& exchange_;
  char last_ = 0;
  bool malformed_ = false;
};

std::string_view ReasonFor(int status) {
  switch (status) {
    case 400:
      return "This is not a valid HTTP request.";
    case 414:
      return "The address is too long.";
    case 431:
      return "The headers are too long.";
    default:
      return "The request cannot be served.";
  }
}

void Answer(const Refusal& refusal, httplib::Response& res) {
  res.status = refusal.status;
  res.body = ReasonBody(refusal.status, refusal.reason);
  res.set_header("Content-Type", "application/json");
  if (refusal.status == 401) {
    res.set_header("WWW-Authenticate", R"(Basic realm="bobbin")");
  }
}

// What a log of requests may show of their headers.
std::vector<std::pair<std::string, std::string>> Kept(
    const httplib::Headers& headers) {
  static constexpr std::array<std::string_view, 4> kSecret = {
      "authorization", "proxy-authorization", "wandb-api-key", "cookie"};
  std::vector<std::pair<std::string, std::string>> kept;
  kept.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    const bool secret =
        std::ranges::any_of(kSecret, [&name = name](std::string_view other) {
          return EqualNoCase(name, other);
        });
    kept.emplace_back(name, secret ? "[redacted]" : value);
  }
  return kept;
}

bool HasNoBody(int status) { return status == 204 || status == 304; }

}  // namespace

// httplib::Server without its sockets, threads and routes: process_request()
// on our connection, and a handler at each place where it asks for one.
class Protocol::Engine final : public httplib::Server {
 public:
  Engine(const Guard& guard, api::Handler handler,
         const Protocol::Options& options, const std::atomic<bool>& stopping);

  bool ServeRequest(Connection& connection);

 private:
  // The head is complete.
  void Begin(httplib::Request& req);
  // Puts the answer into `res`.
  void Serve(httplib::Response& res);
  void Fill(api::Response&& response, httplib::Response& res);
  void FillStream(api::Response&& response, bool zipped,
                  httplib::Response& res);
  // Sends an answer in place of the one whose head has been held back.
  bool AnswerInstead(api::Response&& response);
  // httplib has found an error and made no answer yet.
  void ServeAfterError(const httplib::Request& req, httplib::Response& res);
  ssize_t WriteHeaders(httplib::Stream& to, const httplib::Headers& headers);

  const Guard& guard_;
  const api::Handler handler_;
  const Protocol::Options options_;
  const std::atomic<bool>& stopping_;
  const std::function<void(httplib::Request&)> begin_;
  const std::string no_address_;
};

Protocol::Engine::Engine(const Guard& guard, api::Handler handler,
                         const Protocol::Options& options,
                         const std::atomic<bool>& stopping)
    : guard_(guard),
      handler_(std::move(handler)),
      options_(options),
      stopping_(stopping),
      begin_([this](httplib::Request& req) { Begin(req); }) {
  using httplib::Request;
  using httplib::Response;
  svr_sock_ = 0;  // "we are running": httplib stops to stream otherwise
  set_expect_100_continue_handler([this](const Request&, Response& res) {
    const std::optional<Refusal> refusal =
        Refuse(*current, guard_, options_.max_body_bytes);
    if (!refusal) return 100;
    Answer(*refusal, res);
    return refusal->status;
  });
  // Answers everything, so that httplib's routes, which are slower and know
  // fewer methods, are never asked.
  set_pre_routing_handler([this](const Request&, Response& res) {
    Serve(res);
    return HandlerResponse::Handled;
  });
  set_error_handler([this](const Request& req, Response& res) {
    if (res.body.empty() && !current->begun) ServeAfterError(req, res);
    return HandlerResponse::Handled;
  });
  set_exception_handler(
      [](const Request&, Response& res, const std::exception_ptr& thrown) {
        LogException(*current, thrown);
        res = Response();
        current->holds_head = false;
        Answer({500, "Internal server error"}, res);
      });
  set_post_routing_handler([this](const Request& req, Response& res) {
    current->status = res.status;
    current->keep_alive = current->keep_alive && current->whole && !stopping_;
    // SendStream() counts for itself.
    current->body_bytes = req.method == "HEAD" ? 0 : res.body.size();
  });
  set_header_writer([this](httplib::Stream& to, httplib::Headers& headers) {
    return WriteHeaders(to, headers);
  });
}

bool Protocol::Engine::ServeRequest(Connection& connection) {
  Exchange exchange{.connection = connection};
  HeadStream stream(exchange);
  const Caller caller([&connection] { return connection.PeerIsGone(); });
  const bool logged = LogEnabled(LogLevel::kInfo);
  const Clock::time_point start = logged ? Clock::now() : Clock::time_point();
  current = &exchange;
  bool sent = false;
  try {
    bool ignored = false;  // exchange.keep_alive knows better
    sent = process_request(stream, no_address_, 0, no_address_, 0, false,
                           ignored, begin_);
  } catch (const std::exception& e) {
    Log(LogLevel::kError, std::string("a request was dropped: ") + e.what());
  }
  current = nullptr;
  if (exchange.status == 0 &&
      (stream.malformed() || exchange.head_bytes >= kMaxRequestHeadBytes)) {
    // Not even the first line has come.
    exchange.status = stream.malformed() ? 400 : 414;
    connection.Write(
        ClosingAnswer(exchange.status, ReasonFor(exchange.status)));
  }
  sent = connection.Flush() && sent;
  if (logged && exchange.status != 0) {
    LogRequest(exchange, Clock::now() - start);
  }
  if (!exchange.whole && exchange.status != 0) connection.Linger(stopping_);
  return sent && exchange.keep_alive;
}

void Protocol::Engine::Begin(httplib::Request& req) {
  Exchange& exchange = *current;
  exchange.begun = true;
  req.ranges.clear();  // we serve whole bodies only
  Head& head = exchange.head;
  api::Request& request = exchange.request;
  request.method = req.method;
  Target target = ReadTarget(req.target);
  request.path = std::move(target.path);
  request.inner_slashes = std::move(target.inner_slashes);
  for (auto& [name, value] : req.params) {
    request.query.emplace_back(name, std::move(value));
  }
  if (options_.keep_headers) request.headers = Kept(req.headers);
  for (auto& [name, value] : req.headers) {
    if (EqualNoCase(name, "content-type")) {
      request.content_type = std::move(value);
    } else if (EqualNoCase(name, "accept")) {
      request.accept = std::move(value);
    } else if (EqualNoCase(name, "if-none-match")) {
      request.if_none_match = std::move(value);
    } else {
      head.Add(name, value);
    }
  }
  head.visitor.path = request.path;
  head.visitor.http_1_0 = req.version == "HTTP/1.0";
  // Goes before the Host header, which must be there all the same (RFC 9112,
  // section 3.2.2).
  if (target.absolute && (head.visitor.host || head.visitor.http_1_0)) {
    head.visitor.host = target.authority;
  }
  exchange.keep_alive =
      !head.close && (head.keep_alive || !head.visitor.http_1_0);
  exchange.framing = FramingOf(head.content_length, head.transfer_encoding);
  exchange.whole = exchange.framing && !exchange.framing->chunked &&
                   exchange.framing->length == 0;
}

void Protocol::Engine::Serve(httplib::Response& res) {
  std::optional<Refusal> refusal =
      Refuse(*current, guard_, options_.max_body_bytes);
  if (!refusal) refusal = TakeBody(*current, options_.max_body_bytes);
  if (refusal) return Answer(*refusal, res);
  api::Response response = handler_(current->request);
  FinishForm(*current);
  if (current->refusal) return Answer(*current->refusal, res);
  if (response.disruption &&
      !HoldBack(*current, *response.disruption, stopping_)) {
    res.status = response.status;  // for the log
    return;
  }
  Fill(std::move(response), res);
}

void Protocol::Engine::Fill(api::Response&& response, httplib::Response& res) {
  Exchange& exchange = *current;
  res.status = response.status;
  if (response.disruption && response.disruption->cut) MakeStream(response);
  const bool zipped = Compress(exchange.head.accepts_gzip, response);
  // set_header() drops what would break the head; names and values may go
  // back to what a client sent.
  for (const auto& [name, value] : response.headers) {
    res.set_header(name, value);
  }
  if (HasNoBody(response.status)) return;
  res.set_header("Content-Type", response.content_type);
  if (response.stream) return FillStream(std::move(response), zipped, res);
  res.body = std::move(response.body);
}

void Protocol::Engine::FillStream(api::Response&& response, bool zipped,
                                  httplib::Response& res) {
  Exchange& exchange = *current;
  StreamFormat format{.zipped = zipped, .live = response.stream_is_live};
  if (response.disruption) format.cut = response.disruption->cut;
  const bool as_long = !format.cut || !format.cut->clean;
  if (response.stream_bytes && !zipped && as_long) {
    format.bytes = response.stream_bytes;
    res.set_header("Content-Length", std::to_string(*format.bytes));
  } else if (!exchange.head.visitor.http_1_0) {
    format.chunked = true;
    res.set_header("Transfer-Encoding", "chunked");
  } else {
    exchange.keep_alive = false;
  }
  exchange.holds_head = exchange.request.method != "HEAD";
  // The kind of provider that httplib adds nothing to.
  res.content_provider_ = [this, &exchange, format,
                           stream = std::move(response.stream)](
                              size_t, size_t, httplib::DataSink& sink) {
    api::StreamEnd end = SendStream(exchange, format, stream);
    const bool whole =
        end.instead ? AnswerInstead(*std::move(end.instead)) : end.whole;
    if (whole) sink.done();
    return whole;
  };
}

bool Protocol::Engine::AnswerInstead(api::Response&& response) {
  Exchange& exchange = *current;
  httplib::Response res;
  Fill(std::move(response), res);
  res.set_header("Content-Length", std::to_string(res.body.size()));
  exchange.status = res.status;
  exchange.body_bytes = res.body.size();
  HeadStream to(exchange);
  httplib::detail::write_response_line(to, res.status);
  WriteHeaders(to, res.headers);
  return exchange.connection.Write(res.body);
}

void Protocol::Engine::ServeAfterError(const httplib::Request& req,
                                       httplib::Response& res) {
  Exchange& exchange = *current;
  // httplib knows ten methods; which ones there are is for the handler to
  // say. It has left the headers unread then. And it minds a malformed Range,
  // which is to be ignored (RFC 9110, section 14.2).
  const bool other_method =
      res.status == 400 && req.path.empty() && !req.target.empty() &&
      (req.version == "HTTP/1.1" || req.version == "HTTP/1.0") &&
      httplib::detail::fields::is_token(req.method);
  if (other_method || res.status == 416) {
    httplib::Request again = req;
    HeadStream stream(exchange);
    if (!other_method || httplib::detail::read_headers(stream, again.headers)) {
      Begin(again);
      return Serve(res);
    }
  }
  if (res.status == 400 && (exchange.head_bytes > kMaxHeaderBytes ||
                            req.headers.size() >= kMaxHeaders)) {
    res.status = 431;
  }
  Answer({res.status, ReasonFor(res.status)}, res);
}

ssize_t Protocol::Engine::WriteHeaders(httplib::Stream& to,
                                       const httplib::Headers& headers) {
  const Exchange& exchange = *current;
  std::string text;
  text.reserve(256);
  for (const auto& [name, value] : headers) {
    // httplib's own, which say what is not so here.
    if (name == "Connection" || name == "Keep-Alive" ||
        name == "Accept-Ranges" ||
        (name == "Content-Length" && HasNoBody(exchange.status))) {
      continue;
    }
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!exchange.keep_alive) {
    text += "Connection: close\r\n";
  } else if (exchange.head.visitor.http_1_0) {
    text += "Connection: keep-alive\r\n";
  }
  text += "\r\n";
  return to.write(text.data(), text.size());
}

std::string ClosingAnswer(int status, std::string_view reason,
                          std::string_view header) {
  const std::string body = ReasonBody(status, reason);
  std::string answer = "HTTP/1.1 " + std::to_string(status) + ' ' +
                       httplib::status_message(status) +
                       "\r\nContent-Type: application/json"
                       "\r\nContent-Length: " +
                       std::to_string(body.size()) +
                       "\r\nConnection: close\r\n";
  answer.append(header).append("\r\n").append(body);
  return answer;
}

std::string HeaderAsRead(const std::string& value) {
  return httplib::detail::decode_url(value, false);
}

Protocol::Protocol(const Guard& guard, api::Handler handler,
                   const Options& options, const std::atomic<bool>& stopping)
    : engine_(std::make_unique<Engine>(guard, std::move(handler), options,
                                       stopping)) {}

Protocol::~Protocol() = default;

bool Protocol::ServeRequest(Connection& connection) {
  return engine_->ServeRequest(connection);
}

}  // namespace bobbin::http
