// What calls used (tokens, costs), in SQL.
//
// The usage of a call is its own `summary.usage` if it has one, for SDKs
// include in it what the calls below have used; else it is the sum over its
// children, by the same rule.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/statement.h"

namespace bobbin::query {

// `prices_list (j) AS MATERIALIZED (...)`, a table of one row for the usage
// functions of db/functions.h: the prices that calls of the project, or of
// all, may have to pay. For the WITH of a statement.
void AddPriceList(Statement& out, bool one_project);
inline constexpr std::string_view kPriceList = "(SELECT j FROM prices_list)";

// A scalar subquery: `aggregate`(prices, project, started_at_us, usage) over
// the calls that make up the usage of call `c`.
std::string UsageOfCall(std::string_view aggregate, std::string_view prices);

}  // namespace bobbin::query
