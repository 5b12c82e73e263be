#include "http/answer.h"

#include <array>
#include <charconv>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "http/disrupt.h"
#include "http/gzip.h"
#include "http/request_log.h"
#include "http/text.h"

namespace bobbin::http {
namespace {

// Below this an answer fits into one packet anyhow.
constexpr size_t kWorthZipping = 1024;

class BodyStream {
 public:
  BodyStream(Exchange& exchange, const StreamFormat& format)
      : exchange_(exchange), format_(format) {
    if (format.zipped) gzip_.emplace();
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
    if (format_.bytes && *format_.bytes != exchange_.body_bytes) return false;
    return SendHead() &&
           (!format_.chunked || exchange_.connection.Write("0\r\n\r\n"));
  }

  // Leaves the body incomplete. Returns false.
  bool BreakOff() {
    SendHead();
    return false;
  }

 private:
  bool SendHead() {
    if (!exchange_.holds_head) return true;
    exchange_.holds_head = false;
    return exchange_.connection.Write(exchange_.head_to_send);
  }

  // Nothing is held back for long: who knows when the next piece comes. But
  // often the end follows at once, and one packet wakes the client once.
  bool Send(std::string_view piece) {
    if (piece.empty()) return true;  // as a chunk it would be the end
    exchange_.body_bytes += piece.size();
    if (format_.bytes && exchange_.body_bytes > *format_.bytes) return false;
    if (!SendHead()) return false;
    if (!format_.chunked) return exchange_.connection.Send({&piece, 1});
    std::array<char, 18> size;
    char* end =
        std::to_chars(size.begin(), size.end() - 2, piece.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const std::array<std::string_view, 3> chunk = {
        std::string_view(size.data(), end), piece, "\r\n"};
    return exchange_.connection.Send(chunk, !format_.live);
  }

  Exchange& exchange_;
  const StreamFormat format_;
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
  if (response.stream_is_live) return false;
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

api::StreamEnd SendStream(
    Exchange& exchange, const StreamFormat& format,
    const std::function<api::StreamEnd(const api::Sink&)>& stream) {
  api::StreamEnd end = false;
  try {
    BodyStream body(exchange, format);
    bool taken = true;
    BodyCut cut(format.cut.value_or(api::Disruption::Cut{}));
    end = stream([&](std::string_view piece) {
      taken = taken && body.Add(cut.Take(piece));
      return taken && !cut.reached();
    });
    if (cut.reached() || (end && cut.breaks_end())) {
      end = taken && (cut.clean() ? body.Finish() : body.BreakOff());
    } else {
      end.whole = end.whole && taken && body.Finish();
    }
  } catch (...) {
    LogException(exchange, std::current_exception());
    end = false;
  }
  if (end) return true;
  if (exchange.holds_head) {
    exchange.holds_head = false;
    exchange.body_bytes = 0;
    if (!end.instead) {
      end.instead = api::Response{
          .status = 500, .body = ReasonBody(500, "Internal server error")};
    }
    return end;
  }
  exchange.cut = true;
  // The end of the connection means the end of the body there, unless it is
  // an error.
  if (!format.chunked && !format.bytes) exchange.connection.ResetAtClose();
  return false;
}

}  // namespace bobbin::http
