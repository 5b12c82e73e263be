// SQL functions of our own, on every connection. They carry out what the
// query language means (contract section 5; query/condition.h).
//
// `json` is a stored JSON text and `path` a place in it (json/path.h). The
// text itself is read, in one scan and without a parse, so that big integers
// and dotted keys keep their meaning. A NULL json has nothing at any path. A
// `constant` is JSON text, too; json/match.h says how values compare.
//
//   json_at(json, path)         the value's own JSON text; NULL if missing
//   json_number_at(json, path)  the number at the path, or the number that
//                               its text spells; else NULL
//   json_text_at(json, path)    a string as it is, any other value as its JSON
//                               text; NULL when missing or null
//   json_as_text(json, path)    the value as text, '' when missing or null
//   json_exists(json, path)     1 if there is a value, and it is not null
//   json_found(json, path)      1 if there is a value
//   json_is(json, path, constant)     1 if equal; NULL if it can't be cast
//   json_order(json, path, constant)  < 0, 0, > 0; NULL likewise
//   json_in(json, path, constants)    1 if equal to one in the JSON array
//   json_contains(json, path, text), json_contains_nocase(json, path, text)
//                               1 if the value as text has `text` within
//   json_same(a, b), json_values_order(a, b)
//                               compare two values that json_at gave
//
//   contains_nocase(text, part)
//   number_order(a, b)          < 0, 0, > 0 for numbers or texts of such
//   as_int(x), as_double(x), as_number(x), as_bool(x)
//                               casts of text and numbers; NULL if they fail.
//                               An integer beyond 64 bits stays text, and so
//                               does what is no integer as a number or a bool:
//                               all keep their digits. None is ever a text
//                               for 0 or 1.
//   as_time(x)                  a time's text, or seconds, as microseconds
//   time_text(us)               the other way round, as on the wire
//
// `ref` is the JSON text of any value:
//   ref_name(ref, project_id)   the object's name if it is the ref of an
//                               object or op in that project; '' if it is the
//                               ref of a table there; else NULL
//   ref_kind(ref)               'object', 'op' or 'table'
//   ref_digest(ref)             its digest, `latest` or `v<N>`
//   ref_version(ref)            the N of `v<N>`, else NULL
//   ref_row(ref)                the digest of the row that it names, in a table
//                               or a dataset; NULL if it names none
//   ref_path(ref)               the path that follows the digest, or the row
//
// What people look for (json/text_search.h):
//   is_in_text(wanted, text), is_in_json(wanted, json)
//                               1 if it is within
//   search_hit(wanted, op_name, display_name, exception, inputs, output,
//              attributes, summary)
//                               {"field", "snippet", "match_start",
//                               "match_end"} of the first of these that has it
//                               within; NULL if none has
//   reason_in(exception)        the line that says why (base/reason.h)
//
// What models used:
//   usage_of(summary)           `usage` as calls are kept with it, out of their
//                               summary (schema/0010_usage.sql); NULL if none
// Aggregates; NULL without rows. `usage` is that of a call, and `prices` a list
// as in db/price_book.h, the same in all rows:
//   usage_totals(prices, project, started_at_us, usage)
//       [prompt, completion, total, cost] as JSON; NULL if nothing was used,
//       a null cost if nothing has a price
//   usage_by_model(prices, project, started_at_us, usage)
//       {"<model>": {"requests": ..., ...}} as the API has it (contract section
//       4.6); without costs if `prices` is NULL
//   call_stats(prices, project, started_at_us, usage, key, status,
//              latency_us)
//       [[key, calls, errors, p50, p95, p99, prompt, completion, total, cost],
//       ...] as JSON, for each integer `key`; milliseconds. A percentile is
//       the smallest latency that so much of all is not above.
//   model_stats(prices, project, started_at_us, usage, status, latency_us)
//       the same for each model; a call with two models counts for both
//   latency_percentiles(latency_us)
//       [p50, p95, p99] as JSON, in milliseconds
//   first_and_last(order, text)
//       the texts with the least and the greatest `order`, as a JSON array
#pragma once

#include "db/connection.h"

namespace bobbin::db {

// Throws SQLite::Exception.
void AddFunctions(Connection& connection);

}  // namespace bobbin::db
