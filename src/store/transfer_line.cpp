#include "store/transfer_line.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/base64.h"
#include "base/time.h"
#include "model/call_record.h"

namespace bobbin::store {
namespace {

using db::Query;
using json::Kind;

// Of a line. A payload is not looked into: it may have more values than a
// document has nodes.
constexpr int kDepth = 1;
// {"inputs":""}, ["tag"], [["digest"]]: what is in the inner list is not looked
// into.
constexpr int kDepthOfMember = 1;

Error IsNot(std::string_view member, std::string_view what) {
  return Invalid("`" + std::string(member) + "` is not " + std::string(what));
}

template <class Number>
std::optional<Number> ReadNumber(json::Value json) {
  if (!json.is(Kind::kNumber)) return std::nullopt;
  const std::string_view text = json.raw();
  Number number{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool IsJson(Form form) { return form == Form::kJson || form == Form::kObject; }

json::Value Find(json::Value object, std::string_view key) {
  for (json::Value v = object.first(); v.exists(); v = v.next()) {
    if (v.key() == key) return v;
  }
  return {};
}

const TransferKind* FindKind(std::string_view name) {
  const auto kinds = TransferKinds();
  const auto found = std::ranges::find(kinds, name, &TransferKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

// Whether `exact` is `line` with line breaks in place of blanks.
bool SaysTheSame(std::string_view exact, std::string_view line) {
  return std::ranges::equal(exact, line, [](char a, char b) {
    return a == b || (b == ' ' && (a == '\n' || a == '\r'));
  });
}

}  // namespace

Status TransferLine::Read(std::string_view line) {
  kind_ = nullptr;
  project_id_ = {};
  members_.clear();
  json::SyntaxError error = document_.Parse(line, kDepth);
  if (!error.message.empty()) {
    return Invalid("no JSON: " + std::string(error.message) + " at character " +
                   std::to_string(error.offset_chars));
  }
  const json::Value root = document_.root();
  if (!root.is(Kind::kObject)) return Invalid("no JSON object");
  json::Value type = Find(root, "type");
  if (!type.exists() || !type.is(Kind::kString)) {
    return Invalid("no `type`, so this is no line of a bobbin export");
  }
  const TransferKind* const kind = FindKind(type.text());
  if (kind == nullptr) return ReadFrame(root, type.text());
  kind_ = kind;
  return ReadMembers(root);
}

Status TransferLine::ReadFrame(json::Value root, std::string_view type) {
  if (type == kExportEnd) return {};
  if (type != kExportHeader) {
    return Invalid("there is no type \"" + std::string(type) + '"');
  }
  const json::Value version = Find(root, "version");
  const std::optional<int64_t> number =
      version.exists() ? ReadNumber<int64_t>(version) : std::nullopt;
  if (!number) return IsNot("version", "the number of a form of export");
  if (*number == kExportVersion) return {};
  return Invalid("the export was made by a newer bobbin; import it with that");
}

Status TransferLine::ReadMembers(json::Value root) {
  values_.assign(kind_->fields.size(), {});
  json::Value exact;
  for (json::Value v = root.first(); v.exists(); v = v.next()) {
    const std::string_view key = v.key();
    if (key == "type") continue;
    if (key == "project_id") {
      if (!v.is(Kind::kString)) return IsNot(key, "a string");
      project_id_ = v.text();
      continue;
    }
    if (key == kExactMember) {
      exact = v;
      continue;
    }
    const auto field =
        std::ranges::find(kind_->fields, key, &TransferField::name);
    if (field == kind_->fields.end()) {
      return Invalid("a " + std::string(kind_->name) + " has no `" +
                     std::string(key) + '`');
    }
    Status status = ReadValue(
        *field, v, values_[static_cast<size_t>(field - kind_->fields.begin())]);
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < values_.size(); ++i) {
    if (kind_->fields[i].required && !values_[i].there) {
      return Invalid("`" + std::string(kind_->fields[i].name) + "` is missing");
    }
  }
  if (project_id_.empty() && kind_->type != TransferType::kPrice) {
    return Invalid("`project_id` is missing");
  }
  return exact.exists() ? ReadExact(exact) : Status();
}

Status TransferLine::LookInto(std::string_view name, json::Value& json) {
  json::Document& document = members_.emplace_back();
  if (!document.Parse(json.raw(), kDepthOfMember).message.empty()) {
    return Invalid('`' + std::string(name) +
                   "` has more values than can be read");
  }
  json = document.root();
  return {};
}

Status TransferLine::ReadExact(json::Value exact) {
  if (!exact.is(Kind::kObject)) return IsNot(kExactMember, "an object");
  Status looked = LookInto(kExactMember, exact);
  if (!looked.ok()) return looked;
  for (json::Value v = exact.first(); v.exists(); v = v.next()) {
    const auto field =
        std::ranges::find(kind_->fields, v.key(), &TransferField::name);
    if (field == kind_->fields.end() || !IsJson(field->form) ||
        !v.is(Kind::kString)) {
      return IsNot(kExactMember, "the text of members");
    }
    Value& value = values_[static_cast<size_t>(field - kind_->fields.begin())];
    if (!value.there || !SaysTheSame(v.text(), value.text)) {
      return Invalid("`exact` says something else than `" +
                     std::string(v.key()) + '`');
    }
    value.text = v.text();
  }
  return {};
}

Status TransferLine::ReadValue(const TransferField& field, json::Value json,
                               Value& value) {
  const bool is_text = json.is(Kind::kString);
  value = {.json = json};
  if (json.is(Kind::kNull) && field.form != Form::kJson) return {};
  value.there = true;
  switch (field.form) {
    case Form::kText:
      if (!is_text) return IsNot(field.name, "a string");
      value.text = json.text();
      return {};
    case Form::kInt: {
      const std::optional<int64_t> number = ReadNumber<int64_t>(json);
      if (!number) return IsNot(field.name, "an integer of 64 bits");
      value.number = *number;
      return {};
    }
    case Form::kReal: {
      const std::optional<double> number = ReadNumber<double>(json);
      if (!number) return IsNot(field.name, "a number");
      value.real = *number;
      return {};
    }
    case Form::kTime: {
      if (!is_text) return IsNot(field.name, "a time");
      const ParsedTime time = ParseTime(json.text());
      if (!time.why.empty()) return IsNot(field.name, "a time");
      value.number = time.us;
      return {};
    }
    case Form::kStatus: {
      const auto& words = model::kCallStatusNames;
      const auto* const word =
          is_text ? std::ranges::find(words, json.text()) : words.end();
      if (word == words.end()) return IsNot(field.name, "a status of a call");
      value.number = word - words.begin();
      return {};
    }
    case Form::kBase64: {
      std::optional<std::string> bytes;
      if (is_text) bytes = FromBase64(json.text());
      if (!bytes) return IsNot(field.name, "base64");
      bytes_ = *std::move(bytes);
      value.text = bytes_;
      return {};
    }
    case Form::kObject:
      if (!json.is(Kind::kObject)) return IsNot(field.name, "an object");
      value.text = json.raw();
      return {};
    case Form::kTags:
    case Form::kAliases:
    case Form::kRows:
      if (!json.is(Kind::kArray)) return IsNot(field.name, "a list");
      value.text = json.raw();
      return LookInto(field.name, value.json);
    case Form::kJson:
      value.text = json.raw();
      return {};
  }
  return {};
}

void TransferLine::BindAll(Query& query) const {
  for (size_t i = 0; i < values_.size(); ++i) BindAt(query, i);
}

void TransferLine::BindAt(Query& query, size_t field) const {
  const Value& value = values_[field];
  if (!value.there) {
    query.BindNull();
    return;
  }
  switch (kind_->fields[field].form) {
    case Form::kInt:
    case Form::kTime:
    case Form::kStatus:
      query.Bind(value.number);
      return;
    case Form::kReal:
      query.Bind(value.real);
      return;
    case Form::kBase64:
      query.BindBlob(value.text);
      return;
    case Form::kText:
    case Form::kJson:
    case Form::kObject:
    case Form::kTags:
    case Form::kAliases:
    case Form::kRows:
      query.Bind(value.text);
      return;
  }
}

}  // namespace bobbin::store
