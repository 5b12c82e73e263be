#include "cli/run_export.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/fields.h"
#include "json/write.h"
#include "store/call_tally.h"

namespace bobbin::cli {
namespace {

// Asked for at once.
constexpr size_t kCallsAtOnce = 500;

struct Batch {
  std::string project_id;
  std::string ids;  // `"a","b"`
  size_t count = 0;
};

// Calls that stand together, in batches of one project each.
Result<std::vector<Batch>> Batches(db::Database& database, int64_t row) {
  std::vector<Batch> batches;
  const Status visited = store::VisitCallIds(
      database, row, [&](std::string_view project_id, std::string_view id) {
        if (batches.empty() || batches.back().project_id != project_id ||
            batches.back().count == kCallsAtOnce) {
          batches.push_back({.project_id = std::string(project_id), .ids = {}});
        }
        Batch& batch = batches.back();
        if (batch.count++ > 0) batch.ids += ',';
        json::AppendQuoted(batch.ids, id);
      });
  if (!visited.ok()) return visited.error();
  return batches;
}

Status Write(std::ofstream& file, Source& source, const Batch& batch) {
  std::string body = "{";
  AddText(body, "project_id", batch.project_id);
  AddRaw(body, "filter", R"({"call_ids":[)" + batch.ids + "]}");
  body.back() = '}';
  return source.PostLines(
      "/calls/stream_query", body, [&](std::string_view line) {
        file << R"({"type":"call","value":)" << line << "}\n";
        return file.good();
      });
}

}  // namespace

Status ExportCalls(db::Database& database, int64_t row, Source& source,
                   const std::string& path) {
  const Result<std::vector<Batch>> batches = Batches(database, row);
  if (!batches.ok()) return batches.error();
  const std::string draft = path + ".part";
  errno = 0;
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  Status written;
  for (const Batch& batch : batches.value()) {
    if (file && written.ok()) written = Write(file, source, batch);
  }
  file.close();
  std::error_code error;
  if (!file) error = {errno != 0 ? errno : EIO, std::generic_category()};
  if (!error && written.ok()) std::filesystem::rename(draft, path, error);
  if (!error && written.ok()) return {};
  std::error_code ignored;  // it may not even have been made
  std::filesystem::remove(draft, ignored);
  if (!written.ok()) return written;
  return Invalid("Cannot write " + path + ": " + error.message() + ".");
}

}  // namespace bobbin::cli
