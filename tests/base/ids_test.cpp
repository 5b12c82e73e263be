#include "base/ids.h"

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace bobbin {
namespace {

class StoppedClock : public Clock {
 public:
  explicit StoppedClock(int64_t us) : us_(us) {}
  int64_t NowUs() override { return us_; }
  void Set(int64_t us) { us_ = us; }

 private:
  int64_t us_;
};

TEST_CASE("an id is a UUID of version 7 that tells its millisecond", "[ids]") {
  StoppedClock clock(0x0123456789ab * int64_t{1000} + 999);
  UuidV7Source ids(clock);

  const std::string id = ids.NewId();

  REQUIRE(id.size() == 36);
  CHECK(id.substr(0, 19).starts_with("01234567-89ab-7000-"));
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  CHECK(id[23] == '-');
  CHECK(id.find_first_not_of("0123456789abcdef-") == std::string::npos);
}

TEST_CASE("ids of one source sort in the order they were made", "[ids]") {
  StoppedClock clock(1'700'000'000'000'000);
  UuidV7Source ids(clock);
  std::string last = ids.NewId();

  SECTION("within one millisecond, even when the counter runs over") {
    for (int i = 0; i < 10'000; ++i) {
      const std::string id = ids.NewId();
      REQUIRE(last < id);
      last = id;
    }
  }
  SECTION("when the clock goes on") {
    clock.Set(1'700'000'000'001'000);
    CHECK(last < ids.NewId());
  }
  SECTION("when the clock is set back, even before the epoch") {
    clock.Set(1'600'000'000'000'000);
    CHECK(last < ids.NewId());
    clock.Set(-1);
    CHECK(last < ids.NewId());
  }
}

TEST_CASE("two sources at the same moment make different ids", "[ids]") {
  StoppedClock clock(1'700'000'000'000'000);
  UuidV7Source one(clock);
  UuidV7Source other(clock);
  CHECK(one.NewId() != other.NewId());
}

TEST_CASE("threads never get the same id, and each sees its own in order",
          "[ids]") {
  StoppedClock clock(1'700'000'000'000'000);
  UuidV7Source ids(clock);
  std::vector<std::vector<std::string>> made(4);

  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < 2000; ++i) mine.push_back(ids.NewId());
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::set<std::string> all;
  for (const auto& mine : made) {
    CHECK(std::ranges::is_sorted(mine));
    for (const std::string& id : mine) all.insert(id.substr(0, 18));
  }
  CHECK(all.size() == 8000);  // by time and counter alone
}

TEST_CASE("the machine's clock is past 2024 and does not go back", "[clock]") {
  SystemClock clock;
  const int64_t first = clock.NowUs();
  CHECK(first > 1'704'067'200'000'000);
  CHECK(clock.NowUs() >= first);
}

}  // namespace
}  // namespace bobbin
