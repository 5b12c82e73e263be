// Answers that go wrong on order (api::Disruption).
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

#include "api/request.h"
#include "http/exchange.h"

namespace bobbin::http {

// Waits as `disruption` says. False: there is to be no answer, and the
// connection must be closed; the exchange knows that then.
bool HoldBack(Exchange& exchange, const api::Disruption& disruption,
              const std::atomic<bool>& stopping);

// Makes the body of a response a stream, so that it can break off.
void MakeStream(api::Response& response);

// Where a body breaks off.
class BodyCut {
 public:
  explicit BodyCut(const api::Disruption::Cut& cut) : cut_(cut) {}

  // How much of the next piece is still to be sent.
  std::string_view Take(std::string_view piece);

  // Nothing more is to be sent, whatever comes.
  bool reached() const { return reached_; }
  // A body that ends before that breaks off at its end.
  bool breaks_end() const { return cut_.bytes && !cut_.clean; }
  bool clean() const { return cut_.clean; }

 private:
  const api::Disruption::Cut cut_;
  size_t bytes_ = 0;  // sent
  size_t lines_ = 0;
  bool reached_ = false;
};

}  // namespace bobbin::http
