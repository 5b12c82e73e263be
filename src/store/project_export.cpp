#include "store/project_export.h"

#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/base64.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "json/write.h"
#include "model/call_record.h"
#include "store/names.h"
#include "store/transfer_records.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

constexpr size_t kSentAtOnce = 64 << 10;

std::string_view StatusWord(int64_t number) {
  const auto& words = model::kCallStatusNames;
  if (number < 0 || number >= static_cast<int64_t>(words.size())) {
    throw SQLite::Exception("a call has no known status");
  }
  return words[static_cast<size_t>(number)];
}

// Of each chunk of the table, in order, the digests of its rows.
void AppendTableRows(std::string& out, Connection& connection, int64_t table) {
  Query chunks(connection,
               "SELECT k.digests FROM table_chunks t CROSS JOIN row_chunks k "
               "ON k.row_id = t.chunk WHERE t.table_id = ? "
               "ORDER BY t.first_index");
  chunks.Bind(table);
  out += '[';
  for (bool first = true; chunks.Row(); first = false) {
    out += first ? "[" : ",[";
    const std::string_view digests = chunks.Text(0);
    for (size_t at = 0; at < digests.size(); at += kDigestChars) {
      if (at > 0) out += ',';
      json::AppendQuoted(out, digests.substr(at, kDigestChars));
    }
    out += ']';
  }
  out += ']';
}

// The texts that `sql` finds for an object, as a list.
void AppendLabels(std::string& out, Connection& connection,
                  std::string_view sql, int64_t object) {
  Query labels(connection, sql);
  labels.Bind(object);
  out += '[';
  while (labels.Row()) {
    if (out.back() != '[') out += ',';
    json::AppendQuoted(out, labels.Text(0));
  }
  out += ']';
}

class Exporter {
 public:
  Exporter(Connection& connection, const TextSink& sink)
      : connection_(connection), sink_(sink) {
    out_.reserve(kSentAtOnce + kSentAtOnce / 4);
  }

