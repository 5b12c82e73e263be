// Writing JSON text: strings quoted, numbers as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bobbin::json {

// Appends `text` as a JSON string, quotes included. Text is UTF-8; a lone
// surrogate in its three-byte form (WTF-8) becomes a \udXXX escape; control
// characters become \n \r \t \b \f or \u00XX. Everything else stays as it is,
// but a byte that is not UTF-8 (out of a path, say) becomes \ufffd: the result
// is valid JSON whatever comes in.
void AppendQuoted(std::string& out, std::string_view text);

// Puts JSON on one line: a blank for each line break from `begin` on, all of
// which are between tokens. False: there was none.
bool PutOnOneLine(std::string& text, size_t begin);

// Appends a decimal integer.
void AppendInt(std::string& out, int64_t value);

// Appends a finite number in the fewest digits that say it, with a fraction or
// an exponent, so that it is read as a float again: `3.0`, `2.5e-06`.
void AppendDouble(std::string& out, double value);

}  // namespace bobbin::json
