// Creating, replacing and purging feedback (contract section 10).

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

constexpr std::string_view kCallRef = "weave:///team/app/call/c1";
constexpr std::string_view kSpecRef = "weave:///team/app/object/stars:latest";

Body AFeedback(std::string_view type = "custom",
               std::string_view payload = "{}") {
  return {{"project_id", Quoted(kProject)},
          {"weave_ref", Quoted(kCallRef)},
          {"feedback_type", Quoted(type)},
          {"payload", std::string(payload)}};
}

Body AnAnnotation(std::string_view payload) {
  return AFeedback("wandb.annotation.stars", payload)
      .WithText("annotation_ref", kSpecRef);
}

// Publishes the annotation spec "stars", of 0 to 5.
void PublishSpec(
    Api& api, std::string_view name = "stars",
    std::string_view schema = R"({"type":"integer","minimum":0,"maximum":5})") {
  api.Ok("/obj/create", R"({"obj":{"project_id":"team/app","object_id":")" +
                            std::string(name) +
                            R"(","builtin_object_class":"AnnotationSpec",)"
                            R"("val":{"name":"x","field_schema":)" +
                            std::string(schema) + "}}}");
}

Json Created(Api& api, const Body& feedback) {
  return Json::parse(api.Ok("/feedback/create", feedback.json()));
}

Json All(Api& api) {
  return Json::parse(api.Ok("/feedback/query", R"({"project_id":"team/app"})"));
}

// The status of creating it, and the whole reason for a refusal.
struct Row {
  Body feedback;
  int status;
  std::string reason = {};
};

void CheckCreate(Api& api, const Row& row) {
  CAPTURE(row.feedback.json());
  const api::Response response =
      api.Post("/feedback/create", row.feedback.json());
  if (row.status == 200) {
    INFO(response.body);
    CHECK(response.status == 200);
    CHECK(All(api).at("total_count") == 1);
    return;
  }
  CHECK(ReasonOf(response, row.status) == row.reason);
  CHECK(All(api).at("total_count") == 0);
}

TEST_CASE("created feedback is answered with what the server decided",
          "[api][feedback]") {
  Api api;
  CHECK(api.Ok("/feedback/create",
               AFeedback("custom", R"({ "a": 1.0 })").json()) ==
        R"({"id":"made-1","created_at":"2023-11-14T22:13:20Z",)"
        R"("wb_user_id":"local","payload":{ "a": 1.0 }})");
  CHECK(Created(
            api,
            AFeedback().WithText("id", "mine").WithText("wb_user_id", "me")) ==
        Json::parse(R"({"id":"mine","created_at":"2023-11-14T22:13:20Z",
                        "wb_user_id":"me","payload":{}})"));
  CHECK(Created(api, AFeedback().WithText("id", "")).at("id") == "made-2");
}