  bool Header() {
    out_ += R"({"type":")";
    out_ += kExportHeader;
    out_ += R"(","version":)";
    json::AppendInt(out_, kExportVersion);
    out_ += "}\n";
    return open_;
  }

  // The prices for all.
  bool DefaultPrices() {
    begin_ = "";
    return Records(KindOf(TransferType::kPrice), std::nullopt);
  }

  bool Project(int64_t project, std::string_view project_id) {
    begin_ = R"(,"project_id":)";
    json::AppendQuoted(begin_, project_id);
    for (const TransferKind& kind : TransferKinds()) {
      // Pieces come with their file.
      if (kind.type == TransferType::kFilePiece) continue;
      if (!Records(kind, project)) return false;
    }
    return open_;
  }

  void End() {
    out_ += R"({"type":")";
    out_ += kExportEnd;
    out_ += R"(","lines":)";
    json::AppendInt(out_, lines_);
    out_ += "}\n";
    Send();
    if (lost_ == 0) return;
    Log(LogLevel::kWarning,
        "calls whose inputs or output are gone, exported without them: " +
            std::to_string(lost_) + "; `bobbin check` tells more");
  }

 private:
  // What goes with a record and is not in it.
  static std::string_view BesideOf(TransferType type) {
    if (type == TransferType::kFile) return "row_id";  // to find its pieces
    if (type != TransferType::kCall) return "NULL";
    return "c.started_at_us IS NOT NULL AND i.row_id IS NULL OR c.output_row "
           "IS NOT NULL AND u.row_id IS NULL";
  }

  bool Records(const TransferKind& kind, std::optional<int64_t> of) {
    std::string sql = "SELECT ";
    sql += BesideOf(kind.type);
    std::string begin = R"({"type":")";
    begin += kind.name;
    begin += '"';
    begin += begin_;
    std::vector<std::string> keys;
    for (const TransferField& field : kind.fields) {
      sql += ", ";
      sql += field.column;
      keys.push_back(",\"" + std::string(field.name) + "\":");
    }
    sql += ' ';
    sql += kind.from;
    Query query(connection_, sql);
    query.Bind(of);
    while (open_ && query.Row()) {
      if (kind.type == TransferType::kFile &&
          !Records(KindOf(TransferType::kFilePiece), query.Int(0))) {
        break;
      }
      if (kind.type == TransferType::kCall) lost_ += query.Int(0);
      out_ += begin;
      Members(kind, keys, query);
      out_ += "}\n";
      ++lines_;
      if (out_.size() >= kSentAtOnce) Send();
    }
    return open_;
  }

  void Members(const TransferKind& kind, const std::vector<std::string>& keys,
               const Query& row) {
    exact_.clear();
    for (size_t i = 0; i < keys.size(); ++i) {
      const int column = static_cast<int>(i) + 1;
      if (row.IsNull(column)) continue;
      out_ += keys[i];
      Value(kind.fields[i], row, column);
    }
    if (exact_.empty()) return;
    out_ += ",\"";
    out_ += kExactMember;
    out_ += "\":{";
    out_ += exact_;
    out_ += '}';
  }

  void Value(const TransferField& field, const Query& row, int column) {
    switch (field.form) {
      case Form::kText:
        json::AppendQuoted(out_, row.Text(column));
        return;
      case Form::kInt:
        json::AppendInt(out_, row.Int(column));
        return;
      case Form::kReal:
        json::AppendDouble(out_, row.Double(column));
        return;
      case Form::kTime:
        out_ += '"';
        AppendTime(out_, row.Int(column));
        out_ += '"';
        return;
      case Form::kStatus:
        json::AppendQuoted(out_, StatusWord(row.Int(column)));
        return;
      case Form::kBase64:
        out_ += '"';
        AppendBase64(out_, row.Text(column));
        out_ += '"';
        return;
      case Form::kRows:
        AppendTableRows(out_, connection_, row.Int(column));
        return;
      case Form::kTags:
        AppendLabels(out_, connection_,
                     "SELECT tag FROM object_tags WHERE object = ? "
                     "ORDER BY tag",
                     row.Int(column));
        return;
      case Form::kAliases:
        AppendLabels(out_, connection_,
                     "SELECT alias FROM object_aliases WHERE object = ? "
                     "ORDER BY alias",
                     row.Int(column));
        return;
      case Form::kJson:
      case Form::kObject:
        Json(field, row.Text(column));
        return;
    }
  }

  void Json(const TransferField& field, std::string_view json) {
    const size_t begin = out_.size();
    out_ += json;
    if (!json::PutOnOneLine(out_, begin)) return;
    if (!exact_.empty()) exact_ += ',';
    json::AppendQuoted(exact_, field.name);
    exact_ += ':';
    json::AppendQuoted(exact_, json);
  }

  void Send() {
    open_ = open_ && sink_(out_);
    out_.clear();
  }

  Connection& connection_;
  const TextSink& sink_;
  std::string out_;
  std::string begin_;  // of each line of the project, behind its type
  std::string exact_;
  int64_t lines_ = 0;
  int64_t lost_ = 0;  // calls that are not whole
  bool open_ = true;
};

struct Exported {
  int64_t row;
  std::string project_id;
};

std::vector<Exported> AllProjects(Connection& connection) {
  std::vector<Exported> projects;
  Query query(connection,
              "SELECT row_id, project_id FROM projects ORDER BY row_id");
  while (query.Row()) {
    projects.push_back({query.Int(0), std::string(query.Text(1))});
  }
  return projects;
}

}  // namespace

Status ProjectExport::Export(std::span<const std::string_view> project_ids,
                             const TextSink& sink) const {
  return database_.Read([&](Connection& connection) -> Status {
    std::vector<Exported> projects;
    for (const std::string_view id : project_ids) {
      const std::optional<int64_t> row = FindProject(connection, id);
      if (!row) return NotFound("There is no project " + std::string(id) + ".");
      const bool again =
          std::ranges::find(projects, *row, &Exported::row) != projects.end();
      if (!again) projects.push_back({*row, std::string(id)});
    }
    if (project_ids.empty()) projects = AllProjects(connection);
    Exporter exporter(connection, sink);
    bool more = exporter.Header();
    if (project_ids.empty()) more = more && exporter.DefaultPrices();
    for (const Exported& project : projects) {
      more = more && exporter.Project(project.row, project.project_id);
    }
    if (more) exporter.End();
    return {};
  });
}

}  // namespace bobbin::store
