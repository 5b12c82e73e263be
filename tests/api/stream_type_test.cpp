#include "api/stream_type.h"

#include <string>

#include "support/catch.h"

namespace bobbin::api {
namespace {

TEST_CASE("a stream is called what the client asked for", "[api]") {
  const auto [accept, type] = GENERATE(table<std::string, std::string>({
      // No wish
      {"", "application/jsonl"},
      {" , ,", "application/jsonl"},
      {"*/*", "application/jsonl"},
      {"application/*", "application/jsonl"},
      {"*/*;q=0.8", "application/jsonl"},
      // One
      {"application/jsonl", "application/jsonl"},
      {"application/x-ndjson", "application/x-ndjson"},
      {" application/json ", "application/json"},
      {"Application/X-NDJSON", "Application/X-NDJSON"},
      {"application/json; charset=utf-8", "application/json"},
      {"application/json;q=0.1", "application/json"},
      {"application/vnd.team+json", "application/vnd.team+json"},
      {"application/octet-stream", "application/octet-stream"},
      // Several
      {"application/json, text/plain, */*", "application/json"},
      {"text/event-stream, application/x-ndjson", "application/x-ndjson"},
      {"application/octet-stream, application/json", "application/json"},
      {"application/octet-stream, */*", "application/jsonl"},
      {"application/json;q=0.5, application/x-ndjson", "application/x-ndjson"},
      {"application/json;q=0.5, application/x-ndjson;Q=0.4",
       "application/json"},
      {"application/json;q=0, application/x-ndjson;q=0.1",
       "application/x-ndjson"},
      {"application/json, application/x-ndjson", "application/json"},
      {R"(application/json;x="a,b;q=0", application/x-ndjson;q=0.9)",
       "application/json"},
      // What a browser would show or run
      {"text/html", "application/jsonl"},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
       "application/jsonl"},
      {"application/xhtml+xml", "application/jsonl"},
      {"application/xml", "application/jsonl"},
      {"application/javascript", "application/jsonl"},
      {"application/pdf", "application/jsonl"},
      {"image/svg+xml", "application/jsonl"},
      {"text/json", "application/jsonl"},
      // No media type
      {"json", "application/jsonl"},
      {"application/", "application/jsonl"},
      {"/json", "application/jsonl"},
      {"application/json/x", "application/jsonl"},
      {"application/js on", "application/jsonl"},
      {"application/json\r\nX-Evil: 1", "application/jsonl"},
      {"application/json;q=high", "application/jsonl"},
      {"application/json;q=0", "application/jsonl"},
      {"application/json;q=0.0", "application/jsonl"},
      {"application/json;x=\"open, application/x-ndjson", "application/json"},
  }));
  CAPTURE(accept);
  CHECK(StreamType(accept) == type);
}

}  // namespace
}  // namespace bobbin::api
