// `bobbin serve`: opens the file, answers requests until it is told to stop.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/version.h"
#include "cli/backend.h"
#include "cli/command.h"
#include "cli/default_path.h"
#include "cli/open_file.h"
#include "cli/place.h"
#include "cli/port_file.h"
#include "cli/signals.h"
#include "db/database.h"
#include "http/listener.h"
#include "http/server.h"

namespace bobbin::cli {
namespace {

struct ServeOptions {
  Place place;
  double query_timeout_s = 30;
  bool control = false;
  std::optional<int64_t> journal;
  std::string port_file;
  std::string log_level = "warning";
  http::ServerOptions http = {.port = 6345};
};

int ExitCodeOfBind(const Error& error) {
  if (error.code == Code::kConflict) return kExitPortTaken;
  return error.code == Code::kInvalid ? kExitUsage : kExitFailure;
}

void Greet(const ServeOptions& options, std::string_view durability,
           const std::string& url) {
  std::cerr << "bobbin " << Version() << " keeps traces in "
            << (options.place.ephemeral ? "memory, until it stops"
                                        : options.place.db)
            << " (durability: " << durability << ")\n"
            << "Point a Weave SDK at it:\n"
            << "  export WF_TRACE_SERVER_URL=" << url << '\n'
            << "  export WANDB_API_KEY="
            << (options.http.api_key.empty()
                    ? "0123456789abcdef0123456789abcdef01234567"
                    : "<the key given to bobbin>")
            << '\n';
}

// Ends the service before what it works with is gone, whichever way it ends.
class Running {
 public:
  Running(http::Server& server, Backend& backend)
      : server_(server), backend_(backend) {
    server_.Start([&backend](const api::Request& request) {
      return backend.Answer(request);
    });
  }
  ~Running() {
    backend_.EndWaits();
    const Impatience impatience([this] { server_.HurryStop(); });
    server_.Stop();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  http::Server& server_;
  Backend& backend_;
};

int Serve(ServeOptions& options) {
  BlockStopSignals();
  if (options.place.db.empty() && !options.place.ephemeral) {
    return Fail(Invalid("There is no home folder to keep the file in; say "
                        "--db FILE or --ephemeral."),
                kExitUsage);
  }
  const control::JournalOptions journal =
      control::JournalFor(options.journal, options.place.ephemeral);
  options.http.keep_headers = journal.most_entries > 0;
  // The port first: when it is taken, the file is not even looked at.
  http::Server server(options.http);
  Status bound = server.Bind();
  if (!bound.ok()) {
    return Fail(bound.error(), ExitCodeOfBind(bound.error()));
  }
  Result<std::unique_ptr<db::Database>> database =
      OpenPlace(options.place, options.query_timeout_s);
  if (!database.ok()) {
    return Fail(database.error(), ExitCodeOf(database.error()));
  }
  Backend backend(std::move(database).value(),
                  {.may_harm = options.control || options.place.ephemeral,
                   .journal = journal});
  backend.DropLeftovers();

  // Before anybody is served: whoever finds the number may still have to wait
  // for a moment, but nothing runs if it can't be written.
  PortFile port_file;
  if (!options.port_file.empty()) {
    Status written = port_file.Write(options.port_file, server.port());
    if (!written.ok()) return Fail(written.error(), kExitFailure);
  }
  const Running running(server, backend);
  const std::string url = http::UrlOf(options.http.host, server.port());
  Greet(options, backend.durability(), url);
  std::printf("READY=%s\n", url.c_str());
  std::fflush(stdout);

  WaitForStopSignal();
  return kExitOk;
}

// CLI11 would take "nan", which is in every range.
std::string IsDecimal(const std::string& text) {
  const bool is = text.find_first_not_of("0123456789.") == std::string::npos;
  return is ? "" : text + " is not a decimal number from 0";
}

void AddFlags(CLI::App& command, ServeOptions& options) {
  AddPlaceFlags(command, options.place);
  command.add_option("--host", options.http.host, "Address to listen on")
      ->envname("BOBBIN_HOST")
      ->capture_default_str();
  command
      .add_option("--port", options.http.port,
                  "Port to listen on; 0 picks a free one")
      ->envname("BOBBIN_PORT")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      .add_option("--port-file", options.port_file,
                  "File to write the port number to")
      ->envname("BOBBIN_PORT_FILE")
      ->type_name("FILE");
  command
      .add_option("--api-key", options.http.api_key,
                  "Key that clients must send; needed beyond this machine")
      ->envname("BOBBIN_API_KEY")
      ->type_name("KEY");
  command
      .add_flag("--control", options.control,
                "Let clients reset the file and order faults (as with "
                "--ephemeral)")
      ->envname("BOBBIN_CONTROL");
  command
      .add_option("--journal", options.journal,
                  "Keep the last N requests with their bodies, in memory, for "
                  "/_bobbin/journal; 0: none (default: with --ephemeral the "
                  "last 10000 without bodies, else none)")
      ->envname("BOBBIN_JOURNAL")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000));
  command
      .add_option("--max-body", options.http.max_body_bytes,
                  "Largest request body in bytes, also after gunzip")
      ->envname("BOBBIN_MAX_BODY")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(size_t{1}, size_t{2} << 30))
      ->capture_default_str();
  command
      .add_option("--threads", options.http.max_threads,
                  "Most connections at once; each has a thread")
      ->envname("BOBBIN_THREADS")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command
      .add_option("--write-timeout", options.http.write_timeout_ms,
                  "Milliseconds after which a client that takes nothing of "
                  "its answer is cut off")
      ->envname("BOBBIN_WRITE_TIMEOUT")
      ->check(CLI::Range(1, 3'600'000))
      ->capture_default_str();
  command
      .add_option("--query-timeout", options.query_timeout_s,
                  "Seconds after which a query that finds nothing more is "
                  "stopped; 0: never")
      ->envname("BOBBIN_QUERY_TIMEOUT")
      ->type_name("SECONDS")
      ->check(IsDecimal)
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      .add_option("--log-level", options.log_level,
                  "What to say on stderr: error, warning or info (every "
                  "request)")
      ->envname("BOBBIN_LOG_LEVEL")
      ->check(CLI::IsMember({"error", "warning", "info"}))
      ->capture_default_str();
}

LogLevel LevelOf(const std::string& name) {
  if (name == "error") return LogLevel::kError;
  return name == "info" ? LogLevel::kInfo : LogLevel::kWarning;
}

}  // namespace

std::function<int()> AddServe(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("serve", "Answer the Weave API until SIGTERM/SIGINT");
  auto options = std::make_shared<ServeOptions>();
  AddFlags(*command, *options);
  command->footer(
      "Every flag is also read from the environment: --max-body from "
      "BOBBIN_MAX_BODY, and so on.\n"
      "Exit codes: 0 stopped, 1 anything not listed here, 2 usage, 3 port "
      "taken,\n4 file can't be opened, 5 not a bobbin file, 6 file of a newer "
      "bobbin,\n7 file already served. A second SIGTERM or SIGINT cuts off "
      "requests that are\nstill running; a third kills.");
  return [options] {
    SetLogLevel(LevelOf(options->log_level));
    return Serve(*options);
  };
}

}  // namespace bobbin::cli
