#include "store/table_plan.h"

#include <utility>

#include "base/hash.h"

namespace bobbin::store {
namespace {

Error OutOfRange() { return Invalid("Index out of range"); }

auto At(std::vector<PlannedRow>& rows, size_t place) {
  return rows.begin() + static_cast<std::ptrdiff_t>(place);
}

}  // namespace

size_t TablePlan::Piece::row_count() const {
  return is_new() ? rows.size() : digests.size() / kDigestChars;
}

TablePlan::TablePlan(const std::vector<Chunk>& chunks,
                     std::vector<char> digests)
    : base_digests_(std::move(digests)) {
  const std::string_view all(base_digests_.data(), base_digests_.size());
  pieces_.reserve(chunks.size() + 1);
  for (const Chunk& chunk : chunks) {
    pieces_.push_back({.chunk = chunk.chunk,
                       .val_bytes = chunk.val_bytes,
                       .digests = all.substr(row_count_ * kDigestChars,
                                             chunk.row_count * kDigestChars),
                       .rows = {}});
    row_count_ += chunk.row_count;
  }
}

void TablePlan::Append(const PlannedRow& row) {
  if (pieces_.empty() || pieces_.back().row_count() >= kMaxChunkRows) {
    pieces_.emplace_back();
  }
  Open(pieces_.back());
  pieces_.back().rows.push_back(row);
  ++row_count_;
}

Status TablePlan::Insert(int64_t index, const PlannedRow& row) {
  if (index < 0 || std::cmp_greater(index, row_count_)) return OutOfRange();
  if (std::cmp_equal(index, row_count_)) {
    Append(row);
    return {};
  }
  const Place place = Find(static_cast<size_t>(index));
  Open(pieces_[place.piece]);
  std::vector<PlannedRow>& rows = pieces_[place.piece].rows;
  rows.insert(At(rows, place.within), row);
  ++row_count_;
  if (rows.size() <= kMaxChunkRows) return {};
  // Halves, so that there is room for the next ones.
  Piece rest;
  rest.rows.assign(At(rows, rows.size() / 2), rows.end());
  rows.resize(rows.size() / 2);
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(place.piece) + 1,
                 std::move(rest));
  return {};
}

Result<std::string_view> TablePlan::Pop(int64_t index) {
  if (index < 0 || std::cmp_greater_equal(index, row_count_)) {
    return OutOfRange();
  }
  const Place place = Find(static_cast<size_t>(index));
  Open(pieces_[place.piece]);
  std::vector<PlannedRow>& rows = pieces_[place.piece].rows;
  const std::string_view digest = rows[place.within].digest;
  rows.erase(At(rows, place.within));
  --row_count_;
  if (rows.empty()) {
    pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(place.piece));
  }
  return digest;
}

std::string TablePlan::Digest() const {
  std::string digests;
  digests.reserve(row_count_ * kDigestChars);
  for (const Piece& piece : pieces_) {
    digests += piece.digests;
    for (const PlannedRow& row : piece.rows) digests += row.digest;
  }
  return HexSha256(digests);
}

TablePlan::Place TablePlan::Find(size_t index) const {
  size_t piece = 0;
  while (index >= pieces_[piece].row_count()) {
    index -= pieces_[piece].row_count();
    ++piece;
  }
  return {piece, index};
}

void TablePlan::Open(Piece& piece) {
  if (piece.is_new()) return;
  const std::string_view digests = std::exchange(piece.digests, {});
  piece.rows.reserve(digests.size() / kDigestChars + 1);
  for (size_t at = 0; at < digests.size(); at += kDigestChars) {
    piece.rows.push_back({.digest = digests.substr(at, kDigestChars)});
  }
  piece.chunk = 0;
  piece.val_bytes = 0;
}

}  // namespace bobbin::store
