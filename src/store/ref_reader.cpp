#include "store/ref_reader.h"

#include <map>
#include <tuple>
#include <utility>

#include "json/path.h"
#include "json/write.h"
#include "store/names.h"
#include "store/object_versions.h"
#include "store/table_store.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;
using model::Ref;
using model::RefEdge;
using model::RefKind;
using Found = RefValue::Found;

// Refs may lead to one another in a ring.
constexpr int kMaxHops = 64;

// A ref on its way to its value: what is to be read next, and the edges that
// are to be followed from there.
struct Way {
  enum class Stop { kObject, kRow, kEnd };
  Stop stop = Stop::kObject;
  Ref at;                // kObject: the object; kRow: its table and project
  std::string row;       // kRow: the row's digest
  size_t next_edge = 0;  // of at.edges
  int hops = 0;
  RefValue value;

  void End(Found found) {
    stop = Stop::kEnd;
    value.found = found;
    if (found != Found::kValue) value.json = "null";
  }
};

std::string KindName(const Ref& ref) {
  return ref.kind == RefKind::kOp ? "op" : "object";
}

// The ref that a JSON text is, if it is one.
std::optional<Ref> RefIn(std::string_view json) {
  if (!json.starts_with("\"weave:")) return std::nullopt;
  Result<Ref> ref = model::ParseRef(json::Unquote(json));
  if (!ref.ok()) return std::nullopt;
  return std::move(ref).value();
}

// Goes on from the ref `met`, which stood in front of the edges that are left.
void Follow(Way& way, Ref met) {
  if (met.project_id != way.at.project_id || ++way.hops > kMaxHops) {
    way.End(Found::kNothing);
    return;
  }
  const auto left = std::span(way.at.edges).subspan(way.next_edge);
  met.edges.insert(met.edges.end(), left.begin(), left.end());
  way.at = std::move(met);
  way.next_edge = 0;
  if (way.at.kind == RefKind::kObject || way.at.kind == RefKind::kOp) {
    way.stop = Way::Stop::kObject;
    return;
  }
  // Of a table only its rows have values; of a call nothing has.
  if (way.at.kind != RefKind::kTable ||
      way.at.edges.front().kind == RefEdge::Kind::kMember) {
    way.End(Found::kNothing);
    return;
  }
  way.stop = Way::Stop::kRow;
  way.next_edge = 1;
}

std::string_view Step(std::string_view json, const RefEdge& edge) {
  const bool wants_list = edge.kind == RefEdge::Kind::kIndex;
  if (edge.kind == RefEdge::Kind::kRow ||
      json.front() != (wants_list ? '[' : '{')) {
    return {};
  }
  if (wants_list) return json::Find(json, json::Path{{"", edge.index}});
  return json::Find(json, json::Path{{edge.name, std::nullopt}});
}

// Goes on within the value `json`: to the end of the edges, or to a ref that
// stands before it.
void GoOn(Way& way, std::string_view json) {
  json = json::Find(json, json::Path());  // without blanks around it
  while (way.next_edge < way.at.edges.size()) {
    if (std::optional<Ref> met = RefIn(json)) {
      Follow(way, std::move(*met));
      return;
    }
    json = Step(json, way.at.edges[way.next_edge++]);
    if (json.empty()) {
      way.End(Found::kNothing);
      return;
    }
  }
  way.value.json = json;
  way.End(Found::kValue);
}

// The ways, by what they have to read next: each is read once.
class Round {
 public:
  // `bytes_left` is what may still be read.
  Round(std::vector<Way>& ways, size_t& bytes_left) : bytes_left_(bytes_left) {
    for (Way& way : ways) {
      if (way.stop == Way::Stop::kObject) {
        objects_[{way.at.project_id, way.at.id, way.at.digest,
                  KindName(way.at)}]
            .push_back(&way);
      } else if (way.stop == Way::Stop::kRow) {
        rows_[way.at.project_id].push_back(&way);
      }
    }
  }

  bool empty() const { return objects_.empty() && rows_.empty(); }

  // False when there is more than may be read.
  bool Run(Connection& connection) {
    return ReadObjects(connection) && ReadRows(connection);
  }

 private:
  using Ways = std::vector<Way*>;

