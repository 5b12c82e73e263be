// `bobbin sql`: a statement that reads, over the file's views.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <iterator>
#include <memory>
#include <vector>

#include "base/display.h"
#include "base/log.h"
#include "cli/format.h"
#include "cli/look_commands.h"
#include "cli/open_file.h"
#include "cli/table.h"
#include "db/database.h"
#include "db/migrate.h"
#include "db/user_sql.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

using db::SqlValue;
using ValueKind = SqlValue::Kind;

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string PlainText(const SqlValue& value) {
  std::string text;
  switch (value.kind) {
    case ValueKind::kNull:
      break;
    case ValueKind::kInt:
      text = std::to_string(value.integer);
      break;
    case ValueKind::kReal:
      if (!std::isfinite(value.real)) return value.real > 0 ? "Inf" : "-Inf";
      json::AppendDouble(text, value.real);
      break;
    case ValueKind::kText:
      text = value.bytes;
      break;
    case ValueKind::kBlob:
      text = "<" + std::to_string(value.bytes.size()) + " bytes>";
      break;
  }
  return text;
}

void AppendJson(std::string& out, const SqlValue& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      out += "null";
      return;
    case ValueKind::kInt:
      json::AppendInt(out, value.integer);
      return;
    case ValueKind::kReal:
      if (std::isfinite(value.real)) {
        json::AppendDouble(out, value.real);
      } else {
        out += "null";
      }
      return;
    case ValueKind::kText:
      json::AppendQuoted(out, value.bytes);
      return;
    case ValueKind::kBlob:
      json::AppendQuoted(out, Hex(value.bytes));
      return;
  }
}

// An object can't have two members of one name.
std::vector<std::string> Distinct(std::vector<std::string> names) {
  for (size_t i = 0; i < names.size(); ++i) {
    const auto begin = names.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(i);
    const std::string name = names[i];
    for (int n = 2; std::find(begin, end, names[i]) != end; ++n) {
      names[i] = name + "_" + std::to_string(n);
    }
  }
  return names;
}

// Takes the rows, and knows when there are enough.
class Rows {
 public:
  Rows(const SqlOptions& options, const Look& look, Output& out, bool json)
      : options_(options), look_(look), out_(out), json_(json) {}

  void Columns(const std::vector<std::string>& names) {
    names_ = Distinct(names);
    numbers_.assign(names_.size(), true);
  }

  bool Add(std::span<const SqlValue> row) {
    if (options_.limit > 0 && count_ >= options_.limit) {
      cut_ = "after " + CountText(count_) + " rows; --limit 0 for all";
      return false;
    }
    if (options_.timeout_s > 0 && Seconds() > options_.timeout_s) {
      StopLate();
      return false;
    }
    ++count_;
    return json_ ? Line(row) : Keep(row);
  }

  // It took too long.
  void StopLate() {
    cut_ = "after --timeout; --timeout 0 for any time";
    late_ = true;
  }

  // Shows what there is. The exit code.
  int Finish() {
    if (!json_ && !rows_.empty()) {
      out_.Write(FitsTable() ? AsTable() : AsList());
    }
    const bool written = out_.Finish();
    if (!cut_.empty()) std::cerr << "bobbin: stopped " << cut_ << ".\n";
    if (!written) return FailToWrite();
    return late_ ? kExitFailure : kExitOk;
  }

 private:
  double Seconds() const {
    return std::chrono::duration<double>(Clock::now() - begin_).count();
  }

