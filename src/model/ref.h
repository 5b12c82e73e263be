// Refs: names of things that are kept, as they stand in JSON (contract
// section 8).
//   weave:///<entity>/<project>/<kind>/<id>[/<edge>/<value>]*
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "model/record.h"

namespace bobbin::model {

enum class RefKind { kObject, kOp, kTable, kCall };

// A step into the value that a ref names.
struct RefEdge {
  enum class Kind {
    kMember,  // `attr` of an object or `key` of a dict: both JSON objects
    kIndex,   // of a list, from its end if negative
    kRow,     // `id`: a table's row by its digest
  };
  Kind kind = Kind::kMember;
  std::string name;   // percent escapes resolved
  int64_t index = 0;  // kIndex
  bool operator==(const RefEdge&) const = default;
};

struct Ref {
  RefKind kind = RefKind::kObject;
  std::string project_id;  // entity/project
  std::string id;          // of an object or op: its name
  std::string digest;      // of an object or op: any form of it
  std::vector<RefEdge> edges;
  bool operator==(const Ref&) const = default;
};

// Whether it is entity/project: the one and the other may be any text.
bool IsProjectId(std::string_view text);

inline constexpr std::string_view kRefScheme = "weave:///";

//   kInvalid  not a ref, or one of the hosted service's inside.
Result<Ref> ParseRef(std::string_view text);

struct RefsReadReq {
  std::vector<std::string_view> refs;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("refs", &RefsReadReq::refs));
  }
};

}  // namespace bobbin::model