TEST_CASE("every member of feedback comes back", "[api][feedback]") {
  Api api;
  api.clock.now_us += 1;
  const Body sent =
      AFeedback("wandb.runnable.judge", R"({"output":{"ok":true},"x":1e2})")
          .WithText("id", "f1")
          .WithText("creator", "Jane \u00e9")
          .WithText("runnable_ref", "weave:///team/app/op/judge:v1")
          .WithText("call_ref", "weave:///team/app/call/c2")
          .WithText("trigger_ref", "weave:///team/app/object/monitor:abc")
          .WithText("queue_id", "q1")
          .With("scorer_tags", R"(["good", "fast"])")
          .With("scorer_tag_reasons", R"({"good":"it is"})")
          .With("scorer_tag_confidences", R"({"good":0.90})")
          .With("scorer_ratings", R"({"quality":1})")
          .With("scorer_rating_reasons", R"({"quality":"high"})")
          .With("scorer_rating_confidences", R"({"quality":0.5})")
          .WithText("scorer_trace_id", "t9")
          .WithText("span_agent_name", "agent")
          .WithText("span_agent_version", "2")
          .WithText("span_status_code", "OK")
          .WithText("span_conversation_id", "conv")
          .WithText("span_trace_id", "t1");
  Created(api, sent);
  CHECK(api.Ok("/feedback/query", R"({"project_id":"team/app"})") ==
        R"({"result":[{"id":"f1","project_id":"team/app",)"
        R"("weave_ref":"weave:///team/app/call/c1","wb_user_id":"local",)"
        "\"creator\":\"Jane \u00e9\","
        R"("created_at":"2023-11-14T22:13:20.000001Z",)"
        R"("feedback_type":"wandb.runnable.judge",)"
        R"("payload":{"output":{"ok":true},"x":1e2},"annotation_ref":null,)"
        R"("runnable_ref":"weave:///team/app/op/judge:v1",)"
        R"("call_ref":"weave:///team/app/call/c2",)"
        R"("trigger_ref":"weave:///team/app/object/monitor:abc",)"
        R"("queue_id":"q1","scorer_tags":["good", "fast"],)"
        R"("scorer_tag_reasons":{"good":"it is"},)"
        R"("scorer_tag_confidences":{"good":0.90},)"
        R"("scorer_ratings":{"quality":1},)"
        R"("scorer_rating_reasons":{"quality":"high"},)"
        R"("scorer_rating_confidences":{"quality":0.5},)"
        R"("scorer_trace_id":"t9","span_agent_name":"agent",)"
        R"("span_agent_version":"2","span_status_code":"OK",)"
        R"("span_conversation_id":"conv","span_trace_id":"t1"}],)"
        R"("total_count":1})");
}

TEST_CASE("a reaction is exactly one emoji, and is kept with its names",
          "[api][feedback]") {
  struct Reaction {
    std::string payload;
    std::string kept;  // "": refused
  };
  const auto [payload, kept] = GENERATE(values<Reaction>({
      {"{\"emoji\": \"\U0001F44D\U0001F3FD\"}",
       "{\"emoji\": \"\U0001F44D\U0001F3FD\","
       "\"alias\":\":thumbs_up_medium_skin_tone:\","
       "\"detoned\":\"\U0001F44D\",\"detoned_alias\":\":thumbs_up:\"}"},
      {R"({"emoji":"\ud83d\udc4d"})",
       "{\"emoji\":\"\U0001F44D\",\"alias\":\":thumbs_up:\","
       "\"detoned\":\"\U0001F44D\",\"detoned_alias\":\":thumbs_up:\"}"},
      {"{\"alias\":\"theirs\",\"emoji\":\"1\uFE0F\u20E3\",\"note\":\"n\","
       "\"detoned\":1}",
       "{\"emoji\":\"1\uFE0F\u20E3\",\"note\":\"n\",\"alias\":\":keycap_1:\","
       "\"detoned\":\"1\uFE0F\u20E3\",\"detoned_alias\":\":keycap_1:\"}"},
      {"{\"emoji\":\"\U0001F1E9\U0001F1EA\"}",
       "{\"emoji\":\"\U0001F1E9\U0001F1EA\",\"alias\":\":Germany:\","
       "\"detoned\":\"\U0001F1E9\U0001F1EA\","
       "\"detoned_alias\":\":Germany:\"}"},
      {R"({"emoji":""})", ""},
      {R"({"emoji":"ok"})", ""},
      {R"({"emoji":":thumbs_up:"})", ""},
      {"{\"emoji\":\"\U0001F44D\U0001F44D\"}", ""},
      {"{\"emoji\":\"\U0001F44D!\"}", ""},
      {R"({"emoji":"\ud83d"})", ""},
      {R"({"emoji":"1"})", ""},
  }));
  CAPTURE(payload);
  Api api;
  const Body reaction = AFeedback("wandb.reaction.1", payload);
  const api::Response response = api.Post("/feedback/create", reaction.json());
  if (kept.empty()) {
    CHECK(ReasonOf(response, 400) ==
          "Value of emoji key in payload must be exactly one emoji");
    return;
  }
  REQUIRE(response.status == 200);
  CHECK(Json::parse(response.body).at("payload") == Json::parse(kept));
  CHECK(All(api).at("result").at(0).at("payload") == Json::parse(kept));
}

