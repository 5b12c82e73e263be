// The media type of a streamed answer.
#pragma once

#include <string>
#include <string_view>

namespace bobbin::api {

// What to call lines of JSON to a client that sent this Accept header
// (contract section 1): `application/jsonl` if it has no wish, else the type
// that it asked for, without parameters.
//
// One type is taken as it is if it is `application/...`; of several the first
// one with `json` in its name, by weight (`q`, RFC 9110, section 12.5.1) and
// then in order. Never a type that a browser would render or run: what
// streams is what somebody else has sent.
std::string StreamType(std::string_view accept);

}  // namespace bobbin::api
