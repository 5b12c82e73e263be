#include "store/call_extras.h"

#include <algorithm>

#include "base/time.h"
#include "json/write.h"
#include "query/rows_sql.h"
#include "store/rows.h"

namespace bobbin::store {
namespace {

using db::Query;

// Models remembered at once; a scan over more of them asks again.
constexpr size_t kMaxModels = 256;

// Best first, but for the call's own time: a project's own prices, then the
// newest.
constexpr const char* kPrices =
    "SELECT project IS NULL, effective_at_us, prompt_token_cost, "
    "completion_token_cost, cache_read_input_token_cost, "
    "cache_creation_input_token_cost, prompt_token_cost_unit, "
    "completion_token_cost_unit, provider_id, created_at_us, created_by, "
    "row_id "
    "FROM prices INDEXED BY prices_by_model WHERE llm_id = ?1 AND project = "
    "?2 UNION ALL "
    "SELECT project IS NULL, effective_at_us, prompt_token_cost, "
    "completion_token_cost, cache_read_input_token_cost, "
    "cache_creation_input_token_cost, prompt_token_cost_unit, "
    "completion_token_cost_unit, provider_id, created_at_us, created_by, "
    "row_id "
    "FROM prices INDEXED BY prices_by_model WHERE llm_id = ?1 AND project IS "
    "NULL ORDER BY 1, 2 DESC, 10 DESC, 12 DESC";

// Places in kPrices.
enum : int {
  kIsDefault,
  kEffectiveAt,
  kPrompt,
  kCompletion,
  kCacheRead,
  kCacheCreation,
  kPromptUnit,
  kCompletionUnit,
  kProvider,
  kCreatedAt,
  kCreatedBy
};

void AppendText(std::string& out, std::string_view key, std::string_view text) {
  out += ",\"";
  out += key;
  out += "\":";
  json::AppendQuoted(out, text);
}

void AppendInstant(std::string& out, std::string_view key, int64_t us) {
  out += ",\"";
  out += key;
  out += "\":\"";
  AppendTime(out, us);
  out += '"';
}

void AppendAmount(std::string& out, std::string_view key, double amount) {
  out += ",\"";
  out += key;
  out += "\":";
  json::AppendDouble(out, amount);
}

std::string About(const Query& row, std::string_view project_id) {
  std::string out;
  const bool is_default = row.Int(kIsDefault) != 0;
  AppendAmount(out, "prompt_token_cost", row.Double(kPrompt));
  AppendAmount(out, "completion_token_cost", row.Double(kCompletion));
  AppendAmount(out, "cache_read_input_token_cost", row.Double(kCacheRead));
  AppendAmount(out, "cache_creation_input_token_cost",
               row.Double(kCacheCreation));
  AppendText(out, "prompt_token_cost_unit", row.Text(kPromptUnit));
  AppendText(out, "completion_token_cost_unit", row.Text(kCompletionUnit));
  AppendInstant(out, "effective_date", row.Int(kEffectiveAt));
  AppendText(out, "provider_id", row.Text(kProvider));
  AppendText(out, "pricing_level", is_default ? "default" : "project");
  AppendText(out, "pricing_level_id", is_default ? "default" : project_id);
  AppendInstant(out, "created_at", row.Int(kCreatedAt));
  AppendText(out, "created_by", row.Text(kCreatedBy));
  return out;
}

void AppendCount(std::string& out, std::string_view key, int64_t count) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += key;
  out += "\":";
  json::AppendInt(out, count);
}

// One member of `costs` (contract section 4.5).
void AppendCosts(std::string& out, const json::TokenCounts& tokens,
                 const ModelPrice& price) {
  const auto cache_read = static_cast<double>(tokens.cache_read);
  const auto cache_creation = static_cast<double>(tokens.cache_creation);
  out += '{';
  AppendCount(out, "prompt_tokens", tokens.prompt);
  AppendCount(out, "completion_tokens", tokens.completion);
  AppendCount(out, "cache_read_input_tokens", tokens.cache_read);
  AppendCount(out, "cache_creation_input_tokens", tokens.cache_creation);
  AppendCount(out, "requests", tokens.requests);
  AppendCount(out, "total_tokens", tokens.total);
  // Tokens that went through a cache are paid at the cache's price alone.
  const double paid =
      static_cast<double>(tokens.prompt) - cache_read - cache_creation;
  AppendAmount(out, "prompt_tokens_total_cost", paid * price.prompt);
  AppendAmount(out, "completion_tokens_total_cost",
               static_cast<double>(tokens.completion) * price.completion);
  AppendAmount(out, "cache_read_input_tokens_total_cost",
               cache_read * price.cache_read);
  AppendAmount(out, "cache_creation_input_tokens_total_cost",
               cache_creation * price.cache_creation);
  out += price.about;
  out += '}';
}

// The price in force at a time; when all came later, the best of those.
const ModelPrice& PriceAt(const std::vector<ModelPrice>& prices, int64_t us) {
  const auto in_force = std::ranges::find_if(
      prices, [us](const ModelPrice& p) { return p.effective_at_us <= us; });
  return in_force == prices.end() ? prices.front() : *in_force;
}

}  // namespace

std::string_view CallFeedback::Of(std::string_view call_id) {
  const query::RowsQuery& feedback = query::CallFeedbackQuery();
  Query query(connection_, feedback.rows.sql);
  query.Bind(call_id).Bind(project_);
  text_ = "[";
  while (query.Row()) {
    if (text_.size() > 1) text_ += ',';
    AppendRow(text_, query, feedback.columns);
  }
  text_ += ']';
  return text_;
}

const CallCosts::Prices& CallCosts::PricesOf(std::string_view llm_id) {
  const auto known = known_.find(llm_id);
  if (known != known_.end()) return known->second;
  if (known_.size() >= kMaxModels) known_.clear();
  Prices& prices = known_[std::string(llm_id)];
  Query query(connection_, kPrices);
  query.Bind(llm_id).Bind(project_);
  while (query.Row()) {
    prices.push_back({.effective_at_us = query.Int(kEffectiveAt),
                      .prompt = query.Double(kPrompt),
                      .completion = query.Double(kCompletion),
                      .cache_read = query.Double(kCacheRead),
                      .cache_creation = query.Double(kCacheCreation),
                      .about = About(query, project_id_)});
  }
  return prices;
}

std::string_view CallCosts::Of(const std::optional<std::string_view>& summary,
                               int64_t started_at_us) {
  text_.clear();
  if (!summary) return {};
  for (json::Value v = usage_.First(*summary); v.exists(); v = v.next()) {
    const Prices& prices = PricesOf(v.key());
    if (prices.empty() || !v.is(json::Kind::kObject)) continue;
    text_ += text_.empty() ? '{' : ',';
    json::AppendQuoted(text_, v.key());
    text_ += ':';
    AppendCosts(text_, json::ReadTokenCounts(v),
                PriceAt(prices, started_at_us));
  }
  if (!text_.empty()) text_ += '}';
  return text_;
}

}  // namespace bobbin::store
