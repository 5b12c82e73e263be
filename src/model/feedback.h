// Feedback, as clients send it and as it is kept (contract section 10).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

struct FeedbackCreateReq {
  std::string_view project_id, weave_ref, feedback_type;
  RawObject payload;
  std::optional<std::string_view> id, creator, annotation_ref, runnable_ref,
      call_ref, trigger_ref, queue_id, wb_user_id;
  std::optional<TextList> scorer_tags;
  std::optional<TextMap> scorer_tag_reasons, scorer_rating_reasons;
  std::optional<NumberMap> scorer_tag_confidences, scorer_ratings,
      scorer_rating_confidences;
  std::optional<std::string_view> scorer_trace_id, span_agent_name,
      span_agent_version, span_status_code, span_conversation_id, span_trace_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = FeedbackCreateReq;
    return std::tuple(
        Optional("id", &R::id), Required("project_id", &R::project_id),
        Required("weave_ref", &R::weave_ref), Optional("creator", &R::creator),
        Required("feedback_type", &R::feedback_type),
        Required("payload", &R::payload),
        Optional("annotation_ref", &R::annotation_ref),
        Optional("runnable_ref", &R::runnable_ref),
        Optional("call_ref", &R::call_ref),
        Optional("trigger_ref", &R::trigger_ref),
        Optional("queue_id", &R::queue_id),
        Optional("scorer_tags", &R::scorer_tags),
        Optional("scorer_tag_reasons", &R::scorer_tag_reasons),
        Optional("scorer_tag_confidences", &R::scorer_tag_confidences),
        Optional("scorer_ratings", &R::scorer_ratings),
        Optional("scorer_rating_reasons", &R::scorer_rating_reasons),
        Optional("scorer_rating_confidences", &R::scorer_rating_confidences),
        Optional("scorer_trace_id", &R::scorer_trace_id),
        Optional("span_agent_name", &R::span_agent_name),
        Optional("span_agent_version", &R::span_agent_version),
        Optional("span_status_code", &R::span_status_code),
        Optional("span_conversation_id", &R::span_conversation_id),
        Optional("span_trace_id", &R::span_trace_id),
        Optional("wb_user_id", &R::wb_user_id));
  }
};

struct FeedbackCreateBatchReq {
  std::vector<FeedbackCreateReq> batch;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("batch", &FeedbackCreateBatchReq::batch));
  }
};

struct FeedbackReplaceReq : FeedbackCreateReq {
  std::string_view feedback_id;
  static constexpr auto Fields() {
    return std::tuple_cat(
        FeedbackCreateReq::Fields(),
        std::tuple(Required("feedback_id", &FeedbackReplaceReq::feedback_id)));
  }
};

// A piece of feedback that is good and can be kept: what was sent, and what
// the server decides. Borrows both.
struct Feedback {
  const FeedbackCreateReq* sent = nullptr;
  std::string_view id, wb_user_id;
  std::string_view payload;  // JSON
  int64_t created_at_us = 0;
};

// An object or op ref in its parts: `weave:///<entity>/<project>/<kind>/
// <name>:<digest>`, maybe with edges behind it.
struct VersionRef {
  std::string_view project_id = {};
  std::string_view kind = {};  // "object" or "op"
  std::string_view name = {};
  std::string_view digest = {};
};

// Nothing for what is not such a ref.
std::optional<VersionRef> ParseVersionRef(std::string_view ref);

// The id in `ref` if that is a call of this project, `weave:///<project_id>/
// call/<id>`.
std::optional<std::string_view> CallIdOf(std::string_view ref,
                                         std::string_view project_id);

// True for a ref of any call.
bool IsCallRef(std::string_view ref);

}  // namespace bobbin::model
