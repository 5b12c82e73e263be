// Published objects and files, as clients send them (contract sections 6.2
// and 9).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/result.h"
#include "model/record.h"

namespace bobbin::model {

struct ObjectInsert {
  std::string_view project_id, object_id;
  RawValue val;
  std::optional<std::string_view> builtin_object_class, set_base_object_class,
      expected_digest, wb_user_id;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    using R = ObjectInsert;
    return std::tuple(
        Required("project_id", &R::project_id),
        Required("object_id", &R::object_id), Required("val", &R::val),
        Optional("builtin_object_class", &R::builtin_object_class),
        Optional("set_base_object_class", &R::set_base_object_class),
        Optional("expected_digest", &R::expected_digest),
        Optional("wb_user_id", &R::wb_user_id));
  }
};

struct ObjectCreateReq {
  ObjectInsert obj;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("obj", &ObjectCreateReq::obj));
  }
};

struct FileContentReq {
  std::string_view project_id, digest;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    using R = FileContentReq;
    return std::tuple(Required("project_id", &R::project_id),
                      Required("digest", &R::digest));
  }
};

struct FilesStatsReq {
  std::string_view project_id;
  static constexpr bool kStrict = true;
  static constexpr auto Fields() {
    return std::tuple(Required("project_id", &FilesStatsReq::project_id));
  }
};

// What a value says about itself.
struct ObjectNature {
  std::string val;   // as it is kept: with the class members filled in
  std::string kind;  // "op" or "object"
  std::optional<std::string> base_object_class, leaf_object_class;
};

// Finds the nature of `val`, a JSON text; `builtin_class` is the class that
// the client asked for, if any.
//   kInvalid  a built-in class on something that is not an object or names
//             another class; a file path that leads outside.
Result<ObjectNature> NatureOf(std::string_view val,
                              std::optional<std::string_view> builtin_class);

}  // namespace bobbin::model
