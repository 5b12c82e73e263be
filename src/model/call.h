// A call as clients report it: in two halves, start and end, or complete
// (contract section 4.1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/record.h"

namespace bobbin::model {

using Text = std::string_view;
using OptText = std::optional<std::string_view>;

enum class CallPart { kStart, kEnd, kComplete };

// What one report carries. Which members are set depends on `part`; its field
// rows say so. All text is the client's own bytes and lives as long as the
// body it was read from.
struct CallReport {
  CallPart part = CallPart::kStart;
  // A start and an end that came together (JoinHalves): written in one go,
  // but still two halves, which replace nothing that they do not carry.
  bool joined = false;
  Text project_id;
  OptText id, op_name, display_name, trace_id, parent_id, thread_id, turn_id;
  std::optional<Time> started_at, ended_at;
  OptText exception;
  RawObject attributes, inputs;
  std::optional<RawObject> otel_dump;
  std::optional<RawValue> output;
  Summary summary;
  OptText wb_user_id, wb_run_id;
  std::optional<int64_t> wb_run_step, wb_run_step_end;
  // The client left the trace id out, so `trace_id` was made for it. If the
  // call turns out to have one already, the store puts that here.
  bool made_trace_id = false;
  std::string kept_trace_id;
  // The store's word on whether this half had come before.
  bool repeats_start = false, repeats_end = false;
  // Refs found anywhere in `inputs` and `output`.
  std::span<const std::string_view> input_refs, output_refs;
};

// The rows of the three schemas in the contract's order. A type on its own
// for each, so that a request names what it expects.
struct CallStart : CallReport {
  CallStart() { part = CallPart::kStart; }
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    using C = CallReport;
    return std::tuple(
        Required("project_id", &C::project_id), Optional("id", &C::id),
        NotNull("op_name", &C::op_name),
        Optional("display_name", &C::display_name),
        Optional("trace_id", &C::trace_id),
        Optional("parent_id", &C::parent_id),
        Optional("thread_id", &C::thread_id), Optional("turn_id", &C::turn_id),
        NotNull("started_at", &C::started_at),
        Required("attributes", &C::attributes), Required("inputs", &C::inputs),
        Optional("otel_dump", &C::otel_dump),
        Optional("wb_user_id", &C::wb_user_id),
        Optional("wb_run_id", &C::wb_run_id),
        Optional("wb_run_step", &C::wb_run_step));
  }
};

struct CallEnd : CallReport {
  CallEnd() { part = CallPart::kEnd; }
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    using C = CallReport;
    return std::tuple(
        Required("project_id", &C::project_id), NotNull("id", &C::id),
        NotNull("ended_at", &C::ended_at), Optional("exception", &C::exception),
        Optional("output", &C::output), Required("summary", &C::summary),
        Optional("trace_id", &CallEnd::named_trace_id),
        Optional("started_at", &CallEnd::named_started_at),
        Optional("is_eval", &CallEnd::is_eval),
        Optional("wb_run_step_end", &C::wb_run_step_end));
  }
  // Of use to a server that looks for the start half by them.
  OptText named_trace_id;
  std::optional<Time> named_started_at;
  std::optional<bool> is_eval;
};

struct CallComplete : CallReport {
  CallComplete() { part = CallPart::kComplete; }
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    using C = CallReport;
    return std::tuple(
        Required("project_id", &C::project_id), NotNull("id", &C::id),
        NotNull("op_name", &C::op_name),
        Optional("display_name", &C::display_name),
        NotNull("trace_id", &C::trace_id), Optional("parent_id", &C::parent_id),
        Optional("thread_id", &C::thread_id), Optional("turn_id", &C::turn_id),
        NotNull("started_at", &C::started_at),
        NotNull("ended_at", &C::ended_at), Optional("exception", &C::exception),
        Required("attributes", &C::attributes), Required("inputs", &C::inputs),
        Optional("output", &C::output), Required("summary", &C::summary),
        Optional("otel_dump", &C::otel_dump),
        Optional("wb_user_id", &C::wb_user_id),
        Optional("wb_run_id", &C::wb_run_id),
        Optional("wb_run_step", &C::wb_run_step),
        Optional("wb_run_step_end", &C::wb_run_step_end));
  }
};

// The bodies they come in.
struct CallStartReq {
  CallStart start;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("start", &CallStartReq::start));
  }
};

struct CallEndReq {
  CallEnd end;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("end", &CallEndReq::end));
  }
};

struct CallsCompleteReq {
  std::vector<CallComplete> batch;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required("batch", &CallsCompleteReq::batch));
  }
};

// One item of an upsert_batch: a start or an end by its shape; `mode` only
// has to be one of the two words (contract section 4.2).
struct CallBatchItem {
  std::string_view mode;
  CallReport report;
};
void ReadValue(json::Value value, CallBatchItem& out, const Loc& loc,
               Details& details);

struct CallsUpsertBatchReq {
  std::vector<CallBatchItem> batch;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("batch", &CallsUpsertBatchReq::batch));
  }
};

struct CallUpdateReq {
  Text project_id, call_id;
  OptText display_name, wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CallUpdateReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("call_id", &R::call_id),
                      Optional("display_name", &R::display_name),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

struct CallsDeleteReq {
  Text project_id;
  std::vector<Text> call_ids;
  OptText wb_user_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = CallsDeleteReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("call_ids", &R::call_ids),
                      Optional("wb_user_id", &R::wb_user_id));
  }
};

// Joins each end in `reports` to the start of the same call before it, when
// nothing else about that call stands between: the start becomes complete, the
// end is left out of the result. The order stays.
std::vector<CallReport*> JoinHalves(std::span<CallReport* const> reports);

// Points `report` at the refs that lie within its inputs and output; `refs`
// are those of the whole body, in the order of the text.
void TakeRefs(CallReport& report, std::span<const std::string_view> refs);

}  // namespace bobbin::model
