#include "http/exchange.h"

#include <utility>

#include "http/body_source.h"
#include "http/gzip.h"
#include "http/multipart.h"
#include "http/text.h"

namespace bobbin::http {
namespace {

Coding CodingOf(std::string_view name) {
  if (EqualNoCase(name, "gzip") || EqualNoCase(name, "x-gzip")) {
    return Coding::kGzip;
  }
  if (EqualNoCase(name, "deflate")) return Coding::kDeflate;
  if (name.empty() || EqualNoCase(name, "identity")) return Coding::kNone;
  return Coding::kUnknown;
}

// The form of a request: reads its parts from the connection.
class StreamedForm final : public api::Form {
 public:
  StreamedForm(Exchange& exchange, std::string_view boundary,
               std::optional<Format> zipped, size_t max_body_bytes)
      : exchange_(exchange),
        source_(exchange.connection, *exchange.framing, zipped, max_body_bytes),
        reader_(boundary,
                [this](char* into, size_t size) { return Take(into, size); }) {}

  Result<bool> Next(api::Part& part) override {
    if (exchange_.refusal) return Refused();
    const MultipartReader::Outcome outcome = reader_.Next(part);
    if (IsBad(outcome)) return Refused();
    if (outcome == MultipartReader::Outcome::kOk) return true;
    exchange_.whole = true;
    return false;
  }

  Result<std::string_view> Read() override {
    if (exchange_.refusal) return Refused();
    std::string_view piece;
    if (IsBad(reader_.Read(piece))) return Refused();
    return piece;
  }

 private:
  std::optional<size_t> Take(char* into, size_t size) {
    size_t got = 0;
    exchange_.refusal = source_.Read(into, size, got);
    if (exchange_.refusal) return std::nullopt;
    return got;
  }

  bool IsBad(MultipartReader::Outcome outcome) {
    if (outcome == MultipartReader::Outcome::kMalformed) {
      exchange_.refusal = Refusal{400, "The multipart body is malformed."};
    }
    return exchange_.refusal.has_value();
  }

  Error Refused() const {
    return Invalid(std::string(exchange_.refusal->reason));
  }

  Exchange& exchange_;
  BodySource source_;
  MultipartReader reader_;
};

std::optional<Format> FormatOf(Coding coding) {
  if (coding == Coding::kGzip) return Format::kGzip;
  if (coding == Coding::kDeflate) return Format::kDeflate;
  return std::nullopt;
}

std::optional<Refusal> Unzip(Format format, size_t max_bytes,
                             std::string& body) {
  std::string text;
  std::optional<Refusal> refusal =
      WhyUnread(Inflate(format, body, max_bytes, text));
  body = std::move(text);
  return refusal;
}

std::optional<Refusal> OpenForm(Exchange& exchange,
                                std::optional<Format> zipped,
                                size_t max_body_bytes) {
  api::Request& request = exchange.request;
  const std::optional<std::string> boundary = BoundaryOf(request.content_type);
  if (!boundary) return Refusal{400, "The multipart body is malformed."};
  exchange.form = std::make_unique<StreamedForm>(exchange, *boundary, zipped,
                                                 max_body_bytes);
  request.form = exchange.form.get();
  return std::nullopt;
}

}  // namespace

void Head::Add(std::string_view name, std::string_view value) {
  const auto is = [name](std::string_view other) {
    return EqualNoCase(name, other);
  };
  const auto once = [&](std::optional<std::string_view>& place) {
    if (place) ambiguous = true;
    place = value;
  };
  if (is("host")) {
    once(visitor.host);
  } else if (is("origin")) {
    once(visitor.origin);
  } else if (is("authorization")) {
    once(visitor.authorization);
  } else if (is("wandb-api-key")) {
    once(visitor.wandb_api_key);
  } else if (is("content-length")) {
    once(content_length);
  } else if (is("transfer-encoding")) {
    once(transfer_encoding);
  } else if (is("content-encoding")) {
    if (coding != Coding::kNone) ambiguous = true;
    coding = CodingOf(value);
  } else if (is("accept-encoding")) {
    accepts_gzip = accepts_gzip || AcceptsGzip(value);
  } else if (is("connection")) {
    while (!value.empty()) {
      const std::string_view option = TakeUpTo(',', value);
      if (EqualNoCase(option, "close")) close = true;
      if (EqualNoCase(option, "keep-alive")) keep_alive = true;
    }
  }
}

std::optional<Refusal> Refuse(const Exchange& exchange, const Guard& guard,
                              size_t max_body_bytes) {
  if (exchange.head.ambiguous) {
    return Refusal{400, "A header that may be sent once was sent twice."};
  }
  std::optional<Refusal> refusal = guard.Refuse(exchange.head.visitor);
  if (refusal) return refusal;
  if (!exchange.framing) {
    return Refusal{400, "The length of the body is not clear."};
  }
  if (exchange.head.coding == Coding::kUnknown) {
    return Refusal{415, "Content-Encoding must be gzip, deflate or nothing."};
  }
  if (exchange.framing->length > max_body_bytes) {
    return WhyUnread(BodyRead::kTooLarge);
  }
  return std::nullopt;
}

std::optional<Refusal> TakeBody(Exchange& exchange, size_t max_body_bytes) {
  api::Request& request = exchange.request;
  if (exchange.whole) return std::nullopt;
  const std::optional<Format> zipped = FormatOf(exchange.head.coding);
  if (IsMultipart(request.content_type)) {
    return OpenForm(exchange, zipped, max_body_bytes);
  }
  std::optional<Refusal> refusal = WhyUnread(ReadBody(
      exchange.connection, *exchange.framing, max_body_bytes, request.body));
  if (refusal) return refusal;
  exchange.whole = true;
  if (zipped) refusal = Unzip(*zipped, max_body_bytes, request.body);
  return refusal;
}

void FinishForm(Exchange& exchange) {
  if (!exchange.form || exchange.whole) return;
  api::Part ignored;
  Result<bool> next = true;
  while (next.ok() && next.value()) next = exchange.form->Next(ignored);
}

}  // namespace bobbin::http
