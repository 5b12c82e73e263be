#include "store/cost_store.h"

#include <optional>

namespace bobbin::store {
namespace {

using db::Connection;
using model::Price;

constexpr const char* kAdd =
    "INSERT INTO prices (project, id, llm_id, provider_id, effective_at_us, "
    "prompt_token_cost, completion_token_cost, cache_read_input_token_cost, "
    "cache_creation_input_token_cost, prompt_token_cost_unit, "
    "completion_token_cost_unit, created_at_us, created_by) VALUES (?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

// `project` is nothing for a default price.
void Insert(Connection& connection, std::optional<int64_t> project,
            const Price& price) {
  db::Query(connection, kAdd)
      .Bind(project)
      .Bind(price.id)
      .Bind(price.llm_id)
      .Bind(price.provider_id)
      .Bind(price.effective_at_us)
      .Bind(price.prompt_token_cost)
      .Bind(price.completion_token_cost)
      .Bind(price.cache_read_input_token_cost)
      .Bind(price.cache_creation_input_token_cost)
      .Bind(price.prompt_token_cost_unit)
      .Bind(price.completion_token_cost_unit)
      .Bind(price.created_at_us)
      .Bind(price.created_by)
      .Run();
}

}  // namespace

Status CostStore::Add(std::string_view project_id,
                      std::span<const Price> prices) {
  if (prices.empty()) return {};
  return database_.Write([&](Connection& connection) {
    const int64_t project = names_.Project(connection, project_id);
    for (const Price& price : prices) Insert(connection, project, price);
    return Status();
  });
}

Status CostStore::ReplaceDefaults(std::span<const Price> prices) {
  return database_.Write([&](Connection& connection) {
    db::Query(connection, "DELETE FROM prices WHERE project IS NULL").Run();
    for (const Price& price : prices) {
      Insert(connection, std::nullopt, price);
    }
    return Status();
  });
}

Status CostStore::Purge(std::string_view project_id,
                        std::span<const std::string> ids) {
  return database_.Write([&](Connection& connection) {
    const std::optional<int64_t> project = FindProject(connection, project_id);
    if (!project) return Status();
    for (const std::string& id : ids) {
      db::Query(connection, "DELETE FROM prices WHERE project = ? AND id = ?")
          .Bind(*project)
          .Bind(std::string_view(id))
          .Run();
    }
    return Status();
  });
}

Status CostStore::Query(std::string_view project_id,
                        const query::RowsQuery& query,
                        const RowsVisitor& visitor) const {
  return database_.Read([&](Connection& connection) {
    RunRows(connection, project_id, query, visitor);
    return Status();
  });
}

}  // namespace bobbin::store
