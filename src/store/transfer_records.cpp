#include "store/transfer_records.h"

#include <algorithm>

#include "json/write.h"

namespace bobbin::store {
namespace {

using enum Form;

constexpr std::span<const TransferField> kNoFields;

constexpr auto kFilePieceFields = std::to_array<TransferField>({
    {"digest", "(SELECT digest FROM files WHERE row_id = file)", kText, true},
    {"piece", "chunk", kInt, true},
    {"data", "data", kBase64, true},
});

constexpr auto kFileFields = std::to_array<TransferField>({
    {"digest", "digest", kText, true},
    {"size_bytes", "size_bytes", kInt, true},
    {"created_at", "created_at_us", kTime, true},
});

constexpr auto kTableRowFields = std::to_array<TransferField>({
    {"digest", "digest", kText, true},
    {"val", "val", kJson, true},
});

constexpr auto kTableFields = std::to_array<TransferField>({
    {"digest", "digest", kText, true},
    {"created_at", "created_at_us", kTime, true},
    {"rows", "row_id", kRows, true},
});

constexpr auto kObjectFields = std::to_array<TransferField>({
    {"object_id", "object_id", kText, true},
    {"kind", "kind", kText, true},
    {"version_index", "version_index", kInt, true},
    {"digest", "digest", kText, true},
    {"created_at", "created_at_us", kTime, true},
    {"published_at", "published_at_us", kTime, true},
    {"publish_order", "publish_order", kInt, true},
    {"deleted_at", "deleted_at_us", kTime},
    {"base_object_class", "base_object_class", kText},
    {"leaf_object_class", "leaf_object_class", kText},
    {"wb_user_id", "wb_user_id", kText},
    {"tags",
     "(SELECT object FROM object_tags WHERE object = objects.row_id LIMIT 1)",
     kTags},
    {"aliases",
     "(SELECT object FROM object_aliases WHERE object = objects.row_id LIMIT "
     "1)",
     kAliases},
    {"val", "val", kJson, true},
});

constexpr auto kCallFields = std::to_array<TransferField>({
    {"id", "c.id", kText, true},
    {"trace_id", "c.trace_id", kText},
    {"parent_id", "c.parent_id", kText},
    {"op_name", "(SELECT name FROM ops WHERE row_id = c.op)", kText},
    {"display_name", "c.display_name", kText},
    {"started_at", "c.started_at_us", kTime},
    {"ended_at", "c.ended_at_us", kTime},
    {"status", "c.status", Form::kStatus, true},
    {"exception", "c.exception", kText},
    {"thread_id", "c.thread_id", kText},
    {"turn_id", "c.turn_id", kText},
    {"wb_user_id", "c.wb_user_id", kText},
    {"wb_run_id", "c.wb_run_id", kText},
    {"wb_run_step", "c.wb_run_step", kInt},
    {"wb_run_step_end", "c.wb_run_step_end", kInt},
    {"deleted_at", "c.deleted_at_us", kTime},
    // A damaged file may have lost them: the rest of the call goes on.
    {"attributes",
     "iif(c.started_at_us IS NULL, NULL, "
     "coalesce(i.attributes, '{}'))",
     kObject},
    {"inputs", "iif(c.started_at_us IS NULL, NULL, coalesce(i.inputs, '{}'))",
     kObject},
    {"otel_dump", "i.otel_dump", kJson},
    {"output", "u.output", kJson},
    {"summary", "iif(c.ended_at_us IS NULL, NULL, coalesce(u.summary, '{}'))",
     kObject},
});

constexpr auto kFeedbackFields = std::to_array<TransferField>({
    {"id", "id", kText, true},
    {"weave_ref", "weave_ref", kText, true},
    {"call_id", "call_id", kText},
    {"feedback_type", "feedback_type", kText, true},
    {"creator", "creator", kText},
    {"wb_user_id", "wb_user_id", kText},
    {"created_at", "created_at_us", kTime, true},
    {"payload", "payload", kJson, true},
    {"annotation_ref", "annotation_ref", kText},
    {"runnable_ref", "runnable_ref", kText},
    {"call_ref", "call_ref", kText},
    {"trigger_ref", "trigger_ref", kText},
    {"queue_id", "queue_id", kText},
    {"scorer_tags", "scorer_tags", kJson},
    {"scorer_tag_reasons", "scorer_tag_reasons", kJson},
    {"scorer_tag_confidences", "scorer_tag_confidences", kJson},
    {"scorer_ratings", "scorer_ratings", kJson},
    {"scorer_rating_reasons", "scorer_rating_reasons", kJson},
    {"scorer_rating_confidences", "scorer_rating_confidences", kJson},
    {"scorer_trace_id", "scorer_trace_id", kText},
    {"span_agent_name", "span_agent_name", kText},
    {"span_agent_version", "span_agent_version", kText},
    {"span_status_code", "span_status_code", kText},
    {"span_conversation_id", "span_conversation_id", kText},
    {"span_trace_id", "span_trace_id", kText},
});

constexpr auto kPriceFields = std::to_array<TransferField>({
    {"id", "id", kText, true},
    {"llm_id", "llm_id", kText, true},
    {"provider_id", "provider_id", kText, true},
    {"effective_at", "effective_at_us", kTime, true},
    {"prompt_token_cost", "prompt_token_cost", kReal, true},
    {"completion_token_cost", "completion_token_cost", kReal, true},
    {"cache_read_input_token_cost", "cache_read_input_token_cost", kReal, true},
    {"cache_creation_input_token_cost", "cache_creation_input_token_cost",
     kReal, true},
    {"prompt_token_cost_unit", "prompt_token_cost_unit", kText, true},
    {"completion_token_cost_unit", "completion_token_cost_unit", kText, true},
    {"created_at", "created_at_us", kTime, true},
    {"created_by", "created_by", kText},
});

constexpr auto kKinds = std::to_array<TransferKind>({
    {TransferType::kProject, "project", "FROM projects WHERE row_id = ?1",
     kNoFields},
    {TransferType::kFilePiece, "file_piece",
     "FROM file_chunks WHERE file = ?1 ORDER BY chunk", kFilePieceFields},
    {TransferType::kFile, "file",
     "FROM files WHERE project = ?1 ORDER BY row_id", kFileFields},
    {TransferType::kTableRow, "table_row",
     "FROM table_rows WHERE project = ?1 ORDER BY row_id", kTableRowFields},
    {TransferType::kTable, "table",
     "FROM tables WHERE project = ?1 ORDER BY row_id", kTableFields},
    {TransferType::kObject, "object",
     "FROM objects WHERE project = ?1 ORDER BY row_id", kObjectFields},
    // The rows are found by an index, however many other projects there are.
    // LIMIT: without one SQLite passes over an ORDER BY in a subquery.
    {TransferType::kCall, "call",
     "FROM (SELECT row_id FROM calls INDEXED BY calls_by_start WHERE project "
     "= ?1 ORDER BY row_id LIMIT -1) n CROSS JOIN calls c ON c.row_id = "
     "n.row_id "
     "LEFT JOIN call_inputs i ON i.row_id = c.row_id "
     "LEFT JOIN call_outputs u ON u.row_id = c.output_row",
     kCallFields},
    {TransferType::kFeedback, "feedback",
     "FROM feedback WHERE project = ?1 ORDER BY row_id", kFeedbackFields},
    // IS: the prices of all projects have none.
    {TransferType::kPrice, "price",
     "FROM prices WHERE project IS ?1 ORDER BY row_id", kPriceFields},
});
static_assert(kKinds.size() == kTransferTypes);
static_assert(std::ranges::is_sorted(kKinds, {}, &TransferKind::type));

}  // namespace

std::span<const TransferKind> TransferKinds() { return kKinds; }

const TransferKind& KindOf(TransferType type) {
  return kKinds[static_cast<size_t>(type)];
}

void AppendCounts(std::string& out, const TransferCounts& counts) {
  out += '{';
  for (const TransferKind& kind : kKinds) {
    const int64_t count = counts[static_cast<size_t>(kind.type)];
    if (count == 0) continue;
    if (out.back() != '{') out += ',';
    json::AppendQuoted(out, kind.name);
    out += ':';
    json::AppendInt(out, count);
  }
  out += '}';
}

}  // namespace bobbin::store
