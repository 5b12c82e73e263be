#include "base/emoji.h"

#include <algorithm>
#include <vector>

#include "base/embedded.h"

namespace bobbin {
namespace {

// U+FE0F: "show it as a picture". Many leave it out where it belongs, or put
// it where it does not.
constexpr std::string_view kSelector = "\xef\xb8\x8f";
// U+1F3FB to U+1F3FF differ in their last byte, 0xbb to 0xbf.
constexpr std::string_view kToneStart = "\xf0\x9f\x8f";
constexpr size_t kToneBytes = 4;

struct Row {
  std::string_view emoji, name;
};

struct Names {
  std::vector<Row> rows;  // by the bytes of the emoji
  size_t longest_bytes = 0;
};

Names ReadNames() {
  Names names;
  std::string_view text = EmbeddedEmoji().front().content;
  while (!text.empty()) {
    const size_t tab = text.find('\t');
    const size_t end = text.find('\n');
    names.rows.push_back(
        {text.substr(0, tab), text.substr(tab + 1, end - tab - 1)});
    names.longest_bytes = std::max(names.longest_bytes, tab);
    text.remove_prefix(end + 1);
  }
  return names;
}

const Names& AllNames() {
  static const Names names = ReadNames();
  return names;
}

std::optional<std::string_view> Find(std::string_view emoji) {
  const std::vector<Row>& rows = AllNames().rows;
  const auto row = std::ranges::lower_bound(rows, emoji, {}, &Row::emoji);
  if (row == rows.end() || row->emoji != emoji) return std::nullopt;
  return row->name;
}

// Takes the longest emoji off the front of `text` and returns its name.
std::optional<std::string_view> TakeEmoji(std::string_view& text) {
  size_t size = std::min(text.size(), AllNames().longest_bytes);
  for (; size > 0; --size) {
    if (const auto name = Find(text.substr(0, size))) {
      text.remove_prefix(size);
      return name;
    }
  }
  return std::nullopt;
}

bool BeginsWithTone(std::string_view text) {
  return text.size() >= kToneBytes && text.starts_with(kToneStart) &&
         static_cast<unsigned char>(text[kToneStart.size()]) >= 0xbb;
}

}  // namespace

std::optional<std::string_view> EmojiName(std::string_view text) {
  if (const auto name = Find(text)) return name;
  std::string bare(text);
  for (size_t at; (at = bare.find(kSelector)) != std::string::npos;) {
    bare.erase(at, kSelector.size());
  }
  return Find(bare);
}

std::string Demojize(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (const auto name = TakeEmoji(text)) {
      out += ':';
      out += *name;
      out += ':';
    } else if (text.starts_with(kSelector)) {
      text.remove_prefix(kSelector.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string WithoutSkinTones(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool tone = BeginsWithTone(text);
    if (!tone) out += text.front();
    text.remove_prefix(tone ? kToneBytes : 1);
  }
  return out;
}

}  // namespace bobbin