TEST_CASE("what each type of feedback must have", "[api][feedback]") {
  const std::string longest(1024, 'x');
  const std::string wide(1024 * 4, 'x');
  const auto note = [](const std::string& json) {
    return AFeedback("wandb.note.1", R"({"note":)" + json + "}");
  };
  const auto runnable = [](std::string_view ref) {
    return AFeedback("wandb.runnable.judge", R"({"output":null})")
        .WithText("runnable_ref", ref);
  };
  std::string thousand;
  for (int i = 0; i < 1024; ++i) thousand += "\u00e9";
  const std::string bad = "Invalid payload for feedback_type ";
  const Row row = GENERATE_COPY(values<Row>({
      {AFeedback(), 200},
      {AFeedback("anything at all", R"({"note":1,"emoji":2})"), 200},
      {AFeedback("wandb.something.else"), 200},
      {AFeedback(""), 400, "feedback_type must not be empty"},

      {AFeedback("wandb.reaction.1"), 400,
       bad + "wandb.reaction.1: emoji: Field required"},
      {AFeedback("wandb.reaction.1", R"({"emoji":1})"), 400,
       bad + "wandb.reaction.1: emoji: Input should be a valid string"},

      {note(R"("x")"), 200},
      {note(Quoted(longest)), 200},
      {note(Quoted(thousand)), 200},
      {note(R"("\u0041\n")"), 200},
      {AFeedback("wandb.note.1"), 400,
       bad + "wandb.note.1: note: Field required"},
      {note("null"), 400,
       bad + "wandb.note.1: note: Input should be a valid string"},
      {note("\"\""), 400,
       bad + "wandb.note.1: note: String should have at least 1 character"},
      {note(Quoted(longest + "y")), 400,
       bad + "wandb.note.1: note: String should have at most 1024 characters"},

      {runnable("weave:///team/app/object/judge:v0"), 200},
      {runnable("weave:///team/app/op/judge:v0")
           .WithText("call_ref", "weave:///team/app/call/c2"),
       200},
      {runnable("weave:///other/app/object/judge:v0"), 200},
      {AFeedback("wandb.runnable.judge", R"({"output":1})"), 400,
       "runnable_ref is required for runnable feedback"},
      {AFeedback("wandb.runnable", R"({"output":1})"), 400,
       "Invalid runnable feedback type: wandb.runnable"},
      {AFeedback("wandb.runnable.", R"({"output":1})"), 400,
       "Invalid runnable feedback type: wandb.runnable."},
      {runnable("weave:///team/app/op/judge:v0"), 400,
       "call_ref is required for runnable feedback on ops"},
      {runnable("weave:///team/app/object/other:v0"), 400,
       "runnable_ref must point to an object with name judge"},
      {runnable("judge"), 400,
       "runnable_ref is not a ref of an op or object: judge"},
      {runnable("weave:///team/app/object/judge:v0").With("payload", "{}"), 400,
       bad + "wandb.runnable.judge: output: Field required"},
      {runnable("weave:///team/app/op/judge:v0").WithText("call_ref", "c2"),
       400, "call_ref is not a ref of a call: c2"},
      {runnable("weave:///team/app/object/judge:v0")
           .WithText("trigger_ref", "weave:///team/app/op/x:y"),
       400, "trigger_ref is not a ref of an object: weave:///team/app/op/x:y"},

      {AFeedback().WithText("runnable_ref", "weave:///team/app/op/f:v0"), 400,
       "runnable_ref is not allowed for non-runnable feedback"},
      {AFeedback().WithText("call_ref", kCallRef), 400,
       "call_ref is not allowed for non-runnable feedback"},
      {AFeedback().WithText("trigger_ref", kSpecRef), 400,
       "trigger_ref is not allowed for non-runnable feedback"},
      {AFeedback().WithText("annotation_ref", kSpecRef), 400,
       "annotation_ref is not allowed for non-annotation feedback"},
      {AFeedback().WithText("annotation_ref", ""), 200},
      {AFeedback().With("runnable_ref", "null"), 200},

      {AFeedback("wandb.agent_user_feedback")
           .With("scorer_tags", R"(["good"])"),
       200},
      {AFeedback("wandb.agent_user_feedback"), 400,
       "scorer_tags is required for agent user feedback"},
      {AFeedback("wandb.agent_user_feedback").With("scorer_tags", "[]"), 400,
       "scorer_tags is required for agent user feedback"},
      {AFeedback("wandb.agent_monitor"), 400,
       "runnable_ref is required for agent monitor feedback"},
      {AFeedback("wandb.agent_monitor")
           .WithText("runnable_ref", "weave:///team/app/op/f:v0")
           .WithText("call_ref", kCallRef)
           .WithText("trigger_ref", kSpecRef),
       200},

      {AFeedback().WithText("project_id", "app"), 400,
       "Invalid project_id: 'app'. Expected entity/project"},
  }));
  Api api;
  CheckCreate(api, row);
}

