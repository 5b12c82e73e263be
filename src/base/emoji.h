// Emoji and their names, those of Python's `emoji` package (`thumbs_up`),
// because the hosted service uses it.
//
// Threads   Call any function from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bobbin {

// The name of `text` (UTF-8) if all of it is one emoji: a character, a flag, a
// keycap, or a sequence that is shown as one picture, with or without skin
// tones and variation selectors.
std::optional<std::string_view> EmojiName(std::string_view text);

// `text` with `:name:` for each emoji in it, the longest that begins at a
// place, and without the variation selectors that are left.
std::string Demojize(std::string_view text);

// `text` without the characters that give an emoji a skin tone.
std::string WithoutSkinTones(std::string_view text);

}  // namespace bobbin
