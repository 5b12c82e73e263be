// What each type of feedback must have (contract section 10). What is wrong is
// kInvalid, in a sentence that says where.
#pragma once

#include <string>

#include "base/result.h"
#include "model/feedback.h"

namespace bobbin::model {

// Checks what can be said from the feedback alone: the payload by its type,
// and which refs go with which type.
Status CheckFeedback(const FeedbackCreateReq& feedback);

// The payload as it is kept: a reaction's with the emoji's names.
//   kInvalid  a reaction that is not one emoji; a payload over 1 MiB.
Result<std::string> KeptPayload(const FeedbackCreateReq& feedback);

// True for `wandb.annotation.<name>`, whose value is to be checked against the
// spec that `annotation_ref` names (model/annotation_spec.h).
bool IsAnnotation(std::string_view feedback_type);

// The JSON of a payload's member, or an empty view. Of duplicates the last.
std::string_view PayloadMember(std::string_view payload, std::string_view name);

}  // namespace bobbin::model
