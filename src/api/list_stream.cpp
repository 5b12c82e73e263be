#include "api/list_stream.h"

#include <utility>

#include "api/dispatch.h"
#include "json/write.h"

namespace bobbin::api {
namespace {

// A stream is handed on in pieces of about this size.
constexpr size_t kPieceBytes = 64 << 10;

}  // namespace

ListStream::ListStream(const Frame& frame, bool collect, const Sink& sink)
    : frame_(frame), collect_(collect), sink_(sink) {
  piece_.reserve(kPieceBytes + kPieceBytes / 4);  // an item or two beyond
  piece_ += frame_.begin;
}

std::string& ListStream::Begin() {
  if (any_) piece_ += frame_.between;
  any_ = true;
  item_ = piece_.size();
  return piece_;
}

bool ListStream::End() {
  // A client's own JSON may have line breaks, which would end the line.
  if (frame_.between == "\n") json::PutOnOneLine(piece_, item_);
  if (!collect_ && piece_.size() >= kPieceBytes) {
    open_ = sink_(piece_);
    piece_.clear();
  }
  return open_;
}

bool ListStream::Finish() {
  if (any_ || frame_.end != "\n") piece_ += frame_.end;
  return open_ && (piece_.empty() || sink_(piece_));
}

Response StreamList(const Frame& frame, std::string content_type, bool collect,
                    std::function<Status(ListStream&)> scan) {
  Response response;
  response.content_type = std::move(content_type);
  response.stream = [&frame, collect,
                     scan = std::move(scan)](const Sink& sink) -> StreamEnd {
    ListStream list(frame, collect, sink);
    const Status status = scan(list);
    if (!status.ok()) return ErrorResponse(status.error());
    return list.Finish();
  };
  return response;
}

}  // namespace bobbin::api
