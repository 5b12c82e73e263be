// What arrived: the last requests, in the order in which they were answered.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "control/facts.h"

namespace bobbin::control {

struct JournalOptions {
  size_t most_entries = 0;              // 0: there is no journal
  size_t most_bytes = size_t{8} << 20;  // of all entries
  bool keep_bodies = false;
};

// What a server keeps: the last `entries` requests with their bodies, if that
// was said; else, of what is not for long, a good many without bodies, and of
// a file nothing.
JournalOptions JournalFor(const std::optional<int64_t>& entries,
                          bool ephemeral);

struct Entry {
  int64_t seq = 0;  // 1 for the first request; given by the journal
  int64_t time_us = 0;
  std::string method = {};
  std::string_view route =
      {};                 // its pattern, which lives for ever; empty: unknown
  std::string path = {};  // as sent, decoded
  Facts facts = {};
  int status = 0;  // 0: it was given no answer
  size_t request_bytes = 0;
  std::string headers = {};   // a JSON object
  std::string retry_id = {};  // X-Weave-Retry-Id
  std::string fault = {};     // id of the rule that struck
  int64_t retry_of = 0;   // seq of the request that this one repeats; given by
                          // the journal
  std::string body = {};  // if bodies are kept
};

// What is asked for; what is not set does not matter. Route, project and op
// are patterns (control/glob.h); a route is also found by its path, and an op
// by the name within a ref.
struct Criteria {
  std::optional<std::string> route = {}, project_id = {}, op = {};
  std::optional<int> status = {};  // 0: no answer

  bool Match(const Entry& entry) const;
  bool RouteFits(const Entry& entry) const;
  bool ProjectFits(const Entry& entry) const;
  bool OpIs(const Entry& entry) const;
  bool StatusIs(const Entry& entry) const;
};

// Requests that were made again.
struct Retries {
  int64_t by_id = 0;    // the same retry id
  int64_t by_body = 0;  // another one or none, but the same route and body
};

// A bounded list: when it is full, what is oldest goes.
//
// Threads   Call any method from any thread.
class Journal {
 public:
  explicit Journal(const JournalOptions& options) : options_(options) {}
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  bool enabled() const { return options_.most_entries > 0; }
  bool keeps_bodies() const { return options_.keep_bodies; }

  // Adds a request that has just been handled, and finds out whether it was
  // made before. `body` is what it was about, kept or not. Returns its seq.
  int64_t Note(Entry entry, std::string_view body);

  // The answer has turned out to be another one.
  void SetStatus(int64_t seq, int status);

  // Shows the entries after seq `since`, oldest first, until `visit` returns
  // false; it must not use the journal.
  void Visit(int64_t since,
             const std::function<bool(const Entry&)>& visit) const;

  // How many requests of a project that fits `project_id` are no longer here
  // because there was no room; 0 if none of them came after `since`.
  int64_t Dropped(int64_t since,
                  const std::optional<std::string>& project_id) const;

  // The seq of the newest request so far; 0: none.
  int64_t last_seq() const;

  // Forgets all entries and counts, or those of one project. Returns how many
  // entries that were.
  int64_t Clear(const std::optional<std::string>& project_id);

  // Requests that were made again, by project; those of none under "".
  std::unordered_map<std::string, Retries> AllRetries() const;

 private:
  // What tells that a request was made before.
  struct Keys {
    uint64_t id = 0;    // 0: none
    uint64_t body = 0;  // 0: none
  };
  struct Dropping {
    int64_t count = 0;
    int64_t last_seq = 0;
  };
  static Keys KeysOf(const Entry& entry, std::string_view body);
  void FindFirst(Entry& entry, const Keys& keys);
  void Remember(uint64_t key, int64_t seq);
  void MakeRoom();

  const JournalOptions options_;
  mutable std::mutex mutex_;   // guards all below
  std::deque<Entry> entries_;  // by seq
  size_t bytes_ = 0;
  int64_t last_seq_ = 0;
  std::unordered_map<std::string, Dropping> dropped_;  // by project
  std::unordered_map<uint64_t, int64_t> first_;        // seq by key
  std::deque<uint64_t> keys_;                         // of first_, oldest first
  std::unordered_map<std::string, Retries> retries_;  // by project
};

}  // namespace bobbin::control
