// The little of GraphQL that clients ask before they trace.
#pragma once

#include <string>
#include <string_view>

namespace bobbin::api {

// Answers a GraphQL request body (`{"query": …, "variables": …}`) as the
// service at WANDB_BASE_URL would where it matters: `viewer`, `project` and
// `upsertModel` (contract section 15). Other root fields are null. A body that
// can't be read, or is larger than 1 MiB, asks for nothing; of more than 1000
// root fields the rest is left out. Never an error.
std::string AnswerGraphql(std::string_view body);

}  // namespace bobbin::api
