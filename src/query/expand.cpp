#include "query/expand.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace bobbin::query {
namespace {

// The steps of a path, as they are written.
std::vector<std::string_view> StepsOf(std::string_view path) {
  std::vector<std::string_view> steps;
  if (path.empty()) return steps;
  size_t begin = 0;
  for (size_t i = 0; i <= path.size(); ++i) {
    if (i == path.size() || path[i] == '.') {
      steps.push_back(path.substr(begin, i - begin));
      begin = i + 1;
    } else if (path[i] == '\\') {
      ++i;
    }
  }
  return steps;
}

std::string Join(std::span<const std::string_view> steps) {
  std::string path;
  for (const std::string_view step : steps) {
    if (step.data() != steps.front().data()) path += '.';
    path += step;
  }
  return path;
}

// The value that `ref` (a column: JSON text of any value) stands for: of an
// object's ref what is in the object, of a row's ref what is in the row, of
// anything else itself. A row is kept under its digest, whatever tables have
// it, so the way through the dataset to the table need not be gone.
void AddResolved(Statement& out, const std::string& ref,
                 const std::string& project_id) {
  const auto add_object = [&](std::string_view begin, std::string_view name,
                              std::string_view end) {
    out.Add(begin, ProjectRow{});
    out.Add(" AND " + std::string(name) + ".object_id = ref_name(" + ref +
                ", ?) AND " + std::string(name) + ".kind = ref_kind(" + ref +
                ") AND " + std::string(name) + ".deleted_at_us IS NULL AND ",
            project_id);
    out.Add(end);
  };
  const std::string row = "(SELECT json_at(r.val, ref_path(" + ref +
                          ")) FROM table_rows r WHERE r.digest = ref_row(" +
                          ref + ") AND r.project = ";
  out.Add("CASE WHEN ref_name(" + ref + ", ?) IS NULL THEN " + ref +
              " WHEN ref_kind(" + ref + ") = 'table' THEN " + row,
          project_id);
  out.Add("?)", ProjectRow{});
  out.Add(" ELSE (SELECT CASE WHEN ref_row(" + ref +
          ") IS NULL THEN json_at(x.val, ref_path(" + ref + ")) ELSE " + row +
          "x.project) END FROM objects x WHERE x.row_id = coalesce(");
  add_object(
      "(SELECT d.row_id FROM objects d INDEXED BY objects_by_digest WHERE "
      "d.project = ?",
      "d", "d.digest = ref_digest(" + ref + ")), ");
  add_object("(SELECT v.row_id FROM objects v WHERE v.project = ?", "v",
             "v.version_index = ref_version(" + ref + ")), ");
  add_object(
      "(SELECT l.row_id FROM objects l INDEXED BY objects_by_publish_order "
      "WHERE l.project = ?",
      "l",
      "ref_digest(" + ref +
          ") = 'latest' ORDER BY l.publish_order DESC LIMIT 1)))");
  out.Add(" END");
}

}  // namespace

Status ReachThroughRefs(std::span<const std::string_view> expanded,
                        std::string_view project_id, FieldSql& field) {
  const std::vector<std::string_view> steps = StepsOf(field.path);
  std::set<size_t> stops;  // after how many steps a ref may stand
  for (const std::string_view path : expanded) {
    const std::vector<std::string_view> begin = StepsOf(path);
    if (begin.size() < steps.size() &&
        std::equal(begin.begin(), begin.end(), steps.begin())) {
      stops.insert(begin.size());
    }
  }
  if (stops.empty()) return {};
  if (stops.size() > kMaxRefs) {
    return Invalid("expand_columns lead a field through more than " +
                   std::to_string(kMaxRefs) + " refs");
  }
  const std::string project(project_id);
  // Each table expression has one row: the value at a stop. MATERIALIZED, so
  // that SQLite does not put its text, and the work, wherever it is named.
  Statement json;
  size_t from = 0;
  int number = 0;
  const auto between = [&](size_t to) {
    return Join(std::span(steps).subspan(from, to - from));
  };
  std::string ref;
  for (const size_t stop : stops) {
    const std::string table = "e" + std::to_string(++number);
    json.Add(number == 1 ? "(WITH " : ", ");
    json.Add(table + "(v) AS MATERIALIZED (SELECT json_at(");
    if (number == 1) {
      json.Append(field.sql);
    } else {
      AddResolved(json, ref, project);
    }
    json.Add(", ?)", between(stop));
    if (number > 1) json.Add(" FROM e" + std::to_string(number - 1));
    json.Add(")");
    ref = table + ".v";
    from = stop;
  }
  json.Add(" SELECT ");
  AddResolved(json, ref, project);
  json.Add(" FROM e" + std::to_string(number) + ")");
  field.sql = std::move(json);
  field.path = between(steps.size());
  return {};
}

}  // namespace bobbin::query
