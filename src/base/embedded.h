// Files that are part of the program, so that it needs none beside it.
#pragma once

#include <span>
#include <string_view>

namespace bobbin {

struct EmbeddedFile {
  std::string_view name;  // without folders: "0001_calls.sql"
  std::string_view content;
};

// The files of schema/ in the order of their names: the numbered migrations,
// then openapi.json, which is last. Valid until the program ends.
std::span<const EmbeddedFile> EmbeddedSchema();

// One file, the names of emoji, as scripts/cmake/emoji_names.py writes it. For
// base/emoji.h.
std::span<const EmbeddedFile> EmbeddedEmoji();

// The page that is served at `/`: its files, each zipped (gzip), under the
// name that it has unzipped. `index.html` is among them, the others are its
// assets. None if bobbin was built without the page.
std::span<const EmbeddedFile> EmbeddedPage();

}  // namespace bobbin
