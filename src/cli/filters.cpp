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
  const Result<std::string> time = TextOfMoment(text, now_us);
  if (!time.ok()) return time.error();
  AddText(body, key, time.value());
  return {};
}

}  // namespace

Result<std::string> TextOfMoment(const std::string& moment, int64_t now_us) {
  const Result<int64_t> us = ReadMoment(moment, now_us);
  if (!us.ok()) return us.error();
  std::string time;
  AppendTime(time, us.value());
  return time;
}

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
