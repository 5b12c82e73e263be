#include "http/disrupt.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace bobbin::http {

bool HoldBack(Exchange& exchange, const api::Disruption& disruption,
              const std::atomic<bool>& stopping) {
  Connection& connection = exchange.connection;
  if (disruption.hang) {
    connection.Pause(stopping, -1);
  } else if (disruption.delay_ms > 0) {
    connection.Pause(stopping, disruption.delay_ms);
  }
  if (!disruption.hang && !disruption.silent) return true;
  exchange.silent = true;
  exchange.cut = true;
  exchange.keep_alive = false;
  return false;
}

void MakeStream(api::Response& response) {
  if (response.stream) return;
  response.stream_bytes = response.body.size();
  response.stream =
      [body = std::make_shared<const std::string>(std::move(response.body))](
          const api::Sink& sink) { return body->empty() || sink(*body); };
  response.body.clear();
}

std::string_view BodyCut::Take(std::string_view piece) {
  if (reached_) return {};
  size_t taken = piece.size();
  if (cut_.bytes) {
    taken = std::min(taken, *cut_.bytes - bytes_);
    reached_ = bytes_ + taken == *cut_.bytes;
  }
  if (cut_.lines) {
    size_t end = 0;
    while (end < taken && lines_ < *cut_.lines) {
      const size_t line_break = piece.find('\n', end);
      if (line_break >= taken) {
        end = taken;
      } else {
        end = line_break + 1;
        ++lines_;
      }
    }
    // Something must follow, or the body is whole.
    if (end < taken) reached_ = true;
    taken = end;
  }
  bytes_ += taken;
  return piece.substr(0, taken);
}

}  // namespace bobbin::http
