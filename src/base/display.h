// Text for a terminal: how wide it is there, and what must not get there.
//
// Text is UTF-8 of any origin: what people and models wrote may hold control
// characters that a terminal would obey.
#pragma once

#include <string>
#include <string_view>

namespace bobbin {

// How many cells `text` takes, by user-perceived characters (grapheme
// clusters): 2 for most of East Asia and for emoji, however many code points
// they are made of; 0 for what is not shown.
int DisplayWidth(std::string_view text);

// `text` on one line, harmless: line breaks and tabs become blanks; other
// control characters become the pictures of them (U+2400 and on), and those
// that turn the direction of text and bytes that are not UTF-8 become U+FFFD.
std::string Visible(std::string_view text);

// A JSON text as it is, but for characters that Visible() would change: they
// become `\uXXXX`, which is the same JSON.
std::string HarmlessJson(std::string_view json);

// The longest beginning of `text` that fits `width` cells, ended by an
// ellipsis (U+2026, or "." if not `unicode`) where something is missing.
std::string FitTo(std::string_view text, int width, bool unicode = true);

// The first user-perceived character of `text`; empty if that is.
std::string_view FirstCharacter(std::string_view text);

// The longest beginning of `text` that fits `width` cells, in whole
// user-perceived characters.
std::string_view PrefixOf(std::string_view text, int width);

}  // namespace bobbin
