// The language of `where`: whatever is read becomes a query that says the
// same, within the bounds of queries, and that SQLite takes; whatever is not
// is refused at a place within the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "db/database.h"
#include "db/migrate.h"
#include "json/document.h"
#include "query/traces_sql.h"
#include "query/where.h"

namespace {

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // It comes out of a body, so it is UTF-8.
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      quoted += "x";
    } else {
      quoted += c;
    }
  }
  quoted += '"';
  bobbin::json::Document document;
  if (!document.Parse(quoted, 0).message.empty()) return 0;

  const auto expr = bobbin::query::ParseWhere(text);
  if (!expr.ok()) {
    Require(expr.error().code == bobbin::Code::kInvalid);
    constexpr std::string_view kPosition = ",\"position\":";
    if (expr.error().members.empty()) {
      Require(size > bobbin::query::kMaxWhereBytes);
      return 0;
    }
    Require(expr.error().members.starts_with(kPosition));
    const size_t position =
        std::stoul(expr.error().members.substr(kPosition.size()));
    Require(position >= 1 && position <= size + 1);
    return 0;
  }
  const std::string query = bobbin::query::QueryText(expr.value());
  const auto again = bobbin::query::ParseQuery(query);
  Require(again.ok());
  Require(bobbin::query::QueryText(again.value()) == query);

  bobbin::model::TracesQueryReq request;
  request.where = text;
  const auto report = bobbin::query::TracesReport(request);
  if (!report.ok()) {
    Require(report.error().code == bobbin::Code::kInvalid ||
            report.error().code == bobbin::Code::kUnprocessable);
    return 0;
  }
  const bobbin::Status prepared =
      Empty().Read([&](bobbin::db::Connection& connection) {
        bobbin::db::Query statement(connection, report.value().rows.sql);
        return bobbin::Status();
      });
  Require(prepared.ok());
  return 0;
}
