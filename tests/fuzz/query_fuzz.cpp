// Feeds strangers' bytes to the query language under libFuzzer: what parses
// and compiles must be SQL that SQLite takes, with a value for each question
// mark. The input is the text of a `query`.
//
// Needs the layers base, json, model, query and db, SQLite and utf8proc.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "db/database.h"
#include "db/migrate.h"
#include "json/document.h"
#include "query/calls_sql.h"

namespace {

using bobbin::Result;
using bobbin::Status;
using bobbin::query::Statement;

void Require(bool holds) {
  if (!holds) std::abort();
}

bobbin::db::Database& Empty() {
  static const std::unique_ptr<bobbin::db::Database> database = [] {
    auto opened = bobbin::db::Database::Open(
        {.path = "",
         .durability = bobbin::db::Durability::kMemory,
         .migrations = bobbin::db::Migrations()});
    Require(opened.ok());
    return std::move(opened).value();
  }();
  return *database;
}

void CheckStatement(const Result<Statement>& statement) {
  if (!statement.ok()) {
    Require(statement.error().code == bobbin::Code::kInvalid ||
            statement.error().code == bobbin::Code::kUnprocessable);
    return;
  }
  const Statement& made = statement.value();
  Require(std::count(made.sql.begin(), made.sql.end(), '?') ==
          static_cast<std::ptrdiff_t>(made.parameters.size()));
  const Status prepared = Empty().Read([&](bobbin::db::Connection& connection) {
    bobbin::db::Query query(connection, made.sql);
    return Status();
  });
  Require(prepared.ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // A query comes out of a body that has been read: it is JSON.
  bobbin::json::Document document;
  if (!document.Parse(text, 0).message.empty()) return 0;
  const bobbin::model::Texts expand = {
      {"inputs.a", "inputs.a.b", "output", "attributes"}};

  bobbin::model::CallsQueryReq request;
  request.project_id = "team/app";
  request.query = bobbin::model::RawValue{text};
  request.expand_columns = expand;
  CheckStatement(bobbin::query::CallsStatement(request, {}));

  bobbin::model::CallsQueryStatsReq count;
  count.project_id = "team/app";
  count.query = bobbin::model::RawValue{text};
  CheckStatement(bobbin::query::CallsCountStatement(count));
  return 0;
}
