// Feedback (contract section 10).

#include <array>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "api/body.h"
#include "api/checks.h"
#include "api/dispatch.h"
#include "api/rows_api.h"
#include "base/time.h"
#include "json/write.h"
#include "model/annotation_spec.h"
#include "model/feedback.h"
#include "model/feedback_rules.h"

namespace bobbin::api {
namespace {

using model::Feedback;
using model::FeedbackCreateReq;

// {payload: {...}, scorer_tags: {...}}
constexpr int kDepthOfFeedback = 2;
constexpr int kDepthOfBatch = kDepthOfFeedback + 2;

// Makes feedback ready to be kept: checks it, and fills in what the server
// decides. The texts of our making live in it.
class Preparer {
 public:
  explicit Preparer(Services& services) : services_(services) {}

  Result<Feedback> Prepare(const FeedbackCreateReq& sent) {
    Status status = CheckProjectId(sent.project_id);
    if (status.ok()) status = model::CheckFeedback(sent);
    if (status.ok() && model::IsAnnotation(sent.feedback_type)) {
      status = CheckAnnotation(sent);
    }
    if (!status.ok()) return std::move(status).error();
    Result<std::string> payload = model::KeptPayload(sent);
    if (!payload.ok()) return std::move(payload).error();
    // Clients in typed languages send "" for what they do not set.
    const bool named = sent.id && !sent.id->empty();
    return Feedback{
        .sent = &sent,
        .id = named ? *sent.id : Keep(services_.NewId(sent.project_id)),
        .wb_user_id = sent.wb_user_id.value_or(kLocalUser),
        .payload = Keep(std::move(payload).value()),
        .created_at_us = services_.NowUs(sent.project_id)};
  }

 private:
  std::string_view Keep(std::string text) {
    return made_.emplace_back(std::move(text));
  }

  // The object that an annotation's ref names. Read once for a batch.
  Result<std::optional<std::string>> ReadSpec(const std::string& ref) {
    const auto known = specs_.find(ref);
    if (known != specs_.end()) return known->second;
    const model::VersionRef parsed = *model::ParseVersionRef(ref);
    Result<std::optional<std::string>> spec = services_.feedback.FindObject(
        parsed.project_id, parsed.name, parsed.digest);
    if (spec.ok()) specs_.emplace(ref, spec.value());
    return spec;
  }

  Status CheckAnnotation(const FeedbackCreateReq& sent) {
    const std::string ref(*sent.annotation_ref);
    const Result<std::optional<std::string>> spec = ReadSpec(ref);
    if (!spec.ok()) return spec.error();
    if (!spec.value()) return Invalid("Annotation ref " + ref + " not found");
    Status fits = model::CheckAnnotationValue(
        *spec.value(), model::PayloadMember(sent.payload.json, "value"));
    if (!fits.ok() && fits.error().type == model::kBadSpec) {
      return Invalid("Annotation ref " + ref + " " + fits.error().message);
    }
    return fits;
  }

  Services& services_;
  std::deque<std::string> made_;
  std::map<std::string, std::optional<std::string>> specs_;
};

void AppendAnswer(std::string& out, const Feedback& feedback) {
  out += R"({"id":)";
  json::AppendQuoted(out, feedback.id);
  out += R"(,"created_at":")";
  AppendTime(out, feedback.created_at_us);
  out += R"(","wb_user_id":)";
  json::AppendQuoted(out, feedback.wb_user_id);
  out += R"(,"payload":)";
  out += feedback.payload;
  out += '}';
}

Response Answer(const Feedback& feedback) {
  Response response;
  AppendAnswer(response.body, feedback);
  return response;
}

Result<Response> CreateFeedback(Services& services, const Request& request,
                                const PathValues&) {
  Body<FeedbackCreateReq> body;
  Status status = body.Read(request, kDepthOfFeedback);
  if (!status.ok()) return std::move(status).error();
  Preparer preparer(services);
  const Result<Feedback> feedback = preparer.Prepare(body.record);
  if (!feedback.ok()) return feedback.error();
  status = services.feedback.Put({&feedback.value(), 1});
  if (!status.ok()) return std::move(status).error();
  return Answer(feedback.value());
}

Result<Response> CreateBatch(Services& services, const Request& request,
                             const PathValues&) {
  Body<model::FeedbackCreateBatchReq> body;
  Status status = body.Read(request, kDepthOfBatch);
  if (!status.ok()) return std::move(status).error();
  Preparer preparer(services);
  std::vector<Feedback> batch;
  batch.reserve(body.record.batch.size());
  for (const FeedbackCreateReq& sent : body.record.batch) {
    Result<Feedback> feedback = preparer.Prepare(sent);
    if (!feedback.ok()) {
      Error error = std::move(feedback).error();
      if (error.code == Code::kInvalid) {
        error.message =
            "batch[" + std::to_string(batch.size()) + "]: " + error.message;
      }
      return error;
    }
    batch.push_back(feedback.value());
  }
  status = services.feedback.Put(batch);
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = R"({"res":[)";
  for (const Feedback& feedback : batch) {
    if (&feedback != &batch.front()) response.body += ',';
    AppendAnswer(response.body, feedback);
  }
  response.body += "]}";
  return response;
}

Result<Response> ReplaceFeedback(Services& services, const Request& request,
                                 const PathValues&) {
  Body<model::FeedbackReplaceReq> body;
  Status status = body.Read(request, kDepthOfFeedback);
  if (!status.ok()) return std::move(status).error();
  Preparer preparer(services);
  const Result<Feedback> feedback = preparer.Prepare(body.record);
  if (!feedback.ok()) return feedback.error();
  status = services.feedback.Replace(body.record.feedback_id, feedback.value());
  if (!status.ok()) return std::move(status).error();
  return Answer(feedback.value());
}

Result<Response> QueryFeedback(Services& services, const Request& request,
                               const PathValues&) {
  static constexpr RowsEndpoint kEndpoint{
      .table = query::FeedbackTable,
      .run =
          [](Services& s, std::string_view project_id,
             const query::RowsQuery& query, const store::RowsVisitor& visitor) {
            return s.feedback.Query(project_id, query, visitor);
          },
      .list = "result",
      .with_total = true};
  return AnswerRows(services, request, kEndpoint);
}

Result<Response> PurgeFeedback(Services& services, const Request& request,
                               const PathValues&) {
  const Result<Purge> purge = ReadPurge(
      request,
      "Can only purge feedback by specifying one or more feedback ids");
  if (!purge.ok()) return purge.error();
  Status status =
      services.feedback.Purge(purge.value().project_id, purge.value().ids);
  if (!status.ok()) return std::move(status).error();
  Response response;
  response.body = "{}";
  return response;
}

constexpr auto kFeedbackRoutes = std::to_array<Route>({
    {"POST", "/feedback/create", CreateFeedback},
    {"POST", "/feedback/batch/create", CreateBatch},
    {"POST", "/feedback/query", QueryFeedback},
    {"POST", "/feedback/purge", PurgeFeedback},
    {"POST", "/feedback/replace", ReplaceFeedback},
});

}  // namespace

std::span<const Route> FeedbackRoutes() { return kFeedbackRoutes; }

}  // namespace bobbin::api
