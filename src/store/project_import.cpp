#include "store/project_import.h"

#include <optional>
#include <string>

#include "model/ref.h"
#include "store/call_import.h"
#include "store/file_import.h"
#include "store/object_import.h"
#include "store/table_import.h"
#include "store/transfer_line.h"

namespace bobbin::store {
namespace {

using db::Connection;
using db::Query;

// INSERT INTO table (project, …) VALUES (?, …) for what is kept as it comes.
std::string InsertStatement(std::string_view table, const TransferKind& kind) {
  std::string columns = "project";
  std::string values = "?";
  for (const TransferField& field : kind.fields) {
    columns += ", ";
    columns += field.column;
    values += ", ?";
  }
  return "INSERT INTO " + std::string(table) + " (" + columns + ") VALUES (" +
         values + ") ON CONFLICT DO NOTHING";
}

bool InsertFeedback(Connection& connection, int64_t project,
                    const TransferLine& line) {
  static const std::string kInsert =
      InsertStatement("feedback", KindOf(TransferType::kFeedback));
  Query insert(connection, kInsert);
  insert.Bind(project);
  line.BindAll(insert);
  insert.Run();
  return connection.changes() > 0;
}

// `project` is nothing for a price of all projects.
bool InsertPrice(Connection& connection, std::optional<int64_t> project,
                 const TransferLine& line) {
  static const std::string kInsert =
      InsertStatement("prices", KindOf(TransferType::kPrice));
  {
    // To an index nothing is the same as NULL.
    Query find(connection,
               "SELECT 1 FROM prices WHERE project IS ? AND id = ?");
    find.Bind(project);
    line.Bind(find, 0);
    if (find.Row()) return false;
  }
  Query insert(connection, kInsert);
  insert.Bind(project);
  line.BindAll(insert);
  insert.Run();
  return true;
}

class Importer {
 public:
  Importer(Connection& connection, Names& names, CallStore& calls,
           ImportCounts& counts)
      : connection_(connection),
        names_(names),
        calls_(calls),
        counts_(counts) {}

  Status Line(std::string_view text) {
    Status status = line_.Read(text);
    if (!status.ok()) return status;
    ++counts_.lines;
    if (line_.is_frame()) return {};
    Result<bool> added = Add();
    if (!added.ok()) return std::move(added).error();
    auto& counts = added.value() ? counts_.added : counts_.present;
    ++counts[static_cast<size_t>(line_.type())];
    return {};
  }

 private:
  // False: it was there.
  Result<bool> Add() {
    const std::string_view project_id = line_.project_id();
    if (project_id.empty()) {
      return InsertPrice(connection_, std::nullopt, line_);
    }
    if (!model::IsProjectId(project_id)) {
      return Invalid("`project_id` is not entity/project");
    }
    const bool known = line_.type() == TransferType::kProject &&
                       FindProject(connection_, project_id).has_value();
    const int64_t project = names_.Project(connection_, project_id);
    calls_.changes().Touch(connection_, project_id);
    switch (line_.type()) {
      case TransferType::kProject:
        return !known;
      case TransferType::kFilePiece:
        return ImportFilePiece(connection_, project, line_);
      case TransferType::kFile:
        return ImportFile(connection_, project, line_);
      case TransferType::kTableRow:
        return ImportTableRow(connection_, project, line_);
      case TransferType::kTable:
        return ImportTable(connection_, project, line_);
      case TransferType::kObject:
        return ImportObject(connection_, project, line_);
      case TransferType::kCall:
        return ImportCall(connection_, names_, calls_.counts(), project, line_);
      case TransferType::kFeedback:
        return InsertFeedback(connection_, project, line_);
      case TransferType::kPrice:
        return InsertPrice(connection_, project, line_);
    }
    return false;
  }

  Connection& connection_;
  Names& names_;
  CallStore& calls_;
  ImportCounts& counts_;
  TransferLine line_;
};

}  // namespace

Result<ImportCounts> ProjectImport::Import(std::string_view lines,
                                           int64_t first_line) {
  ImportCounts counts;
  const Status status = database_.Write([&](Connection& connection) -> Status {
    counts = {};
    Importer importer(connection, names_, calls_, counts);
    int64_t number = first_line;
    for (std::string_view rest = lines; !rest.empty(); ++number) {
      const size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      Status added = importer.Line(line);
      if (added.ok()) continue;
      Error error = std::move(added).error();
      if (error.code == Code::kInvalid) {
        error.message =
            "Line " + std::to_string(number) + ": " + error.message + ".";
      }
      return error;
    }
    return {};
  });
  if (!status.ok()) return status.error();
  return counts;
}

}  // namespace bobbin::store
