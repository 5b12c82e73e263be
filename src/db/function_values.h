// For the files that define SQL functions: arguments, results, and what is
// kept from one row to the next.
#pragma once

#include <sqlite3.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bobbin::db {

// A row of the table of SQL functions.
struct Function {
  const char* name;
  int arguments;
  void (*run)(sqlite3_context*, int, sqlite3_value**);
};

std::span<const Function> JsonFunctions();    // json_functions.cpp
std::span<const Function> ValueFunctions();   // value_functions.cpp
std::span<const Function> RefFunctions();     // ref_functions.cpp
std::span<const Function> SearchFunctions();  // search_functions.cpp
std::span<const Function> UsageFunctions();   // usage_functions.cpp

// The same for an aggregate: `step` for each row, then `final`, also when the
// statement ends early.
struct Aggregate {
  const char* name;
  int arguments;
  void (*step)(sqlite3_context*, int, sqlite3_value**);
  void (*final)(sqlite3_context*);
};

std::span<const Aggregate> UsageAggregates();  // usage_functions.cpp

inline bool IsNull(sqlite3_value* value) {
  return sqlite3_value_type(value) == SQLITE_NULL;
}

// The bytes of a text; empty for NULL.
inline std::string_view TextOf(sqlite3_value* value) {
  const void* data = sqlite3_value_blob(value);
  const int size = sqlite3_value_bytes(value);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

inline void Return(sqlite3_context* context, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  sqlite3_result_text64(context, data, text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}
inline void Return(sqlite3_context* context, bool value) {
  sqlite3_result_int(context, value ? 1 : 0);
}
inline void Return(sqlite3_context* context, std::optional<bool> value) {
  if (value) Return(context, *value);
}
inline void Return(sqlite3_context* context, std::optional<int> value) {
  if (value) sqlite3_result_int(context, *value);
}

// What a T makes of the text in argument `place`, and room to work in. Made
// once per statement if the argument is a constant, else once per row.
template <class T>
class Kept {
 public:
  Kept(sqlite3_context* context, sqlite3_value** arguments, int place)
      : context_(context), place_(place) {
    held_ = static_cast<Held*>(sqlite3_get_auxdata(context, place));
    if (held_ != nullptr) return;
    held_ = new Held(TextOf(arguments[place]));
    is_new_ = true;
  }
  // Given to SQLite last, since it may drop at once what it is given.
  ~Kept() {
    if (!is_new_) return;
    sqlite3_set_auxdata(context_, place_, held_,
                        [](void* held) { delete static_cast<Held*>(held); });
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

  const T& operator*() const { return held_->value; }
  const T* operator->() const { return &held_->value; }
  std::string& scratch() const { return held_->scratch; }

 private:
  struct Held {
    explicit Held(std::string_view text) : value(text) {}
    T value;
    std::string scratch;
  };

  sqlite3_context* context_;
  int place_;
  Held* held_ = nullptr;
  bool is_new_ = false;
};

}  // namespace bobbin::db
