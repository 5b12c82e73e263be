// Golden traces: calls as text that is the same, byte for byte, whenever a
// program does the same, to be kept in a file and compared with later.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "control/call_tree.h"
#include "model/golden.h"

namespace bobbin::control {

// What differs between runs that do the same, and so is masked unless a
// request says otherwise: fields of a call, and members in them, by their
// paths; and two parts of texts:
//
//   exception.stack   of an exception only what it says is kept: the last line
//                     of a Python traceback, else the first line
//   op_name.digest    an op's digest comes from its source; in all refs to ops
std::span<const std::string_view> MaskedByDefault();

// The calls in tree order, as indented JSON with sorted keys, `\n` at the end.
//
// Calls and traces get numbers in that order in place of their ids (`call-1`,
// `trace-1`), threads and turns by where they first occur; ids of calls and
// traces (of 8 characters or more) within texts are replaced as well, and so
// is the project in refs to it (`{project}`). Times are left out, or in
// microseconds from the start of the trace. What is masked is `"<masked>"`
// where there is something. Numbers stay as they were written.
//
// Siblings come by their starts or, for calls that run at the same time, by
// name and then by what they were given and gave.
//
// `request.mask` adds paths to the default, `*` for any member or element, and
// `request.unmask` takes paths of the default away.
//   kInvalid   an unknown `times` or `siblings`; a path to mask that does not
//              begin with a field of a call; one to unmask that is not masked.
//   kTooLarge  a JSON text has too many values.
Result<std::string> GoldenText(const CallTree& tree,
                               const model::GoldenReq& request);

}  // namespace bobbin::control