  bool Line(std::span<const SqlValue> row) {
    std::string line = "{";
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += ',';
      json::AppendQuoted(line, names_[i]);
      line += ':';
      AppendJson(line, row[i]);
    }
    return out_.WriteJson(line + '}');
  }

  bool Keep(std::span<const SqlValue> row) {
    std::vector<Cell>& cells = rows_.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      const bool number = row[i].kind == ValueKind::kInt ||
                          row[i].kind == ValueKind::kReal ||
                          row[i].kind == ValueKind::kNull;
      numbers_[i] = numbers_[i] && number;
      cells.emplace_back(
          row[i].kind == ValueKind::kNull ? "null" : PlainText(row[i]),
          row[i].kind == ValueKind::kNull ? Style::kDim : Style::kPlain);
    }
    return true;
  }

  // With enough of each column to be of use.
  bool FitsTable() const {
    constexpr int kOfUse = 12;
    int width = 0;
    for (size_t i = 0; i < names_.size(); ++i) {
      int widest = DisplayWidth(names_[i]);
      for (const std::vector<Cell>& row : rows_) {
        widest = std::max(widest, DisplayWidth(row[i].text));
      }
      width += std::min(widest, kOfUse) + 2;
    }
    return width <= look_.width;
  }

  std::string AsTable() {
    std::vector<Column> columns;
    for (size_t i = 0; i < names_.size(); ++i) {
      columns.push_back({.title = Visible(names_[i]),
                         .right = numbers_[i],
                         .gives_way = 1,
                         .least = 8});
    }
    Table table(std::move(columns));
    for (std::vector<Cell>& row : rows_) table.Add(std::move(row));
    return table.Render(look_);
  }

  // A line a value.
  std::string AsList() const {
    int widest = 0;
    for (const std::string& name : names_) {
      widest = std::max(widest, DisplayWidth(Visible(name)));
    }
    std::string out;
    for (const std::vector<Cell>& row : rows_) {
      if (!out.empty()) out += '\n';
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string name = Visible(names_[i]);
        const int room = look_.width - widest - 2;
        out += Styled(look_, Style::kDim, name) +
               std::string(static_cast<size_t>(widest - DisplayWidth(name) + 2),
                           ' ') +
               Styled(look_, row[i].style,
                      FitTo(Visible(row[i].text), room, look_.unicode)) +
               '\n';
      }
    }
    return out;
  }

  using Clock = std::chrono::steady_clock;
  const SqlOptions& options_;
  const Look& look_;
  Output& out_;
  const bool json_;
  const Clock::time_point begin_ = Clock::now();
  std::vector<std::string> names_;
  std::vector<bool> numbers_;  // columns of numbers only
  std::vector<std::vector<Cell>> rows_;
  int64_t count_ = 0;
  std::string cut_;  // where, and what to do about it
  bool late_ = false;
};

int RunOn(const SqlOptions& options, const std::string& text) {
  // That it took too long is said once, below.
  SetLogLevel(LogLevel::kError);
  const Result<std::unique_ptr<db::Database>> database = db::Database::Open(
      {.path = options.source.db,
       .migrations = db::Migrations(),
       .query_timeout_us = static_cast<int64_t>(options.timeout_s * 1e6),
       .read_only = true});
  if (!database.ok()) {
    return Fail(database.error(), ExitCodeOfSource(database.error()));
  }
  const Look look = LookOfOutput();
  Output out(look);
  Rows rows(options, look, out, options.json || !look.terminal);
  const db::UserSql sql{
      .text = text,
      .columns = [&](const auto& names) { rows.Columns(names); },
      .row = [&](std::span<const SqlValue> row) { return rows.Add(row); }};
  const Status ran = database.value()->Read([&](db::Connection& connection) {
    return db::RunUserSql(connection, sql);
  });
  const bool is_late = !ran.ok() && ran.error().code == Code::kTimeout;
  if (is_late) rows.StopLate();
  const int code = rows.Finish();
  if (!ran.ok() && !is_late)
    return Fail(ran.error(), ExitCodeOfSource(ran.error()));
  return code;
}

}  // namespace

int RunSql(const SqlOptions& options) {
  if (!options.source.url.empty()) {
    return Fail(Invalid("`sql` reads the file itself: say --db FILE instead "
                        "of --url."),
                kExitUsage);
  }
  if (!options.text.empty() && options.text != "-") {
    return RunOn(options, options.text);
  }
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  return RunOn(options, text);
}

}  // namespace bobbin::cli