TEST_CASE("an annotation is held against its spec", "[api][feedback]") {
  const std::string mismatch =
      "Feedback payload does not match annotation spec";
  const auto named = [](std::string_view ref) {
    return AnAnnotation(R"({"value":1})").WithText("annotation_ref", ref);
  };
  const Row row = GENERATE_COPY(values<Row>({
      {AnAnnotation(R"({"value":0})"), 200},
      {AnAnnotation(R"({"value":5,"more":"x"})"), 200},
      {named("weave:///team/app/object/stars:v0"), 200},
      {AnAnnotation(R"({"value":6})"), 400, mismatch},
      {AnAnnotation(R"({"value":"5"})"), 400, mismatch},
      {AnAnnotation(R"({"value":null})"), 400, mismatch},
      {AnAnnotation("{}"), 400,
       "Invalid payload for feedback_type wandb.annotation.stars: value: "
       "Field required"},
      {AFeedback("wandb.annotation.stars", R"({"value":1})"), 400,
       "annotation_ref is required for annotation feedback"},
      {AFeedback("wandb.annotation", R"({"value":1})"), 400,
       "Invalid annotation feedback type: wandb.annotation"},
      {named("stars"), 400, "annotation_ref is not a ref of an object: stars"},
      {named("weave:///team/app/op/stars:v0"), 400,
       "annotation_ref is not a ref of an object: "
       "weave:///team/app/op/stars:v0"},
      {named("weave:///team/app/object/moons:v0"), 400,
       "annotation_ref must point to an object with name stars"},
      {named("weave:///team/other/object/stars:v0"), 400,
       "Annotation ref weave:///team/other/object/stars:v0 does not match "
       "project id team/app"},
      {named("weave:///team/app/object/stars:v7"), 400,
       "Annotation ref weave:///team/app/object/stars:v7 not found"},
      {AnAnnotation(R"({"value":1})")
           .WithText("feedback_type", "wandb.annotation.plain")
           .WithText("annotation_ref", "weave:///team/app/object/plain:latest"),
       400,
       "Annotation ref weave:///team/app/object/plain:latest is not a valid "
       "annotation spec"},
  }));
  Api api;
  PublishSpec(api);
  api.Ok("/obj/create",
         R"({"obj":{"project_id":"team/app","object_id":"plain","val":1}})");
  CheckCreate(api, row);
}

TEST_CASE("a payload is at most 1 MiB", "[api][feedback]") {
  Api api;
  constexpr size_t kMost = 1 << 20;
  const auto payload = [](size_t bytes) {
    return R"({"a":")" + std::string(bytes - 8, 'x') + "\"}";
  };
  CHECK(api.Post("/feedback/create", AFeedback("custom", payload(kMost)).json())
            .status == 200);
  CHECK(ReasonOf(api.Post("/feedback/create",
                          AFeedback("custom", payload(kMost + 1)).json()),
                 400) == "Feedback payload too large");
}

