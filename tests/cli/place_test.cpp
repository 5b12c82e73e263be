// --db, --ephemeral and --durability, and their variables.

#include "cli/place.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "cli/command.h"
#include "support/catch.h"
#include "support/variable.h"

namespace bobbin::testing {
namespace {

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

constexpr const char* kDefault = "/data/bobbin/bobbin.db";

// Only these variables are set.
class OnlyThese {
 public:
  explicit OnlyThese(const Environment& environment) {
    variables_.emplace_back("XDG_DATA_HOME", "/data");
    for (const char* name :
         {"BOBBIN_DB", "BOBBIN_EPHEMERAL", "BOBBIN_DURABILITY"}) {
      const auto found = environment.find(name);
      variables_.emplace_back(name, found == environment.end()
                                        ? std::optional<std::string>()
                                        : found->second);
    }
  }

 private:
  std::deque<ScopedVariable> variables_;
};

// Throws CLI::ParseError as the program's own parser would.
cli::Place Read(Arguments arguments, const Environment& environment) {
  const OnlyThese variables(environment);
  CLI::App app;
  cli::Place place;
  cli::AddPlaceFlags(*app.add_subcommand("serve"), place);
  std::ranges::reverse(arguments);  // as CLI11 wants it
  arguments.emplace_back("serve");
  app.parse(arguments);
  return place;
}

TEST_CASE("a flag goes before its variable, and that before the default",
          "[cli]") {
  struct Row {
    Arguments arguments;
    Environment environment;
    std::string db;  // empty: in memory
    std::string durability = "full";
  };
  const Row row = GENERATE(values<Row>({
      {{}, {}, kDefault},
      {{"--db", "x.db"}, {}, "x.db"},
      {{}, {{"BOBBIN_DB", "x.db"}}, "x.db"},
      {{"--db", "x.db"}, {{"BOBBIN_DB", "y.db"}}, "x.db"},
      {{"--ephemeral"}, {}, ""},
      {{"--ephemeral=off"}, {}, kDefault},
      {{"--ephemeral=off"}, {{"BOBBIN_DB", "x.db"}}, "x.db"},
      {{"--ephemeral=off"}, {{"BOBBIN_EPHEMERAL", "1"}}, kDefault},
      {{"--ephemeral=off", "--db", "x.db"}, {}, "x.db"},
      {{}, {{"BOBBIN_DB", ""}, {"BOBBIN_EPHEMERAL", ""}}, kDefault},
      // What says where goes before both variables that do.
      {{"--ephemeral"}, {{"BOBBIN_DB", "x.db"}}, ""},
      {{"--db", "x.db"}, {{"BOBBIN_EPHEMERAL", "1"}}, "x.db"},
      {{"--db", "x.db"}, {{"BOBBIN_EPHEMERAL", "maybe"}}, "x.db"},
      {{}, {{"BOBBIN_DB", "x.db"}, {"BOBBIN_EPHEMERAL", "0"}}, "x.db"},
      {{}, {{"BOBBIN_DB", ""}, {"BOBBIN_EPHEMERAL", "1"}}, ""},
      // How safely
      {{"--durability", "normal"}, {}, kDefault, "normal"},
      {{}, {{"BOBBIN_DURABILITY", "normal"}}, kDefault, "normal"},
      {{"--durability", "full"}, {{"BOBBIN_DURABILITY", "normal"}}, kDefault},
      {{"--ephemeral"}, {{"BOBBIN_DURABILITY", "normal"}}, "", "normal"},
      {{"--ephemeral=no", "--durability", "normal"}, {}, kDefault, "normal"},
  }));
  CAPTURE(row.arguments, row.environment);
  const cli::Place place = Read(row.arguments, row.environment);
  CHECK(place.ephemeral == row.db.empty());
  if (!place.ephemeral) CHECK(place.db == row.db);
  CHECK(place.durability == row.durability);
}

TEST_CASE("BOBBIN_EPHEMERAL is a yes or a no", "[cli]") {
  const auto [word, ephemeral] = GENERATE(table<std::string, bool>({
      {"1", true},
      {"true", true},
      {"TRUE", true},
      {"on", true},
      {"Yes", true},
      {"0", false},
      {"false", false},
      {"False", false},
      {"OFF", false},
      {"no", false},
  }));
  CAPTURE(word);
  CHECK(Read({}, {{"BOBBIN_EPHEMERAL", word}}).ephemeral == ephemeral);
  CHECK(Read({"--ephemeral=" + word}, {}).ephemeral == ephemeral);
}

TEST_CASE("what makes no sense or contradicts itself is refused, by name",
          "[cli]") {
  struct Row {
    Arguments arguments;
    Environment environment;
    std::vector<std::string> named;
  };
  const Row row = GENERATE(values<Row>({
      {{}, {{"BOBBIN_EPHEMERAL", "maybe"}}, {"BOBBIN_EPHEMERAL", "maybe"}},
      {{}, {{"BOBBIN_EPHEMERAL", "2"}}, {"BOBBIN_EPHEMERAL"}},
      {{}, {{"BOBBIN_EPHEMERAL", " "}}, {"BOBBIN_EPHEMERAL"}},
      {{"--ephemeral=maybe"}, {}, {"--ephemeral", "maybe"}},
      {{"--durability", "some"}, {}, {"--durability", "some"}},
      {{}, {{"BOBBIN_DURABILITY", "some"}}, {"BOBBIN_DURABILITY", "some"}},
      {{"--ephemeral"}, {{"BOBBIN_DURABILITY", "some"}}, {"BOBBIN_DURABILITY"}},
      {{"--ephemeral", "--db", "x"}, {}, {"--ephemeral", "--db"}},
      {{"--db", "x", "--ephemeral"}, {}, {"--ephemeral", "--db"}},
      {{}, {{"BOBBIN_DB", "x"}, {"BOBBIN_EPHEMERAL", "1"}}, {"BOBBIN_DB"}},
      {{"--ephemeral", "--durability", "full"}, {}, {"--durability"}},
      {{"--durability", "normal"},
       {{"BOBBIN_EPHEMERAL", "1"}},
       {"--durability", "--ephemeral"}},
  }));
  CAPTURE(row.arguments, row.environment);
  try {
    Read(row.arguments, row.environment);
    FAIL("taken");
  } catch (const CLI::ParseError& error) {
    for (const std::string& name : row.named) {
      CHECK_THAT(error.what(), Catch::Contains(name));
    }
  }
}

TEST_CASE("without a home there is no file to propose", "[cli]") {
  const ScopedVariable home("HOME", std::nullopt);
  const ScopedVariable xdg("XDG_DATA_HOME", std::nullopt);
  const ScopedVariable db("BOBBIN_DB", std::nullopt);
  const ScopedVariable ephemeral("BOBBIN_EPHEMERAL", std::nullopt);
  CLI::App app;
  cli::Place place;
  cli::AddPlaceFlags(*app.add_subcommand("serve"), place);
  app.parse("serve");
  CHECK(place.db.empty());
  CHECK_FALSE(place.ephemeral);
}

// The whole program, as far as it gets without a port.
int RunWith(Arguments arguments) {
  arguments.insert(arguments.begin(), "bobbin");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return cli::Run(static_cast<int>(arguments.size()), argv.data());
}

TEST_CASE("the exit code says what was wrong", "[cli]") {
  const OnlyThese variables({});
  CHECK(RunWith({"--version"}) == cli::kExitOk);
  CHECK(RunWith({"serve", "--help"}) == cli::kExitOk);
  CHECK(RunWith({}) == cli::kExitUsage);
  CHECK(RunWith({"sevre"}) == cli::kExitUsage);
  CHECK(RunWith({"serve", "--ephemeral", "--durability", "full"}) ==
        cli::kExitUsage);
}

}  // namespace
}  // namespace bobbin::testing
