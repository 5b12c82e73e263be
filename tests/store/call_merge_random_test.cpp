// Random reports in random order against a model that a reader can check.
#include <map>
#include <random>

#include "support/catch.h"
#include "support/store_fixture.h"

namespace bobbin::testing {
namespace {

using model::CallPart;
using model::CallReport;
using model::CallStatus;

// Contract section 4.2, said as plainly as possible.
struct ModelCall {
  bool deleted = false;
  bool started = false;
  bool ended = false;
  bool errors_below = false;
  StoredCall shown;
  std::set<std::string> input_refs, output_refs;
};

template <class To, class From>
void Win(To& to, const From& from) {
  if (from) to = *from;
}

class Model {
 public:
  void Apply(const CallReport& r) {
    ModelCall& call = calls_[std::string(*r.id)];
    if (call.deleted) return;
    StoredCall& s = call.shown;
    s.id = *r.id;
    s.project_id = r.project_id;
    if (r.part == CallPart::kComplete) {
      StoredCall fresh;
      fresh.id = s.id;
      fresh.project_id = s.project_id;
      fresh.display_name = s.display_name;
      s = fresh;
      call.output_refs.clear();
    }
    if (r.part != CallPart::kEnd) Start(call, r);
    if (r.part != CallPart::kStart) End(call, r);
    if (!call.ended) {
      s.status = CallStatus::kRunning;
    } else if (!s.exception.value_or("").empty()) {
      s.status = CallStatus::kError;
    } else {
      s.status = call.errors_below ? CallStatus::kDescendantError
                                   : CallStatus::kSuccess;
    }
  }

  void Name(const std::string& id, const std::string& name) {
    ModelCall& call = calls_[id];
    if (!call.deleted) call.shown.display_name = name;
  }

  void Delete(const std::string& id) {
    ModelCall& call = calls_[id];
    if (call.deleted) return;
    const std::string trace = call.shown.trace_id;
    const bool started = call.started;
    call = ModelCall();
    call.deleted = true;
    if (!started) return;  // of no trace yet
    std::vector<std::string> below;
    for (const auto& [other, known] : calls_) {
      if (known.started && known.shown.parent_id == id &&
          known.shown.trace_id == trace) {
        below.push_back(other);
      }
    }
    for (const std::string& child : below) Delete(child);
  }

  std::optional<StoredCall> Get(const std::string& id) const {
    const auto found = calls_.find(id);
    if (found == calls_.end() || !found->second.started) return std::nullopt;
    StoredCall shown = found->second.shown;
    if (shown.display_name == "") shown.display_name.reset();
    return shown;
  }

  std::vector<std::string> With(const std::string& ref,
                                std::set<std::string> ModelCall::*refs) const {
    std::vector<std::string> ids;
    for (const auto& [id, call] : calls_) {
      if (call.started && (call.*refs).contains(ref)) ids.push_back(id);
    }
    return ids;
  }

 private:
  static void Start(ModelCall& call, const CallReport& r) {
    StoredCall& s = call.shown;
    call.started = true;
    s.op_name = s.trace_name.emplace(*r.op_name);
    s.trace_id = *r.trace_id;
    s.started_at_us = r.started_at->us;
    s.attributes = r.attributes.json;
    s.inputs = r.inputs.json;
    Win(s.parent_id, r.parent_id);
    Win(s.display_name, r.display_name);
    Win(s.thread_id, r.thread_id);
    Win(s.turn_id, r.turn_id);
    Win(s.wb_run_id, r.wb_run_id);
    Win(s.wb_run_step, r.wb_run_step);
    Win(s.wb_user_id, r.wb_user_id);
    if (!s.wb_user_id) s.wb_user_id = "local";
    if (r.otel_dump) s.otel_dump = r.otel_dump->json;
    call.input_refs = {r.input_refs.begin(), r.input_refs.end()};
  }

  static void End(ModelCall& call, const CallReport& r) {
    StoredCall& s = call.shown;
    call.ended = true;
    s.ended_at_us = r.ended_at->us;
    s.summary = r.summary.json;
    call.errors_below = r.summary.has_errors;
    Win(s.exception, r.exception);
    Win(s.wb_run_step_end, r.wb_run_step_end);
    if (r.output) {
      s.output = r.output->json;
      call.output_refs = {r.output_refs.begin(), r.output_refs.end()};
    }
  }

