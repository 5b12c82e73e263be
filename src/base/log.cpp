#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <string>

namespace bobbin {
namespace {

std::atomic<LogLevel> shown_level{LogLevel::kWarning};

const char* Name(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return "error";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kInfo:
      return "info";
  }
  return "";
}

void AppendHex(std::string& out, unsigned char byte) {
  out += "\\x";
  out += "0123456789abcdef"[byte >> 4];
  out += "0123456789abcdef"[byte & 15];
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\r') {
      out += "\\r";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      AppendHex(out, byte);
    } else if (byte == 0xc2 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      // U+0080 to U+009F: terminals obey them as they obey escape sequences.
      AppendHex(out, static_cast<unsigned char>(text[++i]));
    } else {
      out += text[i];
    }
  }
}

}  // namespace

void SetLogLevel(LogLevel level) {
  shown_level.store(level, std::memory_order_relaxed);
}

bool LogEnabled(LogLevel level) {
  return level <= shown_level.load(std::memory_order_relaxed);
}

void Log(LogLevel level, std::string_view message) {
  if (!LogEnabled(level)) return;
  std::string line = Name(level);
  line += ": ";
  AppendEscaped(line, message);
  line += '\n';
  // A log that cannot be written has nobody to complain to.
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace bobbin
