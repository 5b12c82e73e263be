#include "cli/filters.h"

#include "base/time.h"
#include "cli/fields.h"
#include "cli/format.h"
#include "json/write.h"

namespace bobbin::cli {
namespace {

std::string ListOf(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ',';
    json::AppendQuoted(list, text);
  }
  return list + ']';
}

Status AddMoment(std::string& body, std::string_view key,
                 const std::string& text, int64_t now_us) {
  if (text.empty()) return {};
  const Result<int64_t> moment = ReadMoment(text, now_us);
  if (!moment.ok()) return moment.error();
  std::string time;
  AppendTime(time, moment.value());
  AddText(body, key, time);
  return {};
}

}  // namespace

Status AddFilters(std::string& body, const Filters& filters, int64_t now_us) {
  if (!filters.project.empty()) AddText(body, "project_id", filters.project);
  if (!filters.ops.empty()) AddRaw(body, "op_names", ListOf(filters.ops));
  if (!filters.statuses.empty()) {
    AddRaw(body, "statuses", ListOf(filters.statuses));
  }
  if (!filters.where.empty()) AddText(body, "where", filters.where);
  Status since = AddMoment(body, "since", filters.since, now_us);
  if (!since.ok()) return since;
  return AddMoment(body, "until", filters.until, now_us);
}

}  // namespace bobbin::cli