  std::map<std::string, ModelCall> calls_;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % unsigned(n)); }
  bool OneIn(int n) { return Below(n) == 0; }
  std::string Word(const char* stem, int n) {
    return stem + std::to_string(Below(n));
  }
  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(Below(int(i)))]);
    }
  }

 private:
  std::mt19937 random_;
};

std::string Ref(int n) {
  return "weave:///team/app/object/o:v" + std::to_string(n);
}

std::string SomeJson(Dice& dice) {
  switch (dice.Below(4)) {
    case 0:
      return "[" + std::to_string(dice.Below(100)) + "]";
    case 1:
      return R"({"r":")" + Ref(dice.Below(3)) + "\"}";
    case 2:
      return R"([")" + Ref(dice.Below(3)) + R"(",")" + Ref(dice.Below(3)) +
             "\"]";
    default:
      return "{}";
  }
}

void FillStart(Dice& dice, Part& part) {
  part.Op(dice.Word("op", 3)).Trace(dice.Word("t", 2)).At(dice.Below(50));
  part.Inputs(SomeJson(dice)).Attributes(SomeJson(dice));
  if (dice.OneIn(2)) part.Under(dice.Word("c", 12));
  if (dice.OneIn(4)) part.Named(dice.OneIn(3) ? "" : dice.Word("n", 9));
  if (dice.OneIn(3)) part.Thread(dice.Word("th", 9));
  if (dice.OneIn(3)) part.Turn(dice.Word("tu", 9));
  if (dice.OneIn(3)) part.User(dice.Word("u", 9));
  if (dice.OneIn(3)) part.Run(dice.Word("r", 9));
  if (dice.OneIn(3)) part.Step(dice.Below(9));
  if (dice.OneIn(5)) part.OtelDump("{\"d\":" + dice.Word("", 9) + "}");
}

void FillEnd(Dice& dice, Part& part) {
  part.Until(100 + dice.Below(50));
  part.Summary("{\"s\":" + dice.Word("", 9) + "}", dice.OneIn(3));
  if (dice.OneIn(2)) part.Output(SomeJson(dice));
  if (dice.OneIn(4)) part.Failing(dice.OneIn(3) ? "" : dice.Word("e", 9));
  if (dice.OneIn(3)) part.EndStep(dice.Below(9));
}

Part SomePart(Dice& dice) {
  const std::string id = dice.Word("c", 12);
  switch (dice.Below(5)) {
    case 0: {
      Part part = AComplete(id);
      FillStart(dice, part);
      FillEnd(dice, part);
      return part;
    }
    case 1:
    case 2: {
      Part part = AStart(id);
      FillStart(dice, part);
      return part;
    }
    default: {
      Part part = AnEnd(id);
      FillEnd(dice, part);
      return part;
    }
  }
}

// As text, so that a failure shows what differs.
std::string Shown(const StoredCall& call) {
  std::string text;
  const auto add = [&](const char* name, const auto& value) {
    text += std::string(" ") + name + "=";
    if constexpr (requires { std::string(*value); }) {
      text += value ? *value : "-";
    } else {
      text += value ? std::to_string(*value) : "-";
    }
  };
  text = call.id + " " + call.op_name + " " + call.trace_id + " " +
         std::to_string(call.started_at_us) + " " +
         std::to_string(static_cast<int>(call.status));
  add("name", call.display_name);
  add("trace_name", call.trace_name);
  add("parent", call.parent_id);
  add("thread", call.thread_id);
  add("turn", call.turn_id);
  add("ended", call.ended_at_us);
  add("exception", call.exception);
  add("attributes", call.attributes);
  add("inputs", call.inputs);
  add("otel", call.otel_dump);
  add("output", call.output);
  add("summary", call.summary);
  add("user", call.wb_user_id);
  add("run", call.wb_run_id);
  add("step", call.wb_run_step);
  add("end_step", call.wb_run_step_end);
  return text;
}

