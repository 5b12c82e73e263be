// Feeds strangers' bytes to the reader of multipart bodies under libFuzzer.
//
// Input: a line with a Content-Type; a line whose bytes say in which pieces
// the body comes; the body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/multipart.h"

namespace {

using bobbin::http::MultipartReader;
using Outcome = MultipartReader::Outcome;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view TakeLine(std::string_view& rest) {
  const size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

struct Read {
  Outcome outcome = Outcome::kOk;
  std::vector<std::string> heads;  // name, filename and type, one by one
  std::vector<std::string> data;
  bool operator==(const Read&) const = default;
};

Read ReadAll(const std::string& boundary, std::string_view body,
             std::string_view splits) {
  size_t pieces = 0;
  MultipartReader reader(boundary, [&](char* into, size_t size) {
    Require(size > 0);
    size_t most = size;
    if (!splits.empty()) {
      most = static_cast<unsigned char>(splits[pieces++ % splits.size()]) + 1u;
    }
    const size_t got = std::min({size, most, body.size()});
    std::memcpy(into, body.data(), got);
    body.remove_prefix(got);
    return std::optional(got);
  });
  Read all;
  bobbin::api::Part part;
  while ((all.outcome = reader.Next(part)) == Outcome::kOk) {
    for (const std::string& text :
         {part.name, part.filename, part.content_type}) {
      all.heads.push_back(text);
    }
    std::string& data = all.data.emplace_back();
    std::string_view piece;
    while ((all.outcome = reader.Read(piece)) == Outcome::kOk) {
      Require(!piece.empty());
      data += piece;
    }
    // The mark that ends a part is not in it.
    Require(data.find("\r\n--" + boundary) == std::string::npos);
    if (all.outcome != Outcome::kEnd) break;
  }
  Require(all.outcome == Outcome::kEnd || all.outcome == Outcome::kMalformed);
  if (all.outcome == Outcome::kEnd) {
    Require(body.empty());
    Require(reader.Next(part) == Outcome::kEnd);
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view type = TakeLine(rest);
  const std::string_view splits = TakeLine(rest);
  bobbin::http::IsMultipart(type);
  const std::optional<std::string> boundary = bobbin::http::BoundaryOf(type);
  if (!boundary) return 0;
  Require(!boundary->empty());
  // However the bytes come, they mean the same.
  const Read whole = ReadAll(*boundary, rest, {});
  Require(whole == ReadAll(*boundary, rest, splits));
  return 0;
}
