#include "http/exchange.h"

#include <string>
#include <utility>
#include <vector>

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

constexpr Refusal kTooLarge = {413, "Request too large"};

std::optional<Refusal> WhyUnread(BodyRead read) {
  switch (read) {
    case BodyRead::kOk:
      return std::nullopt;
    case BodyRead::kTooLarge:
      return kTooLarge;
    case BodyRead::kBroken:
      return Refusal{400, "The chunks of the body are malformed."};
    case BodyRead::kEnded:
      return Refusal{400, "The body ended early."};
    case BodyRead::kSilent:
      return Refusal{408, "The body did not come in time."};
  }
  return std::nullopt;
}

std::optional<Refusal> Unzip(Format format, size_t max_bytes,
                             std::string& body) {
  std::string text;
  switch (Inflate(format, body, max_bytes, text)) {
    case Inflated::kOk:
      body = std::move(text);
      return std::nullopt;
    case Inflated::kTooLarge:
      return kTooLarge;
    case Inflated::kBroken:
      return Refusal{400, "The body is not what Content-Encoding says."};
  }
  return std::nullopt;
}

std::optional<Refusal> TakeParts(api::Request& request) {
  std::optional<std::vector<api::Part>> parts =
      ParseMultipart(request.content_type, request.body);
  if (!parts) return Refusal{400, "The multipart body is malformed."};
  request.parts = *std::move(parts);
  request.body = {};
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
  if (exchange.framing->length > max_body_bytes) return kTooLarge;
  return std::nullopt;
}

std::optional<Refusal> TakeBody(Exchange& exchange, size_t max_body_bytes) {
  api::Request& request = exchange.request;
  if (exchange.whole) return std::nullopt;
  std::optional<Refusal> refusal = WhyUnread(ReadBody(
      exchange.connection, *exchange.framing, max_body_bytes, request.body));
  if (refusal) return refusal;
  exchange.whole = true;
  if (exchange.head.coding != Coding::kNone) {
    const Format format = exchange.head.coding == Coding::kGzip
                              ? Format::kGzip
                              : Format::kDeflate;
    refusal = Unzip(format, max_body_bytes, request.body);
    if (refusal) return refusal;
  }
  if (IsMultipart(request.content_type)) return TakeParts(request);
  return std::nullopt;
}

}  // namespace bobbin::http
