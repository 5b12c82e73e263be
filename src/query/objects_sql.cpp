#include "query/objects_sql.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/object_record.h"
#include "query/limits.h"

namespace bobbin::query {
namespace {

using model::Direction;
using model::ObjsFilter;
using model::ObjsQueryReq;
using model::SortBy;
using model::Texts;
using Values = std::vector<std::string_view>;

// In these `o` is the version in question.
constexpr std::string_view kIsLatest =
    "NOT EXISTS (SELECT 1 FROM objects l INDEXED BY objects_by_kind WHERE "
    "l.project = o.project AND l.object_id = o.object_id AND l.kind = o.kind "
    "AND l.publish_order > o.publish_order AND l.deleted_at_us IS NULL)";

bool Filters(const Texts& list) { return list && !list->empty(); }

struct ListName {
  std::string_view name;
  Texts ObjsFilter::*list;
};
constexpr auto kLists = std::to_array<ListName>({
    {"base_object_classes", &ObjsFilter::base_object_classes},
    {"exclude_base_object_classes", &ObjsFilter::exclude_base_object_classes},
    {"leaf_object_classes", &ObjsFilter::leaf_object_classes},
    {"object_ids", &ObjsFilter::object_ids},
    {"tags", &ObjsFilter::tags},
    {"aliases", &ObjsFilter::aliases},
});

Status CheckRequest(const ObjsQueryReq& request, const ObjsFilter& filter) {
  for (const ListName& entry : kLists) {
    const Texts& list = filter.*(entry.list);
    if (list && list->size() > kMaxListEntries) {
      return Invalid("Parameter: '" + std::string(entry.name) +
                     "' request length is greater than max length (1000). "
                     "Actual length: " +
                     std::to_string(list->size()));
    }
  }
  if (request.limit.value_or(0) < 0) {
    return Invalid("limit must not be negative");
  }
  if (request.offset.value_or(0) < 0) {
    return Invalid("offset must not be negative");
  }
  return {};
}

// `before ?, ?, ... after`
void AddList(Statement& out, std::string_view before, const Values& values,
             std::string_view between, std::string_view after) {
  out.Add(before);
  for (const std::string_view& value : values) {
    if (&value != &values.front()) out.Add(between);
    out.Add("?", value);
  }
  out.Add(after);
}

void AndIn(Statement& out, std::string_view column, const Values& values) {
  out.Add(" AND ");
  out.Add(column);
  if (values.size() == 1) {
    // One value: an equality, so that the index also gives the order.
    out.Add(" = ?", values.front());
    return;
  }
  AddList(out, " IN (", values, ", ", ")");
}

// `aliases` as it is meant: `latest` is no alias that is kept.
struct Aliases {
  explicit Aliases(const Texts& list) {
    if (!Filters(list)) return;
    for (const std::string_view alias : *list) {
      if (alias == model::kLatest) {
        latest = true;
      } else {
        kept.push_back(alias);
      }
    }
  }
  bool latest = false;
  Values kept;
};

void AndAliases(Statement& out, const Aliases& aliases, int64_t project) {
  if (aliases.kept.empty()) return;  // `latest` alone: AddLatest has seen to it
  out.Add(
      " AND (o.row_id IN (SELECT object FROM object_aliases INDEXED BY "
      "object_aliases_by_alias WHERE project = ?",
      project);
  AndIn(out, "alias", aliases.kept);
  out.Add(")");
  if (aliases.latest) {
    out.Add(" OR ");
    out.Add(kIsLatest);
  }
  out.Add(")");
}

void AddWhere(Statement& out, const ObjsFilter& filter, const Aliases& aliases,
              int64_t project) {
  out.Add(" WHERE o.project = ? AND o.deleted_at_us IS NULL", project);
  const auto and_in = [&](std::string_view column, const Texts& list) {
    if (Filters(list)) AndIn(out, column, *list);
  };
  and_in("o.object_id", filter.object_ids);
  and_in("o.base_object_class", filter.base_object_classes);
  and_in("o.leaf_object_class", filter.leaf_object_classes);
  if (Filters(filter.exclude_base_object_classes)) {
    AddList(out,
            " AND (o.base_object_class IS NULL OR o.base_object_class NOT IN (",
            *filter.exclude_base_object_classes, ", ", "))");
  }
  if (filter.is_op) {
    out.Add(*filter.is_op ? " AND o.kind = 'op'" : " AND o.kind = 'object'");
  }
  if (Filters(filter.tags)) {
    out.Add(
        " AND o.row_id IN (SELECT object FROM object_tags WHERE project = ?",
        project);
    AndIn(out, "tag", *filter.tags);
    out.Add(")");
  }
  AndAliases(out, aliases, project);
}

// The latest versions of a project, or of the objects named, as the rows of
// `latest`. From name to name: what lies between costs nothing.
void AddLatest(Statement& out, const ObjsFilter& filter, int64_t project) {
  if (Filters(filter.object_ids)) {
    AddList(out,
            "WITH names (object_id) AS (SELECT DISTINCT column1 FROM ("
            "VALUES (",
            *filter.object_ids, "), (", ")))");
  } else {
    out.Add(
        "WITH RECURSIVE names (object_id) AS (SELECT (SELECT object_id FROM "
        "objects INDEXED BY objects_by_name WHERE project = ? AND "
        "deleted_at_us IS NULL ORDER BY object_id LIMIT 1)",
        project);
    out.Add(
        " UNION ALL SELECT (SELECT object_id FROM objects INDEXED BY "
        "objects_by_name WHERE project = ? AND object_id > n.object_id AND "
        "deleted_at_us IS NULL ORDER BY object_id LIMIT 1) FROM names n WHERE "
        "n.object_id IS NOT NULL)",
        project);
  }
  out.Add(
      ", latest (row_id) AS (SELECT (SELECT row_id FROM objects INDEXED BY "
      "objects_by_kind WHERE project = ? AND object_id = n.object_id AND kind "
      "= k.column1 AND deleted_at_us IS NULL ORDER BY publish_order DESC LIMIT "
      "1) FROM names n CROSS JOIN (VALUES ",
      project);
  if (filter.is_op) {
    out.Add(*filter.is_op ? "('op')" : "('object')");
  } else {
    out.Add("('object'), ('op')");
  }
  out.Add(") k) ");
}

// What a statement walks along, and the order that this gives.
struct Driver {
  std::string_view from;
  bool by_creation = false;
  bool by_name = false;  // and within a name by creation
};

Driver ChooseDriver(const ObjsFilter& filter, const Aliases& aliases,
                    bool latest, bool sort_by_name) {
  const auto one = [](const Texts& list) { return list->size() == 1; };
  if (latest)
    return {"latest CROSS JOIN objects o ON o.row_id = latest.row_id"};
  if (Filters(filter.tags) || (!aliases.kept.empty() && !aliases.latest)) {
    return {"objects o NOT INDEXED"};  // by row number, out of the labels
  }
  if (Filters(filter.object_ids)) {
    return {"objects o INDEXED BY objects_by_name", one(filter.object_ids),
            true};
  }
  if (Filters(filter.base_object_classes)) {
    return {"objects o INDEXED BY objects_by_base_class",
            one(filter.base_object_classes)};
  }
  if (Filters(filter.leaf_object_classes)) {
    return {"objects o INDEXED BY objects_by_leaf_class",
            one(filter.leaf_object_classes)};
  }
  if (sort_by_name) {
    return {"objects o INDEXED BY objects_by_name", false, true};
  }
  if (filter.is_op) {
    return {"objects o INDEXED BY objects_by_kind_and_creation", true};
  }
  return {"objects o INDEXED BY objects_by_creation", true};
}

struct Key {
  bool name = false;  // object_id; else created_at
  Direction direction = Direction::kAscending;
};

// The fields that count, once each. Time is always among them: within a name
// it breaks ties.
std::vector<Key> SortKeys(const std::optional<std::vector<SortBy>>& sort_by) {
  std::vector<Key> keys;
  Direction last = Direction::kAscending;
  const auto add = [&](bool name, Direction direction) {
    if (std::ranges::find(keys, name, &Key::name) != keys.end()) return;
    keys.push_back({name, direction});
    last = direction;
  };
  if (sort_by) {
    for (const SortBy& sort : *sort_by) {
      if (sort.field == "object_id") add(true, sort.direction);
      if (sort.field == "created_at") add(false, sort.direction);
    }
  }
  add(false, last);
  return keys;
}

bool InOrder(const Driver& driver, const std::vector<Key>& keys) {
  if (keys.size() == 1) return driver.by_creation;
  return driver.by_name && keys[0].name &&
         keys[0].direction == keys[1].direction;
}

void AddOrder(Statement& out, const std::vector<Key>& keys) {
  const auto way = [](Direction direction) {
    return direction == Direction::kAscending ? " ASC" : " DESC";
  };
  out.Add(" ORDER BY ");
  for (const Key& key : keys) {
    out.Add(key.name ? "o.object_id" : "o.created_at_us");
    out.Add(way(key.direction));
    out.Add(", ");
  }
  out.Add("o.row_id");
  out.Add(way(keys.back().direction));
}

// The places of enum ObjectColumn, in its order.
void AddColumns(Statement& out, bool metadata_only, bool size, bool latest) {
  out.Add("SELECT o.row_id, o.object_id, o.kind, o.digest, o.version_index, ");
  out.Add(latest ? "1" : kIsLatest);
  out.Add(
      ", o.created_at_us, o.base_object_class, o.leaf_object_class, "
      "o.wb_user_id, ");
  out.Add(metadata_only ? "NULL, " : "o.val, ");
  out.Add(size ? "length(CAST(o.val AS BLOB))" : "NULL");
}

}  // namespace

Result<Statement> ObjectsStatement(const ObjsQueryReq& request,
                                   int64_t project) {
  static const ObjsFilter kAll;
  const ObjsFilter& filter = request.filter ? *request.filter : kAll;
  if (Status good = CheckRequest(request, filter); !good.ok()) {
    return good.error();
  }
  const Aliases aliases(filter.aliases);
  const bool latest = filter.latest_only.value_or(false) ||
                      (aliases.latest && aliases.kept.empty());
  const std::vector<Key> keys = SortKeys(request.sort_by);
  const Driver driver =
      ChooseDriver(filter, aliases, latest, keys.front().name);

  Statement out;
  if (latest) AddLatest(out, filter, project);
  AddColumns(out, request.metadata_only.value_or(false),
             request.include_storage_size.value_or(false), latest);
  const bool sorts = !InOrder(driver, keys);
  // Only row numbers go through a sorter, as in CallsStatement.
  out.Add(sorts ? " FROM (SELECT o.row_id FROM " : " FROM ");
  out.Add(driver.from);
  // What is latest already need not be asked for it.
  const bool all = latest && aliases.latest;
  AddWhere(out, filter, all ? Aliases(std::nullopt) : aliases, project);
  AddOrder(out, keys);
  out.Add(" LIMIT ?", request.limit.value_or(-1));
  if (request.offset.value_or(0) > 0) out.Add(" OFFSET ?", *request.offset);
  if (sorts) out.Add(") s CROSS JOIN objects o ON o.row_id = s.row_id");
  return out;
}

Statement ObjectStatement(int64_t row, bool metadata_only) {
  Statement out;
  AddColumns(out, metadata_only, false, false);
  out.Add(" FROM objects o WHERE o.row_id = ? AND o.deleted_at_us IS NULL",
          row);
  return out;
}

}  // namespace bobbin::query