  bool ReadObjects(Connection& connection) {
    if (objects_.empty()) return true;
    std::vector<VersionRef> names;
    std::vector<Ways> waiting;
    for (auto& [name, ways] : objects_) {
      const auto& [project, id, digest, kind] = name;
      names.push_back({project, id, digest, kind});
      waiting.push_back(ways);
    }
    std::map<int64_t, Ways> by_row;
    const auto versions = FindVersions(connection, names);
    for (size_t i = 0; i < names.size(); ++i) {
      if (versions[i] && !versions[i]->deleted_at_us) {
        Ways& ways = by_row[versions[i]->row];
        ways.insert(ways.end(), waiting[i].begin(), waiting[i].end());
        continue;
      }
      for (Way* way : waiting[i]) {
        way->value.digest = way->at.digest;
        way->End(versions[i] ? Found::kDeleted : Found::kMissing);
      }
    }
    return ReadValues(connection, by_row);
  }

  bool ReadValues(Connection& connection, std::map<int64_t, Ways>& by_row) {
    if (by_row.empty()) return true;
    std::string list = "[";
    for (const auto& [row, ways] : by_row) {
      if (list.size() > 1) list += ',';
      json::AppendInt(list, row);
    }
    list += ']';
    Query query(connection,
                "SELECT o.row_id, o.val FROM json_each(?) w "
                "CROSS JOIN objects o ON o.row_id = w.value");
    query.Bind(std::string_view(list));
    while (query.Row()) {
      if (!Continue(by_row[query.Int(0)], query.Text(1))) return false;
    }
    return true;
  }

  // One statement for each project and way of naming a row.
  bool ReadRows(Connection& connection) {
    for (const auto& [project_id, ways] : rows_) {
      const int64_t project = FindProject(connection, project_id).value_or(0);
      std::vector<RowByDigest> digests;
      std::vector<RowByIndex> indexes;
      Ways by_digest;
      Ways by_index;
      for (Way* way : ways) {
        const RefEdge& edge = way->at.edges.front();
        if (edge.kind == RefEdge::Kind::kIndex) {
          indexes.push_back({way->at.id, edge.index});
          by_index.push_back(way);
        } else {
          digests.push_back({way->at.id, edge.name});
          by_digest.push_back(way);
        }
      }
      if (!ContinueEach(connection, project, digests, by_digest) ||
          !ContinueEach(connection, project, indexes, by_index)) {
        return false;
      }
    }
    return true;
  }

  template <class RowName>
  bool ContinueEach(Connection& connection, int64_t project,
                    const std::vector<RowName>& names, const Ways& ways) {
    if (names.empty()) return true;
    const RowTexts texts =
        FindTableRows(connection, project, std::span<const RowName>(names));
    for (size_t i = 0; i < ways.size(); ++i) {
      if (!texts[i]) {
        ways[i]->End(Found::kNothing);
      } else if (!Continue({ways[i]}, *texts[i])) {
        return false;
      }
    }
    return true;
  }

  bool Continue(const Ways& ways, std::string_view json) {
    for (Way* way : ways) {
      GoOn(*way, json);
      if (way->stop != Way::Stop::kEnd) continue;
      if (way->value.json.size() > bytes_left_) return false;
      bytes_left_ -= way->value.json.size();
    }
    return true;
  }

  using ObjectName =
      std::tuple<std::string, std::string, std::string, std::string>;

  size_t& bytes_left_;
  std::map<ObjectName, Ways> objects_;
  std::map<std::string, Ways> rows_;  // by project
};

}  // namespace

std::optional<std::vector<RefValue>> RefReader::Read(std::span<const Ref> refs,
                                                     size_t max_bytes) {
  std::vector<Way> ways(refs.size());
  for (size_t i = 0; i < refs.size(); ++i) ways[i].at = refs[i];
  while (true) {
    Round round(ways, max_bytes);  // which becomes less
    if (round.empty()) break;
    if (!round.Run(connection_)) return std::nullopt;
  }
  std::vector<RefValue> values;
  values.reserve(ways.size());
  for (Way& way : ways) values.push_back(std::move(way.value));
  return values;
}

Result<std::vector<RefValue>> RefStore::Read(std::span<const Ref> refs) const {
  std::vector<RefValue> values;
  const Status status = database_.Read([&](Connection& connection) -> Status {
    values = *RefReader(connection).Read(refs);
    return {};
  });
  if (!status.ok()) return status.error();
  return values;
}

}  // namespace bobbin::store
