// The tables that rows_sql.h can ask, and their fields.
#include <array>

#include "query/rows_sql.h"

namespace bobbin::query {
namespace {

constexpr auto kFeedbackFields = std::to_array<RowsField>({
    {"id", Type::kText, "f.id", false},
    {"project_id", Type::kText, "?", false},
    {"weave_ref", Type::kText, "f.weave_ref", false},
    {"wb_user_id", Type::kText, "f.wb_user_id"},
    {"creator", Type::kText, "f.creator"},
    {"created_at", Type::kTime, "f.created_at_us", false},
    {"feedback_type", Type::kText, "f.feedback_type", false},
    {"payload", Type::kJson, "f.payload", false},
    {"annotation_ref", Type::kText, "f.annotation_ref"},
    {"runnable_ref", Type::kText, "f.runnable_ref"},
    {"call_ref", Type::kText, "f.call_ref"},
    {"trigger_ref", Type::kText, "f.trigger_ref"},
    {"queue_id", Type::kText, "f.queue_id"},
    {"scorer_tags", Type::kJson, "f.scorer_tags", true, "[]"},
    {"scorer_tag_reasons", Type::kJson, "f.scorer_tag_reasons", true, "{}"},
    {"scorer_tag_confidences", Type::kJson, "f.scorer_tag_confidences", true,
     "{}"},
    {"scorer_ratings", Type::kJson, "f.scorer_ratings", true, "{}"},
    {"scorer_rating_reasons", Type::kJson, "f.scorer_rating_reasons", true,
     "{}"},
    {"scorer_rating_confidences", Type::kJson, "f.scorer_rating_confidences",
     true, "{}"},
    {"scorer_trace_id", Type::kText, "f.scorer_trace_id", true, R"("")"},
    {"span_agent_name", Type::kText, "f.span_agent_name", true, R"("")"},
    {"span_agent_version", Type::kText, "f.span_agent_version", true, R"("")"},
    {"span_status_code", Type::kText, "f.span_status_code", true, R"("")"},
    {"span_conversation_id", Type::kText, "f.span_conversation_id", true,
     R"("")"},
    {"span_trace_id", Type::kText, "f.span_trace_id", true, R"("")"},
});

constexpr auto kFeedbackIndexes = std::to_array<RowsIndex>({
    {"id", "feedback_by_id"},
    {"weave_ref", "feedback_by_ref"},
    {"feedback_type", "feedback_by_type"},
});

constexpr auto kPriceFields = std::to_array<RowsField>({
    {"id", Type::kText, "p.id", false},
    {"llm_id", Type::kText, "p.llm_id", false},
    {"provider_id", Type::kText, "p.provider_id", false},
    {"effective_date", Type::kTime, "p.effective_at_us", false},
    {"prompt_token_cost", Type::kDouble, "p.prompt_token_cost", false},
    {"completion_token_cost", Type::kDouble, "p.completion_token_cost", false},
    {"cache_read_input_token_cost", Type::kDouble,
     "p.cache_read_input_token_cost", false},
    {"cache_creation_input_token_cost", Type::kDouble,
     "p.cache_creation_input_token_cost", false},
    {"prompt_token_cost_unit", Type::kText, "p.prompt_token_cost_unit", false},
    {"completion_token_cost_unit", Type::kText, "p.completion_token_cost_unit",
     false},
    {"created_at", Type::kTime, "p.created_at_us", false},
    {"created_by", Type::kText, "p.created_by"},
    {"pricing_level", Type::kText, "'project'", false},
    {"pricing_level_id", Type::kText, "?", false},
});

constexpr auto kPriceIndexes = std::to_array<RowsIndex>({
    {"id", "prices_by_id"},
});

}  // namespace

const RowsTable& FeedbackTable() {
  static constexpr RowsTable kTable{
      .from = "feedback f",
      .alias = "f.",
      .fields = kFeedbackFields,
      .indexes = kFeedbackIndexes,
      .index = "feedback_by_time",
      .order = "f.created_at_us, f.row_id",
  };
  return kTable;
}

const RowsTable& PricesTable() {
  static constexpr RowsTable kTable{
      .from = "prices p",
      .alias = "p.",
      .fields = kPriceFields,
      .indexes = kPriceIndexes,
      .index = "prices_by_time",
      .order = "p.created_at_us, p.row_id",
  };
  return kTable;
}

}  // namespace bobbin::query
