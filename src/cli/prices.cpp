// `bobbin prices import`: reads the default prices of models out of a file.

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/command.h"
#include "cli/file_command.h"
#include "cli/open_file.h"
#include "model/price_list.h"
#include "store/cost_store.h"
#include "store/names.h"

namespace bobbin::cli {
namespace {

struct ImportOptions {
  std::string list;
  std::string db;
};

// Who made the prices, where an answer names a user.
constexpr std::string_view kImporter = "bobbin prices import";

Result<std::string> ReadAll(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  // An empty file fails, too, but is no error.
  if (file.is_open() && (text.good() || errno == 0)) return text.str();
  return Invalid("Cannot read " + path + ": " + std::strerror(errno) + ".");
}

Result<model::PriceList> ReadList(const std::string& path) {
  const Result<std::string> text = ReadAll(path);
  if (!text.ok()) return text.error();
  Result<model::PriceList> list = model::ReadPriceList(text.value());
  if (list.ok()) return list;
  return Invalid("The file " + path + " " + list.error().message + ".");
}

Status Store(db::Database& database, const model::PriceList& list) {
  SystemClock clock;
  UuidV7Source id_source(clock);
  std::deque<std::string> ids;
  std::vector<model::Price> prices;
  prices.reserve(list.prices.size());
  const int64_t now_us = clock.NowUs();
  for (const model::ListedPrice& listed : list.prices) {
    prices.push_back({
        .id = ids.emplace_back(id_source.NewId()),
        .llm_id = listed.llm_id,
        .provider_id = listed.provider_id,
        .prompt_token_cost = listed.prompt_token_cost,
        .completion_token_cost = listed.completion_token_cost,
        .cache_read_input_token_cost = listed.cache_read_input_token_cost,
        .cache_creation_input_token_cost =
            listed.cache_creation_input_token_cost,
        .prompt_token_cost_unit = model::kDefaultUnit,
        .completion_token_cost_unit = model::kDefaultUnit,
        .effective_at_us = now_us,
        .created_at_us = now_us,
        .created_by = kImporter,
    });
  }
  store::Names names;
  return store::CostStore(database, names).ReplaceDefaults(prices);
}

int Import(const ImportOptions& options) {
  if (options.db.empty()) return NoHome();
  // The list first: when it is no good, the file is not even looked at.
  const Result<model::PriceList> list = ReadList(options.list);
  if (!list.ok()) return Fail(list.error(), kExitFailure);
  const Result<std::unique_ptr<db::Database>> database =
      OpenFile({.path = options.db});
  if (!database.ok()) {
    return Fail(database.error(), ExitCodeOf(database.error()));
  }
  const Status stored = Store(*database.value(), list.value());
  if (!stored.ok()) return Fail(stored.error(), kExitFailure);
  std::cout << "Imported the prices of " << list.value().prices.size()
            << " models into " << options.db;
  if (list.value().without_price > 0) {
    std::cout << "; " << list.value().without_price
              << " more in the list have no price per token";
  }
  std::cout << ".\n";
  return kExitOk;
}

}  // namespace

std::function<int()> AddPrices(CLI::App& app) {
  CLI::App* command = app.add_subcommand("prices", "Prices of models' tokens");
  command->require_subcommand(1);
  CLI::App* reader = command->add_subcommand(
      "import", "Replace the default prices by those of a price list");
  auto options = std::make_shared<ImportOptions>();
  reader
      ->add_option("LIST", options->list,
                   "JSON file in the form of LiteLLM's "
                   "model_prices_and_context_window.json")
      ->required();
  AddDbFlag(*reader, options->db);
  reader->footer(
      "Not while a bobbin serves the file. A project's own prices "
      "(/cost/create) go before these.\n"
      "Exit codes: 0 imported, 1 the list is no good, 2 usage, 4 file can't "
      "be opened,\n5 not a bobbin file, 6 file of a newer bobbin, 7 file "
      "served by another bobbin.");
  return [options] { return Import(*options); };
}

}  // namespace bobbin::cli
