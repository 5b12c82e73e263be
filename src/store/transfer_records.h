// What the lines of an export say: the kinds of records, their members, and
// the columns behind them. The only place where the one meets the other; both
// ways, out and in, go by it.
//
// A line is a JSON object: `type`, `project_id`, then the members below. What
// is not there is NULL. Names and values are the API's; times are ISO 8601.
// What the file derives from the rest (refs, sizes, counts) is not in it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bobbin::store {

// How a column is written in a line.
enum class Form : uint8_t {
  kText,
  kInt,
  kReal,
  kTime,    // a text; microseconds in the file
  kStatus,  // a word; a number in the file (model::CallStatus)
  kJson,    // any JSON, the client's own text
  kObject,  // the same, but an object
  kTags,    // of a version: a list of texts
  kAliases,
  kBase64,  // bytes
  kRows,    // of a table: a list for each of its chunks with the digests of its
            // rows, so that tables share afterwards what they share now
};

struct TransferField {
  std::string_view name;    // in the line
  std::string_view column;  // in the file: an expression of SELECT
  Form form;
  bool required = false;
};

enum class TransferType : uint8_t {
  kProject,
  kFilePiece,
  kFile,
  kTableRow,
  kTable,
  kObject,
  kCall,
  kFeedback,
  kPrice,
};
inline constexpr size_t kTransferTypes = 9;

// Every record of a type, in the order in which an export has them: what
// others refer to comes first. The pieces of a file stand before it.
struct TransferKind {
  TransferType type;
  std::string_view name;  // `type` in the line
  // What follows the columns: FROM and the rest, ?1 being the project, or the
  // file of which these are pieces. By row number, so that a copy is in the
  // same order.
  std::string_view from;
  std::span<const TransferField> fields;
};
std::span<const TransferKind> TransferKinds();
// The row of a type.
const TransferKind& KindOf(TransferType type);

// How many there are of each type, by TransferType.
using TransferCounts = std::array<int64_t, kTransferTypes>;
// Appends {"project":1,...}, without those of which there are none.
void AppendCounts(std::string& out, const TransferCounts& counts);

// The members of those types that are not kept just as they come, in their
// order.
enum class FilePieceField : uint8_t { kDigest, kPiece, kData };
enum class FileField : uint8_t { kDigest, kSizeBytes, kCreatedAt };
enum class TableRowField : uint8_t { kDigest, kVal };
enum class TableField : uint8_t { kDigest, kCreatedAt, kRows };
enum class ObjectField : uint8_t {
  kObjectId,
  kKind,
  kVersionIndex,
  kDigest,
  kCreatedAt,
  kPublishedAt,
  kPublishOrder,
  kDeletedAt,
  kBaseClass,
  kLeafClass,
  kWbUserId,
  kTags,
  kAliases,
  kVal
};
enum class CallField : uint8_t {
  kId,
  kTraceId,
  kParentId,
  kOpName,
  kDisplayName,
  kStartedAt,
  kEndedAt,
  kStatus,
  kException,
  kThreadId,
  kTurnId,
  kWbUserId,
  kWbRunId,
  kWbRunStep,
  kWbRunStepEnd,
  kDeletedAt,
  kAttributes,
  kInputs,
  kOtelDump,
  kOutput,
  kSummary
};

// The first line, and the last one, which says how many lines are between
// them: so that a file that was cut is known as one.
inline constexpr std::string_view kExportHeader = "bobbin_export";
inline constexpr std::string_view kExportEnd = "end";
inline constexpr int64_t kExportVersion = 1;

// JSON with a line break between its tokens is written on one line, and as it
// was, as a string, in this member's member of the same name.
inline constexpr std::string_view kExactMember = "exact";

}  // namespace bobbin::store
