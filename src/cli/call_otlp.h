// Calls as spans of OpenTelemetry: lines of OTLP/JSON, as its file exporter
// writes them (an ExportTraceServiceRequest each).
//
// How a call becomes a span is the reverse of contract section 13:
//   traceId, spanId      the digits of ids of that length, a UUID's for a
//                        trace; else the first ones of the id's SHA-256
//   name                 of the op
//   status               OK, ERROR with the exception, or unset where only a
//                        descendant failed or the call has not ended; the
//                        latter has no end time
//   input.value, output.value, wandb.attributes   JSON, as text
//   gen_ai.*             model (if it is one) and tokens
//   wandb.*              display name, thread, turn, run
//   weave.*              what else there is, under the API's names
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bobbin::cli {

// Puts spans of one project together to lines.
//
// Threads   One.
class OtlpLines {
 public:
  explicit OtlpLines(std::string project_id);

  // `line` is one of /calls/stream_query.
  //   kInternal  that is no such line.
  Status Add(std::string_view line);

  // A whole line, if there are spans enough for one; else empty.
  std::string Take();
  // The rest; empty if there is none.
  std::string TakeRest();

 private:
  const std::string project_id_;
  std::string spans_;
  int count_ = 0;
};

}  // namespace bobbin::cli