TEST_CASE("what is wrong with the shape of feedback, and where",
          "[api][feedback]") {
  struct Wrong {
    std::string path;
    std::string body;
    std::string details;  // [type, loc]
  };
  const Wrong row = GENERATE(values<Wrong>({
      {"/feedback/create", "{}",
       R"([["missing",["body","project_id"]],["missing",["body","weave_ref"]],
           ["missing",["body","feedback_type"]],
           ["missing",["body","payload"]]])"},
      {"/feedback/create",
       R"({"id":1,"project_id":1,"weave_ref":null,"feedback_type":[],
           "payload":[],"scorer_tags":{},"scorer_tag_reasons":{"a":1},
           "scorer_ratings":{"a":"x"},"span_trace_id":1,"more":1})",
       R"([["string_type",["body","id"]],["string_type",["body","project_id"]],
           ["string_type",["body","weave_ref"]],
           ["string_type",["body","feedback_type"]],
           ["dict_type",["body","payload"]],
           ["list_type",["body","scorer_tags"]],
           ["string_type",["body","scorer_tag_reasons","a"]],
           ["float_parsing",["body","scorer_ratings","a"]],
           ["string_type",["body","span_trace_id"]],
           ["extra_forbidden",["body","more"]]])"},
      {"/feedback/batch/create", "{}", R"([["missing",["body","batch"]]])"},
      {"/feedback/batch/create",
       R"({"batch":[{"project_id":"team/app","weave_ref":"r",
           "feedback_type":"t","payload":{},"scorer_tags":[1],"x":1}]})",
       R"([["string_type",["body","batch",0,"scorer_tags",0]],
           ["extra_forbidden",["body","batch",0,"x"]]])"},
      {"/feedback/replace",
       R"({"project_id":"team/app","weave_ref":"r","feedback_type":"t",
           "payload":{}})",
       R"([["missing",["body","feedback_id"]]])"},
      {"/feedback/purge", R"({"project_id":"team/app"})",
       R"([["missing",["body","query"]]])"},
      {"/feedback/query", R"({"limit":"x","sort_by":[{"field":"id"}],"y":1})",
       R"([["missing",["body","project_id"]],
           ["missing",["body","sort_by",0,"direction"]],
           ["int_parsing",["body","limit"]],
           ["extra_forbidden",["body","y"]]])"},
  }));
  CAPTURE(row.path, row.body);
  Api api;
  Json got = Json::array();
  for (const Json& detail : DetailsOf(api.Post(row.path, row.body))) {
    got.push_back({detail.at("type"), detail.at("loc")});
  }
  CHECK(got == Json::parse(row.details));
}

TEST_CASE("a batch is answered in its order", "[api][feedback]") {
  Api api;
  PublishSpec(api);
  const Json answer = Json::parse(api.Ok(
      "/feedback/batch/create",
      Batch({AFeedback().WithText("id", "f1").json(),
             AFeedback("wandb.reaction.1", "{\"emoji\":\"\U0001F44D\"}").json(),
             AnAnnotation(R"({"value":1})").WithText("id", "f3").json(),
             AnAnnotation(R"({"value":2})").WithText("id", "f4").json()})));
  REQUIRE(answer.at("res").size() == 4);
  CHECK(answer["res"][0].at("id") == "f1");
  CHECK(answer["res"][1].at("id") == "made-1");
  CHECK(answer["res"][1].at("payload").at("alias") == ":thumbs_up:");
  CHECK(answer["res"][3].at("payload") == Json{{"value", 2}});
  CHECK(All(api).at("total_count") == 4);
  CHECK(api.Ok("/feedback/batch/create", R"({"batch":[]})") == R"({"res":[]})");
}

TEST_CASE("a batch is kept as a whole or not at all", "[api][feedback]") {
  Api api;
  PublishSpec(api);
  CHECK(ReasonOf(api.Post("/feedback/batch/create",
                          Batch({AFeedback().json(),
                                 AnAnnotation(R"({"value":1})").json(),
                                 AnAnnotation(R"({"value":9})").json()})),
                 400) ==
        "batch[2]: Feedback payload does not match annotation spec");
  CHECK(All(api).at("total_count") == 0);
}

