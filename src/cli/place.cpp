#include "cli/place.h"

#include <CLI/CLI.hpp>
#include <set>

#include "cli/default_path.h"
#include "cli/environment.h"

namespace bobbin::cli {
namespace {

constexpr const char* kEphemeralVariable = "BOBBIN_EPHEMERAL";
constexpr const char* kDurabilityVariable = "BOBBIN_DURABILITY";

struct Flags {
  CLI::Option* db;
  CLI::Option* ephemeral;
  CLI::Option* durability;
};

// What the flags have left open is up to the environment.
void Complete(const Flags& flags, Place& place) {
  // (CLI11's own excludes() can't tell --ephemeral=off from --ephemeral.)
  if (flags.db->count() > 0 && place.ephemeral) {
    throw CLI::ValidationError("--db and --ephemeral exclude each other");
  }
  if (flags.db->count() == 0 && flags.ephemeral->count() == 0) {
    TakeFromVariable(*flags.ephemeral, kEphemeralVariable);
    if (place.ephemeral && !Variable(kDbVariable).empty()) {
      throw CLI::ValidationError(
          "BOBBIN_DB and BOBBIN_EPHEMERAL exclude each other; unset one, or "
          "say --db or --ephemeral");
    }
  }
  if (place.ephemeral && flags.durability->count() > 0) {
    throw CLI::ValidationError(
        "--durability is for files; traces in memory (--ephemeral) are gone "
        "with the process");
  }
  TakeFromVariable(*flags.durability, kDurabilityVariable);
  if (place.ephemeral) return;
  TakeFromVariable(*flags.db, kDbVariable);
  if (place.db.empty()) place.db = DefaultDbPath();
}

}  // namespace

void AddPlaceFlags(CLI::App& command, Place& place) {
  const auto described = [](const std::string& text, const char* variable) {
    return text + " (Env:" + variable + ")";
  };
  Flags flags{};
  flags.db = command
                 .add_option("--db", place.db,
                             described("File to keep traces in", kDbVariable))
                 ->type_name("FILE")
                 ->default_str(DefaultDbPath());
  flags.ephemeral =
      command
          .add_flag(
              "--ephemeral", place.ephemeral,
              described("Keep traces in memory only, gone at the end; not "
                        "with --db or --durability",
                        kEphemeralVariable))
          ->check(
              CLI::IsMember(std::set<std::string>{"0", "1", "false", "no",
                                                  "off", "on", "true", "yes"},
                            CLI::ignore_case)
                  .description(""));
  flags.durability =
      command
          .add_option("--durability", place.durability,
                      described("full: an answer survives a power cut; normal: "
                                "it survives a killed process",
                                kDurabilityVariable))
          ->check(CLI::IsMember({"full", "normal"}))
          ->capture_default_str();
  command.parse_complete_callback([flags, &place] { Complete(flags, place); });
}

}  // namespace bobbin::cli
