// The log: one line per event on stderr, for the operator.
#pragma once

#include <string_view>

namespace bobbin {

enum class LogLevel { kError, kWarning, kInfo };

// Sets what is shown; kWarning until it is called. Any thread.
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);

// Writes `level: message` and a newline in one write, so that lines of
// different threads do not mix. Line breaks and control characters in
// `message` are shown escaped: they may come from a client.
void Log(LogLevel level, std::string_view message);

}  // namespace bobbin
