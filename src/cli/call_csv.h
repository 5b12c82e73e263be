// Calls as CSV, a record for each: RFC 4180.
//
// Lines     end with CRLF, as the RFC says: spreadsheets, pandas, DuckDB and
//           SQLite read it as well as a bare LF, and Excel only that for sure.
// Quotes    only where needed: around commas, quotes, CR and LF, which come
//           back exactly, and around an empty text. An empty field without
//           quotes is null. (pandas and Excel take the two for the same.)
// Text      is UTF-8 without a mark at its beginning. A NUL, which few readers
//           bear, and half of a surrogate pair become U+FFFD. In the JSON
//           columns both are escapes and stay as they are.
// Formulas  Nothing is put before a text that begins with `=`: what is in the
//           file is what was recorded. A spreadsheet may take it for a formula.
#pragma once

#include <string>
#include <string_view>

#include "cli/call_line.h"

namespace bobbin::cli {

// The names of the columns, as the first line.
std::string_view CallCsvHeader();

// Appends the record of a call.
void AppendCallCsv(std::string& out, const CallLine& call);

}  // namespace bobbin::cli
