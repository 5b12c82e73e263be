// What a table is going to be made of: chunks that other tables have already,
// and rows that chunks are still to be made of. Nothing here knows the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bobbin::store {

// A chunk gets no more rows than this. Small, because a change to a table
// writes the chunk that it touches anew; large, because it writes the list of
// chunks anew as well.
inline constexpr size_t kMaxChunkRows = 512;

struct PlannedRow {
  std::string_view digest;
  std::optional<std::string_view> val = {};  // none: the row is kept already
};

// Borrows all text; the base's digests are its own.
class TablePlan {
 public:
  // Either a chunk of the base table, or rows.
  struct Piece {
    int64_t chunk = 0;         // row_chunks.row_id; 0: `rows`
    int64_t val_bytes = 0;     // of the chunk
    std::string_view digests;  // of the chunk
    std::vector<PlannedRow> rows;

    bool is_new() const { return chunk == 0; }
    size_t row_count() const;
  };

  TablePlan() = default;
  TablePlan(TablePlan&&) = default;
  TablePlan& operator=(TablePlan&&) = default;

  struct Chunk {
    int64_t chunk = 0;
    int64_t val_bytes = 0;
    size_t row_count = 0;
  };
  // Begins with the rows of a table; `digests` are those of all its rows.
  TablePlan(const std::vector<Chunk>& chunks, std::vector<char> digests);

  void Append(const PlannedRow& row);
  // Puts the row before the one at `index`, which may be the end.
  //   kInvalid  `Index out of range`; nothing was changed.
  Status Insert(int64_t index, const PlannedRow& row);
  // Takes the row at `index` away and returns its digest.
  //   kInvalid  `Index out of range`; nothing was changed.
  Result<std::string_view> Pop(int64_t index);

  const std::vector<Piece>& pieces() const { return pieces_; }
  size_t row_count() const { return row_count_; }
  // The digest of the table (contract section 7).
  std::string Digest() const;

 private:
  struct Place {
    size_t piece;
    size_t within;
  };
  Place Find(size_t index) const;
  // Turns a chunk into rows, so that it can be changed.
  static void Open(Piece& piece);

  std::vector<char> base_digests_;  // does not move its bytes when moved
  std::vector<Piece> pieces_;
  size_t row_count_ = 0;
};

}  // namespace bobbin::store
