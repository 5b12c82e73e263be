#include "http/request_log.h"

#include <cstdio>
#include <string>

#include "base/log.h"

namespace bobbin::http {
namespace {

std::string What(const Exchange& exchange) {
  // Without a head there is neither a method nor a path.
  if (!exchange.begun) return "- -";
  return exchange.request.method + ' ' + exchange.request.path;
}

}  // namespace

void LogRequest(const Exchange& exchange,
                std::chrono::steady_clock::duration taken) {
  const double ms = std::chrono::duration<double, std::milli>(taken).count();
  char outcome[80];
  std::snprintf(outcome, sizeof outcome, " %d %zuB %.1fms%s", exchange.status,
                exchange.body_bytes, ms, exchange.cut ? " cut off" : "");
  Log(LogLevel::kInfo, What(exchange) + outcome);
}

void LogException(const Exchange& exchange, const std::exception_ptr& thrown) {
  std::string line = What(exchange);
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    line.append(": ").append(e.what());
  } catch (...) {
    line += ": not a std::exception";
  }
  Log(LogLevel::kError, line);
}

}  // namespace bobbin::http
