#include "model/feedback_rules.h"

#include <algorithm>
#include <array>

#include "base/emoji.h"
#include "json/document.h"
#include "json/path.h"
#include "json/write.h"

namespace bobbin::model {
namespace {

constexpr std::string_view kReaction = "wandb.reaction.1";
constexpr std::string_view kNote = "wandb.note.1";
constexpr std::string_view kAnnotation = "wandb.annotation";
constexpr std::string_view kRunnable = "wandb.runnable";
constexpr std::string_view kAgentMonitor = "wandb.agent_monitor";
constexpr std::string_view kAgentUser = "wandb.agent_user_feedback";

constexpr size_t kMaxNoteChars = 1024;
constexpr size_t kMaxPayloadBytes = 1 << 20;

bool Given(const std::optional<std::string_view>& ref) {
  return ref && !ref->empty();
}

Error BadPayload(const FeedbackCreateReq& feedback, std::string_view member,
                 std::string_view what) {
  return Invalid("Invalid payload for feedback_type " +
                 std::string(feedback.feedback_type) + ": " +
                 std::string(member) + ": " + std::string(what));
}

// The text of a payload's member, which must be a string.
Result<std::string> TextMember(const FeedbackCreateReq& feedback,
                               std::string_view name) {
  const std::string_view raw = PayloadMember(feedback.payload.json, name);
  if (raw.empty()) return BadPayload(feedback, name, "Field required");
  if (raw.front() != '"') {
    return BadPayload(feedback, name, "Input should be a valid string");
  }
  return json::Unquote(raw);
}

Status CheckMember(const FeedbackCreateReq& feedback, std::string_view name) {
  if (PayloadMember(feedback.payload.json, name).empty()) {
    return BadPayload(feedback, name, "Field required");
  }
  return {};
}

Status CheckNote(const FeedbackCreateReq& feedback) {
  const Result<std::string> note = TextMember(feedback, "note");
  if (!note.ok()) return note.error();
  const auto chars = std::ranges::count_if(
      note.value(), [](char c) { return (c & 0xc0) != 0x80; });
  if (chars == 0) {
    return BadPayload(feedback, "note",
                      "String should have at least 1 character");
  }
  if (static_cast<size_t>(chars) > kMaxNoteChars) {
    return BadPayload(feedback, "note",
                      "String should have at most 1024 characters");
  }
  return {};
}

// The `<name>` of a type `<prefix>.<name>`, which the ref's object must have.
Result<std::string_view> SubName(std::string_view type, std::string_view prefix,
                                 std::string_view what) {
  const std::string_view rest = type.substr(prefix.size());
  if (rest.size() < 2 || rest.front() != '.') {
    return Invalid("Invalid " + std::string(what) +
                   " feedback type: " + std::string(type));
  }
  return rest.substr(1);
}

Error BadRef(std::string_view name, std::string_view ref,
             std::string_view expected) {
  return Invalid(std::string(name) + " is not a ref of " +
                 std::string(expected) + ": " + std::string(ref));
}

Error WrongName(std::string_view ref, std::string_view name) {
  return Invalid(std::string(ref) + " must point to an object with name " +
                 std::string(name));
}

Status CheckAnnotation(const FeedbackCreateReq& feedback) {
  const Result<std::string_view> name =
      SubName(feedback.feedback_type, kAnnotation, "annotation");
  if (!name.ok()) return name.error();
  if (!Given(feedback.annotation_ref)) {
    return Invalid("annotation_ref is required for annotation feedback");
  }
  const std::optional<VersionRef> ref =
      ParseVersionRef(*feedback.annotation_ref);
  if (!ref || ref->kind != "object") {
    return BadRef("annotation_ref", *feedback.annotation_ref, "an object");
  }
  if (ref->name != name.value()) {
    return WrongName("annotation_ref", name.value());
  }
  if (ref->project_id != feedback.project_id) {
    return Invalid("Annotation ref " + std::string(*feedback.annotation_ref) +
                   " does not match project id " +
                   std::string(feedback.project_id));
  }
  return CheckMember(feedback, "value");
}

Status CheckRunnable(const FeedbackCreateReq& feedback) {
  const Result<std::string_view> name =
      SubName(feedback.feedback_type, kRunnable, "runnable");
  if (!name.ok()) return name.error();
  if (!Given(feedback.runnable_ref)) {
    return Invalid("runnable_ref is required for runnable feedback");
  }
  const std::optional<VersionRef> ref = ParseVersionRef(*feedback.runnable_ref);
  if (!ref) {
    return BadRef("runnable_ref", *feedback.runnable_ref, "an op or object");
  }
  if (ref->name != name.value()) return WrongName("runnable_ref", name.value());
  if (ref->kind == "op" && !Given(feedback.call_ref)) {
    return Invalid("call_ref is required for runnable feedback on ops");
  }
  return CheckMember(feedback, "output");
}

Status CheckMonitor(const FeedbackCreateReq& feedback) {
  for (const auto& [name, ref] :
       {std::pair("runnable_ref", feedback.runnable_ref),
        {"call_ref", feedback.call_ref},
        {"trigger_ref", feedback.trigger_ref}}) {
    if (!Given(ref)) {
      return Invalid(std::string(name) +
                     " is required for agent monitor feedback");
    }
  }
  return {};
}

// Refs that only a runnable has something to say with.
Status CheckNoRunnable(const FeedbackCreateReq& feedback) {
  for (const auto& [name, ref] :
       {std::pair("runnable_ref", feedback.runnable_ref),
        {"call_ref", feedback.call_ref},
        {"trigger_ref", feedback.trigger_ref}}) {
    if (Given(ref)) {
      return Invalid(std::string(name) +
                     " is not allowed for non-runnable feedback");
    }
  }
  return {};
}

Status CheckRefShapes(const FeedbackCreateReq& feedback) {
  if (Given(feedback.runnable_ref) &&
      !ParseVersionRef(*feedback.runnable_ref)) {
    return BadRef("runnable_ref", *feedback.runnable_ref, "an op or object");
  }
  if (Given(feedback.call_ref) && !IsCallRef(*feedback.call_ref)) {
    return BadRef("call_ref", *feedback.call_ref, "a call");
  }
  if (Given(feedback.trigger_ref)) {
    const auto ref = ParseVersionRef(*feedback.trigger_ref);
    if (!ref || ref->kind != "object") {
      return BadRef("trigger_ref", *feedback.trigger_ref, "an object");
    }
  }
  return {};
}

Status CheckType(const FeedbackCreateReq& feedback) {
  const std::string_view type = feedback.feedback_type;
  if (type.empty()) return Invalid("feedback_type must not be empty");
  if (type.starts_with(kAnnotation)) return CheckAnnotation(feedback);
  if (Given(feedback.annotation_ref)) {
    return Invalid("annotation_ref is not allowed for non-annotation feedback");
  }
  if (type.starts_with(kRunnable)) return CheckRunnable(feedback);
  if (type == kAgentMonitor) return CheckMonitor(feedback);
  Status refs = CheckNoRunnable(feedback);
  if (!refs.ok()) return refs;
  if (type == kReaction) {
    const Result<std::string> emoji = TextMember(feedback, "emoji");
    return emoji.ok() ? Status() : emoji.error();
  }
  if (type == kNote) return CheckNote(feedback);
  const bool tagged =
      feedback.scorer_tags &&
      feedback.scorer_tags->json.find('"') != std::string_view::npos;
  if (type == kAgentUser && !tagged) {
    return Invalid("scorer_tags is required for agent user feedback");
  }
  return {};
}

constexpr std::array<std::string_view, 3> kEmojiNames{"alias", "detoned",
                                                      "detoned_alias"};

// The members of a reaction's payload, with those that name the emoji.
Result<std::string> Reaction(const FeedbackCreateReq& feedback) {
  const Result<std::string> emoji = TextMember(feedback, "emoji");
  if (!emoji.ok()) return emoji.error();
  if (!EmojiName(emoji.value())) {
    return Invalid("Value of emoji key in payload must be exactly one emoji");
  }
  const std::string detoned = WithoutSkinTones(emoji.value());
  const std::array<std::string, 3> values{Demojize(emoji.value()), detoned,
                                          Demojize(detoned)};
  json::Document document;
  document.Parse(feedback.payload.json, 1);
  std::string out = "{";
  const auto add_key = [&out](std::string_view key) {
    if (out.size() > 1) out += ',';
    json::AppendQuoted(out, key);
    out += ':';
  };
  for (json::Value v = document.root().first(); v.exists(); v = v.next()) {
    if (std::ranges::find(kEmojiNames, v.key()) != kEmojiNames.end()) continue;
    add_key(v.key());
    out += v.raw();
  }
  for (size_t i = 0; i < values.size(); ++i) {
    add_key(kEmojiNames[i]);
    json::AppendQuoted(out, values[i]);
  }
  out += '}';
  return out;
}

}  // namespace

std::string_view PayloadMember(std::string_view payload,
                               std::string_view name) {
  return json::Find(payload, json::Path{{std::string(name), std::nullopt}});
}

bool IsAnnotation(std::string_view feedback_type) {
  return feedback_type.starts_with(kAnnotation);
}

Status CheckFeedback(const FeedbackCreateReq& feedback) {
  Status type = CheckType(feedback);
  return type.ok() ? CheckRefShapes(feedback) : type;
}

Result<std::string> KeptPayload(const FeedbackCreateReq& feedback) {
  Result<std::string> payload = feedback.feedback_type == kReaction
                                    ? Reaction(feedback)
                                    : std::string(feedback.payload.json);
  if (payload.ok() && payload.value().size() > kMaxPayloadBytes) {
    return Invalid("Feedback payload too large");
  }
  return payload;
}

}  // namespace bobbin::model
