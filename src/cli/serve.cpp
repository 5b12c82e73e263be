// `bobbin serve`: opens the file, answers requests until it is told to stop.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "base/version.h"
#include "cli/backend.h"
#include "cli/command.h"
#include "cli/default_path.h"
#include "cli/end_watch.h"
#include "cli/open_file.h"
#include "cli/place.h"
#include "cli/port_file.h"
#include "cli/running.h"
#include "cli/server_flags.h"
#include "cli/signals.h"
#include "db/database.h"
#include "http/listener.h"
#include "http/server.h"

namespace bobbin::cli {
namespace {

struct ServeOptions {
  Place place;
  bool control = false;
  bool exit_with_parent = false;
  bool exit_on_stdin_close = false;
  std::string port_file;
  ServerFlags server = {.http = {.port = 6345}};
};

void Greet(const ServeOptions& options, std::string_view durability,
           const std::string& url) {
  std::cerr << "bobbin " << Version() << " keeps traces in "
            << (options.place.ephemeral ? "memory, until it stops"
                                        : options.place.db)
            << " (durability: " << durability << ")\n"
            << "Point a Weave SDK at it:\n"
            << "  export WF_TRACE_SERVER_URL=" << url << '\n'
            << "  export WANDB_API_KEY="
            << (options.server.http.api_key.empty()
                    ? kAnyApiKey
                    : "<the key given to bobbin>")
            << '\n';
}

int Serve(ServeOptions& options) {
  BlockStopSignals();
  EndWatch end;
  if (options.exit_with_parent) {
    const Status watched = end.WatchParent();
    if (!watched.ok()) return Fail(watched.error(), kExitFailure);
  }
  if (options.exit_on_stdin_close) end.WatchStdin();
  if (options.place.db.empty() && !options.place.ephemeral) {
    return Fail(Invalid("There is no home folder to keep the file in; say "
                        "--db FILE or --ephemeral."),
                kExitUsage);
  }
  // The port first: when it is taken, the file is not even looked at.
  http::Server server(options.server.http);
  Status bound = server.Bind();
  if (!bound.ok()) {
    return Fail(bound.error(), ExitCodeOfBind(bound.error()));
  }
  Result<std::unique_ptr<db::Database>> database =
      OpenPlace(options.place, options.server.query_timeout_s);
  if (!database.ok()) {
    return Fail(database.error(), ExitCodeOf(database.error()));
  }
  Backend backend(std::move(database).value(),
                  {.may_harm = options.control || options.place.ephemeral});
  backend.DropLeftovers();

  // Before anybody is served: whoever finds the number may still have to wait
  // for a moment, but nothing runs if it can't be written.
  PortFile port_file;
  if (!options.port_file.empty()) {
    Status written = port_file.Write(options.port_file, server.port());
    if (!written.ok()) return Fail(written.error(), kExitFailure);
  }
  const Running running(server, backend);
  const std::string url = http::UrlOf(options.server.http.host, server.port());
  Greet(options, backend.durability(), url);
  std::printf("READY=%s\n", url.c_str());
  std::fflush(stdout);

  end.Wait();
  return kExitOk;
}

void AddFlags(CLI::App& command, ServeOptions& options) {
  AddPlaceFlags(command, options.place);
  command
      .add_option("--host", options.server.http.host, "Address to listen on")
      ->envname("BOBBIN_HOST")
      ->capture_default_str();
  command
      .add_option("--port", options.server.http.port,
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
      .add_option("--api-key", options.server.http.api_key,
                  "Key that clients must send; needed beyond this machine")
      ->envname("BOBBIN_API_KEY")
      ->type_name("KEY");
  command
      .add_flag("--control", options.control,
                "Let clients reset the file and order faults (as with "
                "--ephemeral)")
      ->envname("BOBBIN_CONTROL");
  command
      .add_flag("--exit-with-parent", options.exit_with_parent,
                "Stop when the process that started this one has ended, "
                "however it did")
      ->envname("BOBBIN_EXIT_WITH_PARENT");
  command
      .add_flag("--exit-on-stdin-close", options.exit_on_stdin_close,
                "Stop when standard input ends, as a pipe does with the "
                "process that holds its other end")
      ->envname("BOBBIN_EXIT_ON_STDIN_CLOSE");
  AddServerFlags(command, options.server);
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
    options->server.ApplyLogLevel();
    return Serve(*options);
  };
}

}  // namespace bobbin::cli
