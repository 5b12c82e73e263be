// Prices of models' tokens (contract section 11).

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/rows_api.h"
#include "json/write.h"
#include "model/cost.h"

namespace bobbin::api {
namespace {

using model::CostCreateInput;
using model::Price;

// {costs: {llm_id: {...}}}
constexpr int kDepthOfCosts = 3;

Price MakePrice(const CostCreateInput& input, std::string_view id,
                std::string_view user, int64_t now_us) {
  return {
      .id = id,
      .llm_id = input.llm_id,
      .provider_id = input.provider_id.value_or(model::kDefaultProvider),
      .prompt_token_cost = input.prompt_token_cost,
      .completion_token_cost = input.completion_token_cost,
      .cache_read_input_token_cost =
          input.cache_read_input_token_cost.value_or(0),
      .cache_creation_input_token_cost =
          input.cache_creation_input_token_cost.value_or(0),
      .prompt_token_cost_unit =
          input.prompt_token_cost_unit.value_or(model::kDefaultUnit),
      .completion_token_cost_unit =
          input.completion_token_cost_unit.value_or(model::kDefaultUnit),
      .effective_at_us =
          input.effective_date ? input.effective_date->us : now_us,
      .created_at_us = now_us,
      .created_by = user,
  };
}

Result<Response> CreateCosts(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::CostCreateReq> body;
  Status status = body.Read(request, kDepthOfCosts);
  if (!status.ok()) return std::move(status).error();
  const model::CostCreateReq& wanted = body.record;
  status = CheckProjectId(wanted.project_id);
  if (!status.ok()) return std::move(status).error();
  const int64_t now_us = services.NowUs(wanted.project_id);
  std::deque<std::string> ids;
  std::vector<Price> prices;
  Response response;
  response.body = R"({"ids":[)";
  for (const CostCreateInput& input : wanted.costs.list) {
    if (input.llm_id.empty()) return Invalid("llm_id must not be empty");
    const std::string& id = ids.emplace_back(services.NewId(wanted.project_id));
    prices.push_back(
        MakePrice(input, id, wanted.wb_user_id.value_or(kLocalUser), now_us));
    response.body += response.body.back() == '[' ? "[" : ",[";
    json::AppendQuoted(response.body, id);
    response.body += ',';
    json::AppendQuoted(response.body, input.llm_id);
    response.body += ']';
  }
  response.body += "]}";
  status = services.costs.Add(wanted.project_id, prices);
  if (!status.ok()) return std::move(status).error();
  return response;
}

Result<Response> QueryCosts(Services& services, const Request& request,
                            const PathValues&) {
  static constexpr RowsEndpoint kEndpoint{
      .table = query::PricesTable,
      .run =
          [](Services& s, std::string_view project_id,
             const query::RowsQuery& query, const store::RowsVisitor& visitor) {
            return s.costs.Query(project_id, query, visitor);
          },
      .list = "results"};
  return AnswerRows(services, request, kEndpoint);
}

Result<Response> PurgeCosts(Services& services, const Request& request,
                            const PathValues&) {
  const Result<Purge> purge = ReadPurge(
      request, "Can only purge costs by specifying one or more cost ids");
  if (!purge.ok()) return purge.error();
  Status status =
      services.costs.Purge(purge.value().project_id, purge.value().ids);
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = "{}";
  return response;
}

constexpr auto kCostsRoutes = std::to_array<Route>({
    {"POST", "/cost/create", CreateCosts},
    {"POST", "/cost/query", QueryCosts},
    {"POST", "/cost/purge", PurgeCosts},
});

}  // namespace

std::span<const Route> CostRoutes() { return kCostsRoutes; }

}  // namespace bobbin::api