TEST_CASE("a batch that is sent again changes nothing", "[api][feedback]") {
  Api api;
  const std::string batch = Batch({AFeedback().WithText("id", "f1").json(),
                                   AFeedback().WithText("id", "f2").json()});
  const std::string answer = api.Ok("/feedback/batch/create", batch);
  const Json before = All(api);
  CHECK(api.Ok("/feedback/batch/create", batch) == answer);
  CHECK(All(api) == before);
}

TEST_CASE("replaced feedback is gone, and the new has an id of its own",
          "[api][feedback]") {
  Api api;
  Created(api, AFeedback().WithText("id", "f1"));
  const Body replacement = AFeedback("wandb.note.1", R"({"note":"better"})")
                               .WithText("feedback_id", "f1");
  const Json answer =
      Json::parse(api.Ok("/feedback/replace", replacement.json()));
  CHECK(answer.at("id") == "made-1");
  CHECK(answer.at("payload") == Json{{"note", "better"}});
  const Json all = All(api);
  CHECK(all.at("total_count") == 1);
  CHECK(all.at("result")[0].at("id") == "made-1");

  SECTION("a replacement that is no good leaves the old") {
    CHECK(ReasonOf(api.Post("/feedback/replace",
                            AFeedback("wandb.note.1")
                                .WithText("feedback_id", "made-1")
                                .json()),
                   400) ==
          "Invalid payload for feedback_type wandb.note.1: note: Field "
          "required");
    CHECK(All(api) == all);
  }
}

TEST_CASE("a purge names ids, and takes those of its own project",
          "[api][feedback]") {
  struct Purge {
    std::string project, query;
    std::string left;  // "": refused
  };
  const Purge row = GENERATE(values<Purge>({
      {"team/app", R"({"$eq":[{"$getField":"id"},{"$literal":"f1"}]})",
       "f2 f3"},
      {"team/app", R"({"$or":[
           {"$eq":[{"$getField":"id"},{"$literal":"f1"}]},
           {"$eq":[{"$getField":"id"},{"$literal":"f3"}]}]})",
       "f2"},
      {"team/app",
       R"({"$in":[{"$getField":"id"},[{"$literal":"f2"},{"$literal":"x"}]]})",
       "f1 f3"},
      {"team/other", R"({"$eq":[{"$getField":"id"},{"$literal":"f1"}]})",
       "f1 f2 f3"},
      {"team/app", R"({"$eq":[{"$getField":"creator"},{"$literal":"x"}]})", ""},
      {"team/app", R"({"$eq":[{"$literal":"1"},{"$literal":"1"}]})", ""},
      {"team/app", R"({"$not":[
           {"$eq":[{"$getField":"id"},{"$literal":"f1"}]}]})",
       ""},
  }));
  CAPTURE(row.query);
  Api api;
  for (const char* id : {"f1", "f2", "f3"}) {
    Created(api, AFeedback().WithText("id", id));
  }
  const std::string request = Body{
      {"project_id", Quoted(row.project)},
      {"query", R"({"$expr":)" + row.query +
                    "}"}}.json();
  if (row.left.empty()) {
    CHECK(ReasonOf(api.Post("/feedback/purge", request), 400) ==
          "Can only purge feedback by specifying one or more feedback ids");
    CHECK(All(api).at("total_count") == 3);
    return;
  }
  CHECK(api.Ok("/feedback/purge", request) == "{}");
  std::string left;
  const Json all = All(api);
  for (const Json& one : all.at("result")) {
    left += (left.empty() ? "" : " ") + one.at("id").get<std::string>();
  }
  CHECK(left == row.left);
}