int64_t Size(const StoredCall& call) {
  const auto ended = [&] {
    return int64_t(call.output.value_or("null").size() + call.summary->size());
  };
  return int64_t(call.attributes->size() + call.inputs->size()) +
         (call.summary ? ended() : 0);
}

void CheckSame(StoreFixture& store, const Model& model) {
  int64_t visible = 0;
  int64_t roots = 0;
  for (int i = 0; i < 12; ++i) {
    const std::string id = "c" + std::to_string(i);
    CAPTURE(id);
    auto stored = store.Get(id);
    const auto expected = model.Get(id);
    REQUIRE(stored.has_value() == expected.has_value());
    if (!expected) continue;
    ++visible;
    roots += expected->parent_id ? 0 : 1;
    CHECK(stored->storage_size_bytes == Size(*expected));
    stored->storage_size_bytes.reset();
    stored->total_storage_size_bytes.reset();
    CHECK(Shown(*stored) == Shown(*expected));
    CHECK(*stored == *expected);
  }
  CHECK(store.Count() == visible);
  CHECK(NumberIn(*store.database,
                 "SELECT count(*) FROM calls c LEFT JOIN call_outputs u ON "
                 "u.row_id = c.output_row WHERE c.usage IS NOT "
                 "usage_of(u.summary)") == 0);
  model::CallsQueryStatsReq only_roots = ACount();
  only_roots.filter->trace_roots_only = true;
  CHECK(store.Count(only_roots) == roots);
  for (int i = 0; i < 3; ++i) {
    const std::string ref = Ref(i);
    CAPTURE(ref);
    model::CallsQueryReq request = ARequest();
    request.sort_by = Ascending("id");
    request.filter->input_refs = {{ref}};
    auto expected = model.With(ref, &ModelCall::input_refs);
    CHECK(store.Ids(request) == expected);
    request.filter->input_refs.reset();
    request.filter->output_refs = {{ref}};
    expected = model.With(ref, &ModelCall::output_refs);
    CHECK(store.Ids(request) == expected);
  }
}

TEST_CASE("any parts in any order merge as the model says", "[store]") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    std::vector<Part> parts;
    for (int i = 0; i < 60; ++i) {
      parts.push_back(SomePart(dice));
      while (dice.OneIn(4)) parts.push_back(parts.back());  // sent again
    }
    dice.Shuffle(parts);

    StoreFixture store;
    Model model;
    for (size_t at = 0; at < parts.size();) {
      const size_t count =
          std::min(parts.size() - at, size_t(1 + dice.Below(8)));
      std::vector<Part> batch(parts.begin() + long(at),
                              parts.begin() + long(at + count));
      at += count;
      // Before Record(), which may join a start with its end.
      for (const Part& part : batch) model.Apply(part.report());
      REQUIRE(store.RecordAll(batch).ok());
      if (dice.OneIn(12)) {
        const std::string id = dice.Word("c", 12);
        store.Delete({id});
        model.Delete(id);
      }
      if (dice.OneIn(8)) {
        const std::string id = dice.Word("c", 12);
        const std::string name = dice.OneIn(3) ? "" : dice.Word("set", 9);
        REQUIRE(store.calls.SetDisplayName(kProject, id, name).ok());
        model.Name(id, name);
      }
      if (dice.OneIn(4)) CheckSame(store, model);
    }
    CheckSame(store, model);
  }
}

TEST_CASE(
    "one start and one end give the same call in any order, any number "
    "of times",
    "[store]") {
  std::vector<StoredCall> results;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Dice dice(seed);
    std::vector<Part> parts;
    const int starts = 1 + dice.Below(3);
    const int ends = 1 + dice.Below(3);
    for (int i = 0; i < starts; ++i) {
      parts.push_back(AStart("c1").Inputs(R"({"a":1})").Named("n"));
    }
    for (int i = 0; i < ends; ++i) {
      parts.push_back(AnEnd("c1").Output("[1]").Failing("boom"));
    }
    dice.Shuffle(parts);
    StoreFixture store;
    for (Part& part : parts) REQUIRE(store.Record(part).ok());
    results.push_back(*store.Get("c1"));
    CAPTURE(seed);
    CHECK(results.back() == results.front());
  }
}

}  // namespace
}  // namespace bobbin::testing
