#include "http/body_source.h"

namespace bobbin::http {

std::optional<Refusal> WhyUnread(BodyRead read) {
  switch (read) {
    case BodyRead::kOk:
      return std::nullopt;
    case BodyRead::kTooLarge:
      return Refusal{413, "Request too large"};
    case BodyRead::kBroken:
      return Refusal{400, "The chunks of the body are malformed."};
    case BodyRead::kEnded:
      return Refusal{400, "The body ended early."};
    case BodyRead::kSilent:
      return Refusal{408, "The body did not come in time."};
  }
  return std::nullopt;
}

std::optional<Refusal> WhyUnread(Inflated inflated) {
  switch (inflated) {
    case Inflated::kOk:
      return std::nullopt;
    case Inflated::kTooLarge:
      return WhyUnread(BodyRead::kTooLarge);
    case Inflated::kBroken:
      return Refusal{400, "The body is not what Content-Encoding says."};
  }
  return std::nullopt;
}

BodySource::BodySource(Connection& connection, const Framing& framing,
                       std::optional<Format> zipped, size_t max_bytes)
    : reader_(connection, framing, max_bytes), room_(max_bytes) {
  if (!zipped) return;
  inflater_ = std::make_unique<Inflater>(*zipped);
  buffer_ = std::make_unique_for_overwrite<char[]>(kZippedBytes);
}

std::optional<Refusal> BodySource::Read(char* into, size_t size, size_t& got) {
  if (!inflater_) return WhyUnread(reader_.Read(into, size, got));
  std::optional<Refusal> refusal = ReadZipped(into, size, got);
  if (refusal) return refusal;
  if (got > room_) return WhyUnread(Inflated::kTooLarge);
  room_ -= got;
  return std::nullopt;
}

std::optional<Refusal> BodySource::ReadZipped(char* into, size_t size,
                                              size_t& got) {
  while (true) {
    // What zlib has still in it comes first.
    const Inflated inflated = inflater_->Read(zipped_, into, size, got);
    if (inflated != Inflated::kOk || got > 0) return WhyUnread(inflated);
    size_t count = 0;
    std::optional<Refusal> refusal =
        WhyUnread(reader_.Read(buffer_.get(), kZippedBytes, count));
    if (refusal) return refusal;
    if (count == 0) {
      return WhyUnread(inflater_->AtEnd() ? Inflated::kOk : Inflated::kBroken);
    }
    zipped_ = {buffer_.get(), count};
  }
}

}  // namespace bobbin::http
