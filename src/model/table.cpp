#include "model/table.h"

#include "base/hash.h"
#include "json/canonical.h"

namespace bobbin::model {
namespace {

struct AppendPayload {
  RawObject row;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required("row", &AppendPayload::row));
  }
};

struct PopPayload {
  int64_t index = 0;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required("index", &PopPayload::index));
  }
};

struct InsertPayload {
  int64_t index = 0;
  RawObject row;
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required("index", &InsertPayload::index),
                      Required("row", &InsertPayload::row));
  }
};

// The arms of the union, each with the name that errors carry.
struct AppendArm {
  AppendPayload payload;
  static constexpr std::string_view kName = "TableAppendSpec";
  static constexpr std::string_view kKey = "append";
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required(kKey, &AppendArm::payload));
  }
  TableUpdate update() const {
    return {.kind = TableUpdate::Kind::kAppend, .row = payload.row};
  }
};

struct PopArm {
  PopPayload payload;
  static constexpr std::string_view kName = "TablePopSpec";
  static constexpr std::string_view kKey = "pop";
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required(kKey, &PopArm::payload));
  }
  TableUpdate update() const {
    return {.kind = TableUpdate::Kind::kPop, .index = payload.index, .row = {}};
  }
};

struct InsertArm {
  InsertPayload payload;
  static constexpr std::string_view kName = "TableInsertSpec";
  static constexpr std::string_view kKey = "insert";
  static constexpr bool kStrict = false;
  static constexpr auto Fields() {
    return std::tuple(Required(kKey, &InsertArm::payload));
  }
  TableUpdate update() const {
    return {.kind = TableUpdate::Kind::kInsert,
            .index = payload.index,
            .row = payload.row};
  }
};

bool HasKey(json::Value value, std::string_view key) {
  if (!value.is(json::Kind::kObject)) return false;
  for (json::Value v = value.first(); v.exists(); v = v.next()) {
    if (v.key() == key) return true;
  }
  return false;
}

template <class Arm>
bool ReadArm(json::Value value, TableUpdate& out, const Loc& loc,
             Details& details) {
  Arm arm;
  Details own;
  ReadValue(value, arm, loc.In(Arm::kName), own);
  if (!own.empty()) {
    details.Append(std::move(own));
    return false;
  }
  out = arm.update();
  return true;
}

// Only if its key is there: the errors of the others would be collected in
// vain.
template <class Arm>
bool FitsArm(json::Value value, TableUpdate& out, const Loc& loc) {
  Details ignored;
  return HasKey(value, Arm::kKey) && ReadArm<Arm>(value, out, loc, ignored);
}

}  // namespace

void ReadValue(json::Value value, TableUpdate& out, const Loc& loc,
               Details& details) {
  if (FitsArm<AppendArm>(value, out, loc) || FitsArm<PopArm>(value, out, loc) ||
      FitsArm<InsertArm>(value, out, loc)) {
    return;
  }
  ReadArm<AppendArm>(value, out, loc, details);
  ReadArm<PopArm>(value, out, loc, details);
  ReadArm<InsertArm>(value, out, loc, details);
}

std::string DigestsOf(std::span<const RawObject> rows) {
  std::string digests;
  digests.reserve(rows.size() * kDigestChars);
  json::CanonicalPrinter printer;
  for (const RawObject& row : rows) {
    AppendDigest(digests, printer.Print(row.json));
  }
  return digests;
}

}  // namespace bobbin::model
