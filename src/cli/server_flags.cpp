#include "cli/server_flags.h"

#include <CLI/CLI.hpp>

#include "base/log.h"

namespace bobbin::cli {
namespace {

// CLI11 would take "nan", which is in every range.
std::string IsDecimal(const std::string& text) {
  const bool is = text.find_first_not_of("0123456789.") == std::string::npos;
  return is ? "" : text + " is not a decimal number from 0";
}

LogLevel LevelOf(const std::string& name) {
  if (name == "error") return LogLevel::kError;
  return name == "info" ? LogLevel::kInfo : LogLevel::kWarning;
}

}  // namespace

void ServerFlags::ApplyLogLevel() const { SetLogLevel(LevelOf(log_level)); }

void AddServerFlags(CLI::App& command, ServerFlags& flags) {
  command
      .add_option("--max-body", flags.http.max_body_bytes,
                  "Largest request body in bytes, also after gunzip")
      ->envname("BOBBIN_MAX_BODY")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(size_t{1}, size_t{2} << 30))
      ->capture_default_str();
  command
      .add_option("--threads", flags.http.max_threads,
                  "Most connections at once; each has a thread")
      ->envname("BOBBIN_THREADS")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command
      .add_option("--write-timeout", flags.http.write_timeout_ms,
                  "Milliseconds after which a client that takes nothing of "
                  "its answer is cut off")
      ->envname("BOBBIN_WRITE_TIMEOUT")
      ->check(CLI::Range(1, 3'600'000))
      ->capture_default_str();
  command
      .add_option("--query-timeout", flags.query_timeout_s,
                  "Seconds after which a query that finds nothing more is "
                  "stopped; 0: never")
      ->envname("BOBBIN_QUERY_TIMEOUT")
      ->type_name("SECONDS")
      ->check(IsDecimal)
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      .add_option("--log-level", flags.log_level,
                  "What to say on stderr: error, warning or info (every "
                  "request)")
      ->envname("BOBBIN_LOG_LEVEL")
      ->check(CLI::IsMember({"error", "warning", "info"}))
      ->capture_default_str();
}

}  // namespace bobbin::cli
