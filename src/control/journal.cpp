#include "control/journal.h"

#include <algorithm>
#include <array>

#include "control/glob.h"

namespace bobbin::control {
namespace {

// How many requests back a repetition is noticed.
constexpr size_t kMostKeys = 65'536;
// Projects that are counted apart; the others count as none.
constexpr size_t kMostProjects = 10'000;

size_t BytesOf(const Entry& entry) {
  size_t bytes = sizeof(Entry) + entry.method.size() + entry.path.size() +
                 entry.headers.size() + entry.retry_id.size() +
                 entry.fault.size() + entry.body.size();
  for (const std::string& project : entry.facts.project_ids) {
    bytes += sizeof(std::string) + project.size();
  }
  for (const Facts::Op& op : entry.facts.ops) {
    bytes += sizeof op + op.name.size();
  }
  return bytes;
}

// Whether to do the same twice is to do it again. To read twice is not.
bool Writes(std::string_view route) {
  static constexpr auto kVerbs = std::to_array<std::string_view>(
      {"start", "end", "upsert_batch", "complete", "create",
       "create_from_digests", "update", "delete", "purge", "replace"});
  return std::ranges::find(kVerbs, route.substr(route.rfind('/') + 1)) !=
         kVerbs.end();
}

// The counter of the project of an entry.
template <class Counts>
auto& CountOf(Counts& counts, const Entry& entry) {
  std::string project;
  if (!entry.facts.project_ids.empty()) {
    project = entry.facts.project_ids.front();
  }
  if (counts.size() >= kMostProjects && !counts.contains(project)) {
    project.clear();
  }
  return counts[project];
}

bool IsOf(const Entry& entry, const std::string& project_id) {
  const auto& ids = entry.facts.project_ids;
  return std::ranges::find(ids, project_id) != ids.end();
}

}  // namespace

JournalOptions JournalFor(const std::optional<int64_t>& entries,
                          bool ephemeral) {
  if (entries) {
    return {.most_entries = static_cast<size_t>(*entries),
            .most_bytes = size_t{64} << 20,
            .keep_bodies = true};
  }
  if (ephemeral) return {.most_entries = 10'000};
  return {};
}

bool Criteria::RouteFits(const Entry& entry) const {
  return !route || Fits(*route, entry.route) || Fits(*route, entry.path);
}

bool Criteria::ProjectFits(const Entry& entry) const {
  return !project_id || std::ranges::any_of(entry.facts.project_ids,
                                            [this](const std::string& id) {
                                              return Fits(*project_id, id);
                                            });
}

bool Criteria::OpIs(const Entry& entry) const {
  return !op ||
         std::ranges::any_of(entry.facts.ops, [this](const Facts::Op& other) {
           return OpFits(*op, other.name);
         });
}

bool Criteria::StatusIs(const Entry& entry) const {
  return !status || *status == entry.status;
}

bool Criteria::Match(const Entry& entry) const {
  return StatusIs(entry) && RouteFits(entry) && ProjectFits(entry) &&
         OpIs(entry);
}

Journal::Keys Journal::KeysOf(const Entry& entry, std::string_view body) {
  const std::hash<std::string_view> hash;
  Keys keys;
  if (!entry.retry_id.empty()) keys.id = hash(entry.retry_id) | 1;
  if (!body.empty() && Writes(entry.route)) {
    keys.body = (hash(entry.path) * 31 + hash(body)) & ~uint64_t{1};
  }
  return keys;
}

void Journal::FindFirst(Entry& entry, const Keys& keys) {
  const auto seq_of = [this](uint64_t key) {
    const auto first = first_.find(key);
    return key == 0 || first == first_.end() ? 0 : first->second;
  };
  if (const int64_t first = seq_of(keys.id)) {
    entry.retry_of = first;
    ++CountOf(retries_, entry).by_id;
  } else if (const int64_t same = seq_of(keys.body)) {
    entry.retry_of = same;
    ++CountOf(retries_, entry).by_body;
  }
  Remember(keys.id, entry.seq);
  Remember(keys.body, entry.seq);
}

void Journal::Remember(uint64_t key, int64_t seq) {
  if (key == 0 || !first_.emplace(key, seq).second) return;
  keys_.push_back(key);
  if (keys_.size() <= kMostKeys) return;
  first_.erase(keys_.front());
  keys_.pop_front();
}

void Journal::MakeRoom() {
  // The newest stays, whatever its size.
  while (entries_.size() > options_.most_entries ||
         (bytes_ > options_.most_bytes && entries_.size() > 1)) {
    const Entry& oldest = entries_.front();
    Dropping& dropped = CountOf(dropped_, oldest);
    ++dropped.count;
    dropped.last_seq = oldest.seq;
    bytes_ -= BytesOf(oldest);
    entries_.pop_front();
  }
}

int64_t Journal::Note(Entry entry, std::string_view body) {
  const Keys keys = KeysOf(entry, body);
  if (options_.keep_bodies) entry.body = body;
  const std::lock_guard lock(mutex_);
  entry.seq = ++last_seq_;
  FindFirst(entry, keys);
  bytes_ += BytesOf(entry);
  entries_.push_back(std::move(entry));
  MakeRoom();
  return last_seq_;
}

void Journal::SetStatus(int64_t seq, int status) {
  const std::lock_guard lock(mutex_);
  const auto entry = std::ranges::lower_bound(entries_, seq, {}, &Entry::seq);
  if (entry != entries_.end() && entry->seq == seq) entry->status = status;
}

void Journal::Visit(int64_t since,
                    const std::function<bool(const Entry&)>& visit) const {
  const std::lock_guard lock(mutex_);
  auto entry = std::ranges::upper_bound(entries_, since, {}, &Entry::seq);
  while (entry != entries_.end() && visit(*entry)) ++entry;
}

int64_t Journal::Dropped(int64_t since,
                         const std::optional<std::string>& project_id) const {
  const std::lock_guard lock(mutex_);
  int64_t count = 0;
  for (const auto& [project, dropped] : dropped_) {
    if (dropped.last_seq > since &&
        (!project_id || Fits(*project_id, project))) {
      count += dropped.count;
    }
  }
  return count;
}

int64_t Journal::last_seq() const {
  const std::lock_guard lock(mutex_);
  return last_seq_;
}

int64_t Journal::Clear(const std::optional<std::string>& project_id) {
  const std::lock_guard lock(mutex_);
  const size_t before = entries_.size();
  if (!project_id) {
    entries_.clear();
    first_.clear();
    keys_.clear();
    retries_.clear();
    dropped_.clear();
    bytes_ = 0;
    return static_cast<int64_t>(before);
  }
  std::erase_if(entries_, [&](const Entry& entry) {
    if (!IsOf(entry, *project_id)) return false;
    bytes_ -= BytesOf(entry);
    return true;
  });
  retries_.erase(*project_id);
  dropped_.erase(*project_id);
  return static_cast<int64_t>(before - entries_.size());
}

std::unordered_map<std::string, Retries> Journal::AllRetries() const {
  const std::lock_guard lock(mutex_);
  return retries_;
}

}  // namespace bobbin::control
