// SQL functions of our own, on every connection.
//
//   json_number_at(json, path)  the number at the path, or the number that
//                               its text spells; else NULL
//   json_text_at(json, path)    a string as it is, any other value as its JSON
//                               text; NULL when missing or null
//
// They read the stored text itself (json/path.h), so that big integers and
// dotted keys keep their meaning, and cost one scan instead of a parse.
#pragma once

#include "db/connection.h"

namespace bobbin::db {

// Throws SQLite::Exception.
void AddFunctions(Connection& connection);

}  // namespace bobbin::db
