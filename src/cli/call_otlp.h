// Calls as spans of OpenTelemetry: OTLP/JSON, one ExportTraceServiceRequest
// (or TracesData, which is the same) a line, as the OpenTelemetry file
// exporter writes it and the Collector's otlpjsonfile receiver reads it.
//
// Ids       A trace id of 32 hex digits, and a call id of 16, are kept: such
//           calls came from OpenTelemetry. A trace id that is a UUID loses its
//           hyphens. For any other the id is the beginning of the SHA-256 of
//           its text: as much of a UUID would not do, for those of version 7
//           are alike where they are not random. The same call has the same
//           span id in every export. `weave.call_id`, `weave.trace_id` and
//           `weave.parent_id` have the ids as they were.
// Times     A call still running ends when it started, for OTLP has no span
//           without an end; its `weave.status` is `running` and its status
//           unset.
// Names     The span is named after the op, by its short name.
// Values    `input.value` has the inputs as JSON; `output.value` the output, a
//           text as it is and other values as JSON (`*.mime_type` says which).
//           The names of the attributes are those that an OTLP ingest of
//           Weave understands (contract section 13), so that a span becomes
//           the call again, and the gen_ai ones of OpenTelemetry.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/call_line.h"

namespace bobbin::cli {

// 32 hex digits, and 16. Never all zeros, which OTLP takes for none.
std::string OtlpTraceId(std::string_view trace_id);
std::string OtlpSpanId(std::string_view call_id);

// The lines of one project.
class OtlpLines {
 public:
  explicit OtlpLines(std::string_view project_id);

  void Add(const CallLine& call);
  // Whether the line is long enough: of spans, or of bytes for the receivers,
  // which limit the size of a request.
  bool full() const;
  // The line of what was added since the last, with its LF; "" if that is
  // nothing.
  std::string Take();

 private:
  const std::string head_;  // a line up to its first span
  std::string line_;
  size_t spans_ = 0;
};

}  // namespace bobbin::cli
