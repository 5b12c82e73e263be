#include "cli/trace_calls.h"

#include <string>

#include "support/catch.h"

namespace bobbin::cli {
namespace {

TEST_CASE("a call is read whatever the size of its payload", "[cli]") {
  std::string inputs = "[0";
  for (int i = 0; i < 5'000'000; ++i) inputs += ",0";
  const std::string line =
      R"({"id":"c1","op_name":"f","inputs":{"a":)" + inputs +
      R"(]},"summary":{"usage":{"m":{"prompt_tokens":2,"output_tokens":3}},)"
      R"("weave":{"status":"success","trace_name":"f","costs":{"m":)"
      R"({"prompt_tokens_total_cost":0.5}}}}})";
  const Result<TraceCall> call = ReadCall(line);
  REQUIRE(call.ok());
  CHECK(call.value().tree.id == "c1");
  CHECK(call.value().tree.status == "success");
  CHECK(call.value().tree.tokens == 5);
  CHECK(call.value().tree.cost == 0.5);
}

TEST_CASE("a call without a summary is read", "[cli]") {
  const Result<TraceCall> call = ReadCall(R"({"id":"c1","op_name":"f"})");
  REQUIRE(call.ok());
  CHECK(call.value().tree.name == "f");
  CHECK_FALSE(call.value().tree.tokens.has_value());
  CHECK_FALSE(ReadCall("{").ok());
}

}  // namespace
}  // namespace bobbin::cli
