// What the log says about requests.
#pragma once

#include <chrono>
#include <exception>

#include "http/exchange.h"

namespace bobbin::http {

// At level info: `POST /call/start 200 12B 0.8ms`.
void LogRequest(const Exchange& exchange,
                std::chrono::steady_clock::duration taken);

// At level error. The text of an exception is for the operator only.
void LogException(const Exchange& exchange, const std::exception_ptr& thrown);

}  // namespace bobbin::http
