// One line of an export, read back and checked against its kind of record.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/connection.h"
#include "json/document.h"
#include "store/transfer_records.h"

namespace bobbin::store {

// Threads   One.
// Lifetime  Borrows the line until the next Read().
class TransferLine {
 public:
  TransferLine() = default;
  TransferLine(const TransferLine&) = delete;
  TransferLine& operator=(const TransferLine&) = delete;

  //   kInvalid  it is no JSON object, of no known type or of a newer version,
  //             has a member that this type has not, lacks one, or one is not
  //             what it should be. The message names it.
  Status Read(std::string_view line);

  // The first or the last line of an export: it has nothing to keep. Then
  // nothing below may be called.
  bool is_frame() const { return kind_ == nullptr; }
  TransferType type() const { return kind_->type; }
  // Empty for a price of all projects.
  std::string_view project_id() const { return project_id_; }

  // By place in the kind's fields.
  template <class Field>
  bool Has(Field field) const {
    return values_[static_cast<size_t>(field)].there;
  }
  // A text, or JSON as it was; bytes for Form::kBase64.
  template <class Field>
  std::string_view Text(Field field) const {
    return values_[static_cast<size_t>(field)].text;
  }
  // An integer, microseconds, or the number of a status.
  template <class Field>
  int64_t Int(Field field) const {
    return values_[static_cast<size_t>(field)].number;
  }
  // The JSON in the line, one level deep: for lists.
  template <class Field>
  json::Value Json(Field field) const {
    return values_[static_cast<size_t>(field)].json;
  }
  // Binds it, or NULL if it is not there.
  template <class Field>
  void Bind(db::Query& query, Field field) const {
    BindAt(query, static_cast<size_t>(field));
  }
  // Binds all of them in order.
  void BindAll(db::Query& query) const;

  // As json::Document has them: in the whole line.
  const std::vector<std::string_view>& refs() const { return document_.refs(); }

 private:
  struct Value {
    bool there = false;
    int64_t number = 0;
    double real = 0;
    std::string_view text = {};
    json::Value json = {};
  };

  Status ReadFrame(json::Value root, std::string_view type);
  Status ReadMembers(json::Value root);
  Status ReadExact(json::Value exact);
  Status ReadValue(const TransferField& field, json::Value json, Value& value);
  // Gives `json`, a member of the line, nodes of its own.
  Status LookInto(std::string_view name, json::Value& json);
  void BindAt(db::Query& query, size_t field) const;

  json::Document document_;
  std::deque<json::Document> members_;  // those that were looked into
  const TransferKind* kind_ = nullptr;
  std::string_view project_id_;
  std::vector<Value> values_;
  std::string bytes_;  // of a member in base64; no kind has two
};

}  // namespace bobbin::store