TEST_CASE("feedback on a call is shown with the call when asked for",
          "[api][feedback]") {
  Api api;
  PutComplete(api, AComplete("c1"));
  PutComplete(api, AComplete("c2"));
  Created(api, AFeedback("wandb.reaction.1", "{\"emoji\":\"\U0001F44D\"}")
                   .WithText("id", "f2"));
  api.clock.now_us -= 1;
  Created(api, AFeedback("custom", "{\"a\":\n1.0}").WithText("id", "f1"));
  Created(api, AFeedback().WithText("weave_ref", "weave:///team/x/call/c1"));
  Created(api, AFeedback().WithText("project_id", "team/x"));
  const std::string lines =
      api.Ok("/calls/stream_query",
             R"({"project_id":"team/app","include_feedback":true,
          "columns":["id"]})");
  CHECK(std::ranges::count(lines, '\n') == 2);
  CHECK_THAT(lines, Catch::Contains("\"payload\":{\"a\": 1.0}"));
  const Json call = Json::parse(lines.substr(0, lines.find('\n')));
  CHECK(call.at("summary").at("weave").at("feedback") == Json::parse(R"([
    {"id":"f1","feedback_type":"custom",
     "weave_ref":"weave:///team/app/call/c1","payload":{"a":1.0},
     "creator":null,"created_at":"2023-11-14T22:13:19.999999Z",
     "wb_user_id":"local","runnable_ref":null,"call_ref":null,
     "trigger_ref":null,"annotation_ref":null,"scorer_tags":[],
     "scorer_tag_reasons":{},"scorer_tag_confidences":{},"scorer_ratings":{},
     "scorer_rating_reasons":{},"scorer_rating_confidences":{}},
    {"id":"f2","feedback_type":"wandb.reaction.1",
     "weave_ref":"weave:///team/app/call/c1",
     "payload":{"emoji":"\ud83d\udc4d","alias":":thumbs_up:",
                "detoned":"\ud83d\udc4d","detoned_alias":":thumbs_up:"},
     "creator":null,"created_at":"2023-11-14T22:13:20Z",
     "wb_user_id":"local","runnable_ref":null,"call_ref":null,
     "trigger_ref":null,"annotation_ref":null,"scorer_tags":[],
     "scorer_tag_reasons":{},"scorer_tag_confidences":{},"scorer_ratings":{},
     "scorer_rating_reasons":{},"scorer_rating_confidences":{}}])"));
  const std::vector<Json> calls = QueryCalls(api, R"("include_feedback":true)");
  CHECK(calls.at(1).at("summary").at("weave").at("feedback") == Json::array());
  CHECK(Json::parse(
            api.Ok("/calls/query",
                   R"({"project_id":"team/app","include_feedback":true})"))
            .at("calls")[0]
            .at("summary")
            .at("weave")
            .at("feedback")
            .size() == 2);
}

TEST_CASE("feedback on a deleted call stays, and is found by its ref",
          "[api][feedback]") {
  Api api;
  PutComplete(api, AComplete("c1"));
  Created(api, AFeedback().WithText("id", "f1"));
  api.Ok("/calls/delete", R"({"project_id":"team/app","call_ids":["c1"]})");
  CHECK(QueryCalls(api, R"("include_feedback":true)").empty());
  CHECK(Json::parse(api.Ok("/feedback/query",
                           R"({"project_id":"team/app","query":{"$expr":
                               {"$eq":[{"$getField":"weave_ref"},{"$literal":
                               "weave:///team/app/call/c1"}]}}})"))
            .at("result")[0]
            .at("id") == "f1");
}

TEST_CASE("feedback is there after a restart, byte by byte",
          "[api][feedback]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  api.Ok("/feedback/create",
         AFeedback("custom", "{\"a\":\"\u00e9\\ud83d\"}").json());
  const auto all = [&] {
    return api.Ok("/feedback/query", R"({"project_id":"team/app"})");
  };
  const std::string before = all();
  CHECK_THAT(before, Catch::Contains("{\"a\":\"\u00e9\\ud83d\"}"));
  api.Restart();
  CHECK(all() == before);
}

TEST_CASE("feedback goes through a port as it goes in process",
          "[api][feedback]") {
  Api api(Transport::kPort);
  Created(api, AFeedback().WithText("id", "f1"));
  CHECK(All(api).at("result")[0].at("id") == "f1");
  CHECK(Json::parse(
            api.Ok("/traces/feedback/query", R"({"project_id":"team/app"})"))
            .at("total_count") == 1);
}

}  // namespace
}  // namespace bobbin::testing
