#include "store/feedback_store.h"

#include <charconv>

namespace bobbin::store {
namespace {

using db::Connection;
using model::Feedback;

constexpr const char* kPut =
    "INSERT INTO feedback (project, id, weave_ref, call_id, feedback_type, "
    "creator, wb_user_id, created_at_us, payload, annotation_ref, "
    "runnable_ref, call_ref, trigger_ref, queue_id, scorer_tags, "
    "scorer_tag_reasons, scorer_tag_confidences, scorer_ratings, "
    "scorer_rating_reasons, scorer_rating_confidences, scorer_trace_id, "
    "span_agent_name, span_agent_version, span_status_code, "
    "span_conversation_id, span_trace_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr const char* kPurge =
    "DELETE FROM feedback WHERE project = ? AND id = ?";

constexpr const char* kFindDigest =
    "SELECT val FROM objects INDEXED BY objects_by_digest WHERE project = ? "
    "AND object_id = ? AND kind = 'object' AND digest = ? AND deleted_at_us "
    "IS NULL";

constexpr const char* kFindLatest =
    "SELECT val FROM objects INDEXED BY objects_by_publish_order WHERE "
    "project = ? AND object_id = ? AND kind = 'object' AND deleted_at_us IS "
    "NULL ORDER BY publish_order DESC LIMIT 1";

// By the unique index on these columns.
constexpr const char* kFindVersion =
    "SELECT val FROM objects WHERE project = ? AND object_id = ? AND kind = "
    "'object' AND version_index = ? AND deleted_at_us IS NULL";

template <class Raw>
std::optional<std::string_view> JsonOf(const std::optional<Raw>& raw) {
  if (!raw) return std::nullopt;
  return raw->json;
}

void Delete(Connection& connection, int64_t project, std::string_view id) {
  db::Query(connection, kPurge).Bind(project).Bind(id).Run();
}

void Insert(Connection& connection, int64_t project, const Feedback& feedback) {
  const model::FeedbackCreateReq& sent = *feedback.sent;
  db::Query(connection, kPut)
      .Bind(project)
      .Bind(feedback.id)
      .Bind(sent.weave_ref)
      .Bind(model::CallIdOf(sent.weave_ref, sent.project_id))
      .Bind(sent.feedback_type)
      .Bind(sent.creator)
      .Bind(feedback.wb_user_id)
      .Bind(feedback.created_at_us)
      .Bind(feedback.payload)
      .Bind(sent.annotation_ref)
      .Bind(sent.runnable_ref)
      .Bind(sent.call_ref)
      .Bind(sent.trigger_ref)
      .Bind(sent.queue_id)
      .Bind(JsonOf(sent.scorer_tags))
      .Bind(JsonOf(sent.scorer_tag_reasons))
      .Bind(JsonOf(sent.scorer_tag_confidences))
      .Bind(JsonOf(sent.scorer_ratings))
      .Bind(JsonOf(sent.scorer_rating_reasons))
      .Bind(JsonOf(sent.scorer_rating_confidences))
      .Bind(sent.scorer_trace_id)
      .Bind(sent.span_agent_name)
      .Bind(sent.span_agent_version)
      .Bind(sent.span_status_code)
      .Bind(sent.span_conversation_id)
      .Bind(sent.span_trace_id)
      .Run();
}

void Put(Connection& connection, Names& names, const Feedback& feedback) {
  const int64_t project = names.Project(connection, feedback.sent->project_id);
  Delete(connection, project, feedback.id);
  Insert(connection, project, feedback);
}

// The N of `v<N>`.
std::optional<int64_t> VersionIndex(std::string_view digest) {
  int64_t index = 0;
  const char* const end = digest.data() + digest.size();
  if (digest.size() < 2 || digest[0] != 'v' || digest[1] == '-') {
    return std::nullopt;
  }
  const auto [stop, error] = std::from_chars(digest.data() + 1, end, index);
  if (error != std::errc() || stop != end) return std::nullopt;
  return index;
}

}  // namespace

Status FeedbackStore::Put(std::span<const Feedback> feedback) {
  if (feedback.empty()) return {};
  return database_.Write([&](Connection& connection) {
    for (const Feedback& one : feedback) {
      store::Put(connection, names_, one);
      changes_.Touch(connection, one.sent->project_id);
    }
    return Status();
  });
}

Status FeedbackStore::Replace(std::string_view old_id,
                              const Feedback& feedback) {
  return database_.Write([&](Connection& connection) {
    Delete(connection, names_.Project(connection, feedback.sent->project_id),
           old_id);
    store::Put(connection, names_, feedback);
    changes_.Touch(connection, feedback.sent->project_id);
    return Status();
  });
}

Status FeedbackStore::Purge(std::string_view project_id,
                            std::span<const std::string> ids) {
  return database_.Write([&](Connection& connection) {
    const std::optional<int64_t> project = FindProject(connection, project_id);
    if (!project) return Status();
    for (const std::string& id : ids) {
      Delete(connection, *project, id);
      if (connection.changes() > 0) changes_.Touch(connection, project_id);
    }
    return Status();
  });
}

Status FeedbackStore::Query(std::string_view project_id,
                            const query::RowsQuery& query,
                            const RowsVisitor& visitor) const {
  return database_.Read([&](Connection& connection) {
    RunRows(connection, project_id, query, visitor);
    return Status();
  });
}

Result<std::optional<std::string>> FeedbackStore::FindObject(
    std::string_view project_id, std::string_view object_id,
    std::string_view digest) const {
  const std::optional<int64_t> version = VersionIndex(digest);
  const char* sql = version              ? kFindVersion
                    : digest == "latest" ? kFindLatest
                                         : kFindDigest;
  std::optional<std::string> val;
  const Status status = database_.Read([&](Connection& connection) {
    db::Query query(connection, sql);
    query.Bind(FindProject(connection, project_id)).Bind(object_id);
    if (version) {
      query.Bind(*version);
    } else if (digest != "latest") {
      query.Bind(digest);
    }
    if (query.Row()) val = query.Text(0);
    return Status();
  });
  if (!status.ok()) return status.error();
  return val;
}

}  // namespace bobbin::store
