// Feeds strangers' bytes to the JSON layer under libFuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json/canonical.h"
#include "json/document.h"
#include "json/write.h"

namespace {

using bobbin::json::Canonical;
using bobbin::json::Document;
using bobbin::json::Kind;
using bobbin::json::kMaxDepth;
using bobbin::json::Value;

void Require(bool holds) {
  if (!holds) std::abort();
}

// Quoting what was read must give the same string again.
void CheckText(std::string_view text) {
  std::string quoted;
  bobbin::json::AppendQuoted(quoted, text);
  Document again;
  Require(again.Parse(quoted, 0).message.empty());
  Require(again.root().text() == text);
}

// Every value lies within its container, behind its elder sibling.
void CheckValue(Value value, std::string_view text) {
  const std::string_view raw = value.raw();
  Require(raw.data() >= text.data());
  Require(raw.data() + raw.size() <= text.data() + text.size());
  if (value.is(Kind::kString)) CheckText(value.text());
  std::string_view rest = raw;
  for (Value v = value.first(); v.exists(); v = v.next()) {
    if (value.is(Kind::kObject)) CheckText(v.key());
    CheckValue(v, rest);
    const char* const behind = v.raw().data() + v.raw().size();
    rest.remove_prefix(static_cast<size_t>(behind - rest.data()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto printed = Canonical(text);
  for (const int detail_depth : {0, 2, kMaxDepth}) {
    Document document;
    const auto error = document.Parse(text, detail_depth);
    Require(error.message.empty() == printed.ok());
    Require(error.offset_chars <= size);
    if (printed.ok()) CheckValue(document.root(), text);
  }
  // `Infinity` is Python's, not JSON.
  if (printed.ok() && printed.value().find("Infinity") == std::string::npos) {
    const auto again = Canonical(printed.value());
    Require(again.ok() && again.value() == printed.value());
  }
  return 0;
}
