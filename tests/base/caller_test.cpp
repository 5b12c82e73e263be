#include "base/caller.h"

#include <thread>

#include "support/catch.h"

namespace bobbin {
namespace {

TEST_CASE("a thread without a caller works on", "[base]") {
  CHECK_FALSE(Caller::IsGone());
}

TEST_CASE("the innermost caller counts, for as long as it lives", "[base]") {
  bool gone = false;
  const Caller outer([&] { return gone; });
  CHECK_FALSE(Caller::IsGone());
  gone = true;
  CHECK(Caller::IsGone());
  {
    const Caller inner([] { return false; });
    CHECK_FALSE(Caller::IsGone());
  }
  CHECK(Caller::IsGone());
}

TEST_CASE("each thread has a caller of its own", "[base][threads]") {
  const Caller here([] { return true; });
  bool gone_there = true;
  std::thread([&] { gone_there = Caller::IsGone(); }).join();
  CHECK_FALSE(gone_there);
}

}  // namespace
}  // namespace bobbin
