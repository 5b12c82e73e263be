// `bobbin serve`: opens the file, answers requests until it is told to stop.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "api/dispatch.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/default_path.h"
#include "cli/open_file.h"
#include "cli/signals.h"
#include "db/database.h"
#include "db/migrate.h"
#include "http/server.h"

namespace bobbin::cli {
namespace {

struct ServeOptions {
  std::string db;
  double query_timeout_s = 30;
  bool ephemeral = false;
  std::string durability = "full";
  std::string port_file;
  std::string log_level = "warning";
  http::ServerOptions http = {.port = 6345};
};

// The number of the bound port in a file, for those who started us with port
// 0; taken away again at the end.
class PortFile {
 public:
  ~PortFile() {
    std::error_code ignored;  // somebody may have taken it away before
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  PortFile() = default;
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;

  // Whoever waits for the file finds it whole: it is renamed into place.
  Status Write(const std::string& path, int port) {
    const std::string draft = path + ".part";
    std::ofstream(draft) << port << '\n';
    std::error_code error;
    std::filesystem::rename(draft, path, error);
    if (error) {
      return Invalid("Cannot write the port file " + path + ": " +
                     error.message() + ".");
    }
    path_ = path;
    return {};
  }

 private:
  std::string path_;
};

void Greet(const ServeOptions& options, std::string_view durability,
           const std::string& url) {
  std::cerr << "bobbin " << Version() << " keeps traces in "
            << (options.ephemeral ? "memory, until it stops" : options.db)
            << " (durability: " << durability << ")\n"
            << "Point a Weave SDK at it:\n"
            << "  export WF_TRACE_SERVER_URL=" << url << '\n'
            << "  export WANDB_API_KEY="
            << (options.http.api_key.empty()
                    ? "0123456789abcdef0123456789abcdef01234567"
                    : "<the key given to bobbin>")
            << '\n';
}

Result<std::unique_ptr<db::Database>> OpenDatabase(
    const ServeOptions& options) {
  db::OpenOptions open{.path = options.db};
  // However little was asked for, it is not 0, which would be for ever.
  open.query_timeout_us =
      static_cast<int64_t>(std::ceil(options.query_timeout_s * 1e6));
  if (options.ephemeral) {
    open.durability = db::Durability::kMemory;
  } else {
    open.durability = options.durability == "normal" ? db::Durability::kNormal
                                                     : db::Durability::kFull;
  }
  return OpenFile(open);
}

int Serve(ServeOptions& options) {
  BlockStopSignals();
  if (options.db.empty() && !options.ephemeral) {
    return Fail(Invalid("There is no home folder to keep the file in; say "
                        "--db FILE or --ephemeral."),
                kExitUsage);
  }
  // The port first: when it is taken, the file is not even looked at.
  http::Server server(options.http);
  Status bound = server.Bind();
  if (!bound.ok()) {
    return Fail(bound.error(), bound.error().code == Code::kConflict
                                   ? kExitPortTaken
                                   : kExitUsage);
  }
  Result<std::unique_ptr<db::Database>> database = OpenDatabase(options);
  if (!database.ok())
    return Fail(database.error(), ExitCodeOf(database.error()));
  db::Database& db = *database.value();

  SystemClock clock;
  UuidV7Source ids(clock);
  store::Names names;
  store::CallStore calls(db, names);
  store::ObjectStore objects(db, names);
  store::FileStore files(db, names);
  store::TableStore tables(db, names);
  store::FeedbackStore feedback(db, names);
  store::CostStore costs(db, names);
  store::RefStore refs(db);
  const Status swept = store::DropUnfinished(db);
  if (!swept.ok()) {  // the next start tries again
    Log(LogLevel::kWarning, "cannot drop broken uploads of the last time: " +
                                swept.error().message);
  }
  const std::string durability(db::DurabilityName(db.durability()));
  api::Services services{calls, objects, files, tables, feedback,
                         costs, refs,    clock, ids,    durability};
  server.Start([&services](const api::Request& request) {
    return api::Dispatch(services, request);
  });

  const bool v6 = options.http.host.find(':') != std::string::npos;
  const std::string url =
      "http://" + (v6 ? "[" + options.http.host + "]" : options.http.host) +
      ":" + std::to_string(server.port());
  PortFile port_file;
  if (!options.port_file.empty()) {
    Status written = port_file.Write(options.port_file, server.port());
    if (!written.ok()) return Fail(written.error(), kExitFailure);
  }
  Greet(options, durability, url);
  std::printf("READY=%s\n", url.c_str());
  std::fflush(stdout);

  WaitForStopSignal();
  server.Stop();
  return kExitOk;
}

// The two say where traces are kept, so a flag that gives one must win over
// the environment that gives the other; CLI11's own reading of the
// environment can't tell them apart.
void AddPlaceFlags(CLI::App& command, ServeOptions& options) {
  CLI::Option* db = command
                        .add_option("--db", options.db,
                                    "File to keep traces in (Env:BOBBIN_DB)")
                        ->type_name("FILE")
                        ->default_str(DefaultDbPath());
  CLI::Option* ephemeral =
      command.add_flag("--ephemeral", options.ephemeral,
                       "Keep traces in memory only, gone at the end "
                       "(Env:BOBBIN_EPHEMERAL)");
  db->excludes(ephemeral);
  command.parse_complete_callback([db, ephemeral, &options] {
    const std::string set = Variable("BOBBIN_EPHEMERAL");
    if (db->count() == 0 && ephemeral->count() == 0) {
      options.ephemeral = !set.empty() && set != "0" && set != "false";
      options.db = Variable("BOBBIN_DB");
      if (options.db.empty()) options.db = DefaultDbPath();
    }
  });
}

// CLI11 would take "nan", which is in every range.
std::string IsDecimal(const std::string& text) {
  const bool is = text.find_first_not_of("0123456789.") == std::string::npos;
  return is ? "" : text + " is not a decimal number from 0";
}

void AddFlags(CLI::App& command, ServeOptions& options) {
  AddPlaceFlags(command, options);
  command
      .add_option("--durability", options.durability,
                  "full: an answer survives a power cut; normal: it survives "
                  "a killed process")
      ->envname("BOBBIN_DURABILITY")
      ->check(CLI::IsMember({"full", "normal"}))
      ->capture_default_str();
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
      "Exit codes: 0 stopped, 2 usage, 3 port taken, 4 file can't be opened, "
      "5 not a bobbin file,\n6 file of a newer bobbin, 7 file already "
      "served.");
  return [options] {
    SetLogLevel(LevelOf(options->log_level));
    return Serve(*options);
  };
}

}  // namespace bobbin::cli
