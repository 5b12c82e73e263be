#include "http/answer.h"

#include <array>
#include <charconv>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "http/gzip.h"
#include "http/request_log.h"
#include "http/text.h"

namespace bobbin::http {
namespace {

// Below this an answer fits into one packet anyhow.
constexpr size_t kWorthZipping = 1024;

class BodyStream {
 public:
  BodyStream(Exchange& exchange, bool chunked, bool zipped)
      : exchange_(exchange), chunked_(chunked) {
    if (zipped) gzip_.emplace();
  }

  bool Add(std::string_view piece) {
    if (!gzip_ || piece.empty()) return Send(piece);
    zipped_.clear();
    gzip_->Add(piece, zipped_);
    return Send(zipped_);
  }

  bool Finish() {
    if (gzip_) {
      zipped_.clear();
      gzip_->Finish({}, zipped_);
      if (!Send(zipped_)) return false;
    }
    return !chunked_ || exchange_.connection.Write("0\r\n\r\n");
  }

 private:
  // Nothing is held back for long: who knows when the next piece comes. But
  // often the end follows at once, and one packet wakes the client once.
  bool Send(std::string_view piece) {
    if (piece.empty()) return true;  // as a chunk it would be the end
    exchange_.body_bytes += piece.size();
    if (!chunked_) return exchange_.connection.Send({&piece, 1});
    std::array<char, 18> size;
    char* end =
        std::to_chars(size.begin(), size.end() - 2, piece.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const std::array<std::string_view, 3> chunk = {
        std::string_view(size.data(), end), piece, "\r\n"};
    return exchange_.connection.Send(chunk, true);
  }

  Exchange& exchange_;
  const bool chunked_;
  std::optional<GzipWriter> gzip_;
  std::string zipped_;
};

// Where the API answers with the same status, its name for it.
std::string_view ErrorType(int status) {
  switch (status) {
    case 400:
      return "InvalidRequest";
    case 401:
      return "AuthenticationError";
    case 403:
      return "Forbidden";
    case 408:
      return "RequestTimeout";
    case 413:
      return "RequestTooLarge";
    case 414:
      return "AddressTooLong";
    case 415:
      return "UnsupportedContentEncoding";
    case 431:
      return "HeadersTooLarge";
    case 503:
      return "Busy";
    default:
      return "InternalError";
  }
}

}  // namespace

std::string ReasonBody(int status, std::string_view reason) {
  std::string body = R"({"reason":")";
  body.append(reason).append(R"(","error_type":")");
  body.append(ErrorType(status)).append("\"}");
  return body;
}

bool Compress(bool accepts_gzip, api::Response& response) {
  const bool streamed = static_cast<bool>(response.stream);
  if ((!streamed && response.body.size() < kWorthZipping) ||
      !IsCompressible(response.content_type)) {
    return false;
  }
  for (const auto& [name, value] : response.headers) {
    if (EqualNoCase(name, "Content-Encoding")) return false;
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!accepts_gzip) return false;
  response.headers.emplace_back("Content-Encoding", "gzip");
  if (!streamed) {
    std::string zipped;
    GzipWriter().Finish(response.body, zipped);
    response.body = std::move(zipped);
  }
  return true;
}

bool SendStream(Exchange& exchange, bool chunked, bool zipped,
                const std::function<bool(const api::Sink&)>& stream) {
  bool whole = false;
  try {
    BodyStream body(exchange, chunked, zipped);
    bool taken = true;
    const bool done = stream([&](std::string_view piece) {
      taken = taken && body.Add(piece);
      return taken;
    });
    whole = done && taken && body.Finish();
  } catch (...) {
    LogException(exchange, std::current_exception());
  }
  exchange.cut = !whole;
  // The end of the connection means the end of the body there, unless it is
  // an error.
  if (!whole && !chunked) exchange.connection.ResetAtClose();
  return whole;
}

}  // namespace bobbin::http
