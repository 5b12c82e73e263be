// An evaluation as the Python SDK reports it (contract section 16): each
// request as that client writes it, with every optional member there and null,
// and JSON without a Content-Type.

#include <cctype>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "support/api_rows.h"

namespace bobbin::testing {
namespace {

const std::string kRefs = "weave:///team/app/";

// JSON with the text of each `$name` in it.
using Names = std::map<std::string, std::string>;
std::string Fill(std::string json, const Names& names) {
  for (size_t at = 0; (at = json.find('$', at)) != std::string::npos; ++at) {
    size_t end = at + 1;
    while (end < json.size() && std::islower(json[end]) != 0) ++end;
    const auto name = names.find(json.substr(at + 1, end - at - 1));
    // `$expr` and its like stay.
    if (name != names.end()) json.replace(at, end - at, name->second);
  }
  return json;
}

class PythonSdk : public Api {
 public:
  using Api::Api;

  std::string Say(const std::string& path, const std::string& body) {
    const api::Response response = Send({.method = "POST",
                                         .path = path,
                                         .content_type = "application/json",
                                         .body = body});
    CAPTURE(path, body, response.body);
    REQUIRE(response.status == 200);
    return response.body;
  }
  Json Ask(const std::string& path, const std::string& body) {
    return Json::parse(Say(path, body));
  }
  std::vector<Json> Stream(const std::string& path, const std::string& body) {
    std::vector<Json> lines;
    const std::string text = Say(path, body);
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      REQUIRE(end != std::string::npos);
      lines.push_back(Json::parse(text.substr(at, end - at)));
      at = end + 1;
    }
    return lines;
  }

  std::string PublishObject(const std::string& name, const std::string& val) {
    const Json created =
        Ask("/obj/create",
            R"({"obj":{"project_id":"team/app","object_id":")" + name +
                R"(","val":)" + val +
                R"(,"builtin_object_class":null,"expected_digest":null,)"
                R"("wb_user_id":null}})");
    CHECK(created.at("object_id") == name);
    return kRefs + "object/" + name + ":" +
           created.at("digest").get<std::string>();
  }
  // Uploads the source, then the op that names it.
  std::string PublishOp(const std::string& name) {
    const std::string source =
        "import weave\n\n@weave.op()\ndef " + name + "():";
    const api::Response file =
        SendForm("/files/create", {{.name = "project_id", .data = "team/app"},
                                   {.name = "file",
                                    .filename = "obj.py",
                                    .content_type = "text/x-python",
                                    .data = source}});
    REQUIRE(file.status == 200);
    const std::string digest = Json::parse(file.body).at("digest");
    CHECK(digest == Digest(source));
    std::string ref = PublishObject(
        name, R"({"_type":"CustomWeaveType","weave_type":{"type":"Op"},)"
              R"("files":{"obj.py":")" +
                  digest + R"("}})");
    return ref.replace(kRefs.size(), 6, "op");
  }
  // In pieces, each a table, which are then put together.
  std::string PublishRows(const std::vector<std::string>& pieces) {
    std::string digests;
    for (const std::string& piece : pieces) {
      const Json table =
          Ask("/table/create", R"({"table":{"project_id":"team/app","rows":)" +
                                   piece + R"(,"expected_digest":null}})");
      for (const Json& digest : table.at("row_digests")) {
        if (!digests.empty()) digests += ',';
        digests += digest.dump();
        rows_.push_back(digest.get<std::string>());
      }
    }
    const Json table = Ask("/table/create_from_digests",
                           R"({"project_id":"team/app","row_digests":[)" +
                               digests + R"(],"expected_digest":null})");
    return kRefs + "table/" + table.at("digest").get<std::string>();
  }

  const std::string& row(size_t i) const { return rows_.at(i); }

 private:
  std::vector<std::string> rows_;
};

// What weave.init() asks.
void Init(PythonSdk& sdk) {
  const Json info =
      Json::parse(sdk.Send({.method = "GET", .path = "/server_info"}).body);
  CHECK(info.at("min_required_weave_python_version").is_string());
  CHECK(info.contains("trace_server_version"));
  const Json project = sdk.Ask(
      "/graphql",
      R"({"query":"query Project($name: String!, $entity: String!) {\n)"
      R"(  project(name: $name, entityName: $entity) {\n    name\n  }\n}",)"
      R"("variables":{"name":"app","entity":"team"}})");
  CHECK(project.at("data").at("project").at("name") == "app");
  const Json made = sdk.Ask(
      "/graphql",
      R"({"query":"mutation UpsertModel($name: String!, $id: String, )"
      R"($entity: String!, $description: String, $repo: String) {\n)"
      R"(  upsertModel(input: {id: $id, name: $name, entityName: $entity, )"
      R"(description: $description, repo: $repo}) {\n    model {\n)"
      R"(      name\n      description\n    }\n  }\n}",)"
      R"("variables":{"name":"app","entity":"team"}})");
  CHECK(made.at("data").at("upsertModel").at("model").at("name") == "app");
  const Json viewer =
      sdk.Ask("/graphql",
              R"({"query":"query DefaultEntity {\n  viewer {\n    username\n)"
              R"(    defaultEntity {\n      name\n    }\n  }\n}"})");
  CHECK(viewer.at("data").at("viewer").at("username") == "local");
}

// One finished call, all of it one and a half seconds long.
std::string Complete(const std::string& id, const std::string& parent,
                     const std::string& op, const std::string& inputs,
                     const std::string& output, const std::string& summary) {
  return Fill(R"({"project_id":"team/app","id":"$id","op_name":"$op",
      "display_name":null,"trace_id":"trace","parent_id":"$parent",
      "thread_id":null,"turn_id":null,
      "started_at":"2026-01-01T00:00:01.000001Z",
      "ended_at":"2026-01-01T00:00:02.500001Z",
      "attributes":{"weave":{"client_version":"0.52.0","source":"python-sdk",
        "os_name":"Linux","python":{"type":"python"}}},
      "inputs":$inputs,"exception":null,"output":$output,"summary":$summary,
      "otel_dump":null,"wb_user_id":null,"wb_run_id":null,"wb_run_step":null,
      "wb_run_step_end":null})",
              {{"id", id},
               {"parent", parent},
               {"op", op},
               {"inputs", inputs},
               {"output", output},
               {"summary", summary}});
}

// A query with every member that the client knows; `more` sets some.
std::string CallsQuery(const Json& more) {
  Json query = Json::parse(R"({"project_id":"team/app","filter":null,
      "limit":null,"offset":null,"latest_only":false,"sort_by":null,
      "query":null,"include_costs":false,"include_feedback":false,
      "include_storage_size":false,"include_total_storage_size":false,
      "include_usernames":false,"columns":null,"expand_columns":null,
      "return_expanded_column_values":true})");
  query.update(more);
  return query.dump();
}

Json Filter(const std::string& member, const Json& value) {
  Json filter = Json::parse(R"({"op_names":null,"input_refs":null,
      "output_refs":null,"parent_ids":null,"trace_ids":null,"call_ids":null,
      "thread_ids":null,"turn_ids":null,"trace_roots_only":null,
      "wb_user_ids":null,"wb_run_ids":null})");
  filter[member] = value;
  return {{"filter", filter}};
}

std::string Ids(const std::vector<Json>& calls) {
  std::string ids;
  for (const Json& call : calls) {
    ids += (ids.empty() ? "" : " ") + call.at("id").get<std::string>();
  }
  return ids;
}

// Everything that an evaluation of two rows by two scorers publishes.
Names PublishAll(PythonSdk& sdk) {
  Names names = {{"evaluate", "Evaluation.evaluate"},
                 {"together", "Evaluation.predict_and_score"},
                 {"summarize", "Evaluation.summarize"},
                 {"predict", "Adder.predict"},
                 {"exact", "exact"},
                 {"length", "length"}};
  for (auto& [_, name] : names) name = sdk.PublishOp(name);
  names["table"] =
      sdk.PublishRows({R"([{"question":"1 + 1","expected":2.0}])",
                       R"([{"question":"größer? 😀","expected":null}])"});
  names["dataset"] = sdk.PublishObject(
      "sums", Fill(R"({"_type":"Dataset","name":"sums","description":null,
                       "rows":"$table","_class_name":"Dataset",
                       "_bases":["Object","BaseModel"]})",
                   names));
  names["model"] = sdk.PublishObject(
      "adder", Fill(R"({"_type":"Adder","name":"adder","description":null,
                        "temperature":0.5,"predict":"$predict",
                        "_class_name":"Adder",
                        "_bases":["Model","Object","BaseModel"]})",
                    names));
  names["evaluation"] =
      sdk.PublishObject("adding", Fill(R"({"_type":"Evaluation","name":"adding",
                         "description":null,"dataset":"$dataset",
                         "scorers":["$exact","$length"],"preprocess_model_input":
                         null,"trials":1,"metadata":null,
                         "evaluation_name":null,"evaluate":"$evaluate",
                         "predict_and_score":"$together",
                         "summarize":"$summarize","_class_name":"Evaluation",
                         "_bases":["Object","BaseModel"]})",
                                       names));
  const std::string rows = names["dataset"] + "/attr/rows/id/";
  names["first"] = rows + sdk.row(0);
  names["second"] = rows + sdk.row(1);
  return names;
}

// The calls of row `n`, children before their parent.
std::vector<std::string> CallsOfRow(const std::string& n, const Names& names) {
  const std::string usage =
      R"({"usage":{"gpt-x":{"requests":1,"prompt_tokens":8,
          "completion_tokens":2,"total_tokens":10}},
          "status_counts":{"success":1,"error":0}})";
  const std::string plain = R"({"status_counts":{"success":1,"error":0}})";
  const std::string example = n == "1" ? "$first" : "$second";
  const auto call = [&](const std::string& id, const std::string& parent,
                        const std::string& op, const std::string& inputs,
                        const std::string& output, const std::string& summary) {
    return Complete(id + n, parent, names.at(op), Fill(inputs, names), output,
                    summary);
  };
  return {
      call("predict", "both" + n, "predict",
           R"({"self":"$model","question":")" + example + R"(/key/question"})",
           R"({"sum":2.0})", usage),
      call("exact", "both" + n, "exact",
           R"({"expected":2.0,"output":{"sum":2.0}})",
           n == "1" ? "true" : "false", plain),
      call("length", "both" + n, "length", R"({"output":{"sum":2.0}})", "3",
           plain),
      call("both", "root", "together",
           R"({"self":"$evaluation","model":"$model","example":")" + example +
               "\"}",
           R"({"output":{"sum":2.0},"scores":{"exact":)" +
               std::string(n == "1" ? "true" : "false") +
               R"(,"length":3},"model_latency":0.25})",
           usage),
  };
}

// Runs the evaluation: the root is sent at once, since people like to see it
// run; the rest as it finishes.
void Evaluate(PythonSdk& sdk, const Names& names) {
  const Json started =
      sdk.Ask("/v2/team/app/call/start",
              Fill(R"({"start":{"project_id":"team/app","id":"root",
               "op_name":"$evaluate","display_name":"run 1",
               "trace_id":"trace","parent_id":null,"thread_id":null,
               "turn_id":null,"started_at":"2026-01-01T00:00:00Z",
               "attributes":{"_weave_eval_meta":{"imperative":false}},
               "inputs":{"self":"$evaluation","model":"$model"},
               "otel_dump":null,"wb_user_id":null,"wb_run_id":null,
               "wb_run_step":null}})",
                   names));
  CHECK(started == Json{{"id", "root"}, {"trace_id", "trace"}});
  const std::string first = Batch(CallsOfRow("1", names));
  CHECK(sdk.Say(std::string(kCompletePath), first) == "{}");
  // An answer that got lost: the whole batch comes again.
  CHECK(sdk.Say(std::string(kCompletePath), first) == "{}");
  std::vector<std::string> rest = CallsOfRow("2", names);
  rest.push_back(Complete("summarize", "root", names.at("summarize"),
                          Fill(R"({"self":"$evaluation"})", names),
                          R"({"exact":{"true_count":1}})",
                          R"({"status_counts":{"success":1,"error":0}})"));
  CHECK(sdk.Say(std::string(kCompletePath), Batch(rest)) == "{}");
  std::string scores;
  for (const std::string n : {"1", "2"}) {
    for (const std::string scorer : {"exact", "length"}) {
      if (!scores.empty()) scores += ',';
      scores += Fill(
          R"({"id":"feedback-$scorer$n","project_id":"team/app",
              "weave_ref":"weave:///team/app/call/predict$n","creator":null,
              "feedback_type":"wandb.runnable.$scorer",
              "payload":{"output":$output},"annotation_ref":null,
              "runnable_ref":"$ref",
              "call_ref":"weave:///team/app/call/$scorer$n",
              "trigger_ref":null,"queue_id":null,"wb_user_id":null})",
          {{"scorer", scorer},
           {"n", n},
           {"output", scorer == "length" ? "3"
                      : n == "1"         ? "true"
                                         : "false"},
           {"ref", names.at(scorer)}});
    }
  }
  const Json stored =
      sdk.Ask("/feedback/batch/create", R"({"batch":[)" + scores + "]}");
  REQUIRE(stored.at("res").size() == 4);
  CHECK(stored.at("res")[0].at("id") == "feedback-exact1");
  CHECK(sdk.Say("/v2/team/app/call/end",
                R"({"end":{"project_id":"team/app","id":"root",
                    "ended_at":"2026-01-01T00:00:05Z","exception":null,
                    "output":{"exact":{"true_count":1}},
                    "summary":{"usage":{"gpt-x":{"requests":2,
                      "prompt_tokens":16,"completion_tokens":4,
                      "total_tokens":20}},
                      "status_counts":{"success":10,"error":0}},
                    "wb_run_step_end":null,"trace_id":"trace",
                    "started_at":"2026-01-01T00:00:00Z"}})") == "{}");
}

TEST_CASE("scenario: an evaluation as the Python SDK reports it",
          "[api][scenario]") {
  PythonSdk sdk(GENERATE(Transport::kInProcess, Transport::kPort));
  Init(sdk);
  const Names names = PublishAll(sdk);
  Evaluate(sdk, names);

  // The trace: each call once, under its parent, and done.
  const auto calls =
      sdk.Stream("/calls/stream_query", CallsQuery(Json::object()));
  CHECK(Ids(calls) ==
        "root both1 both2 exact1 exact2 length1 length2 predict1 predict2 "
        "summarize");
  for (const Json& call : calls) {
    CHECK(call.at("trace_id") == "trace");
    CHECK(call.at("summary").at("weave").at("status") == "success");
  }
  CHECK(calls.front().at("display_name") == "run 1");
  CHECK(calls.front().at("summary").at("weave").at("latency_ms") == 5000);
  CHECK(Ids(sdk.Stream("/calls/stream_query",
                       CallsQuery(Filter("parent_ids", {"both2"})))) ==
        "exact2 length2 predict2");
  CHECK(Ids(sdk.Stream(
            "/calls/stream_query",
            CallsQuery(Filter("input_refs", {names.at("first")})))) == "both1");
  CHECK(Ids(sdk.Stream(
            "/calls/stream_query",
            CallsQuery(Filter("input_refs", {kRefs + "object/adding:*"})))) ==
        "root both1 both2 summarize");
  Json roots = Filter("trace_roots_only", true);
  roots.update(Json{{"project_id", "team/app"},
                    {"query", nullptr},
                    {"limit", nullptr},
                    {"include_total_storage_size", false},
                    {"expand_columns", nullptr}});
  CHECK(sdk.Ask("/calls/query_stats", roots.dump()).at("count") == 1);

  // The scores, with the calls and by themselves.
  Json with_feedback = Filter("call_ids", {"predict1"});
  with_feedback["include_feedback"] = true;
  const Json predict =
      sdk.Stream("/calls/stream_query", CallsQuery(with_feedback)).at(0);
  CHECK(predict.at("summary").at("weave").at("feedback").size() == 2);
  CHECK(predict.at("output").dump() == R"({"sum":2.0})");
  const Json feedback =
      sdk.Ask("/feedback/query", R"({"project_id":"team/app","fields":null,
        "query":{"$expr":{"$and":[
          {"$eq":[{"$getField":"weave_ref"},
                  {"$literal":"weave:///team/app/call/predict2"}]},
          {"$eq":[{"$getField":"feedback_type"},
                  {"$literal":"wandb.runnable.exact"}]}]}},
        "sort_by":null,"limit":null,"offset":0})");
  CHECK(feedback.at("total_count") == 1);
  CHECK(feedback.at("result")[0].at("id") == "feedback-exact2");
  CHECK(feedback.at("result")[0].at("payload") == Json{{"output", false}});

  // The objects, by `latest` and by their refs.
  const Json dataset =
      sdk.Ask("/obj/read", R"({"project_id":"team/app","object_id":"sums",
        "digest":"latest","metadata_only":false,
        "include_tags_and_aliases":false})")
          .at("obj");
  CHECK(dataset.at("val").at("rows") == names.at("table"));
  CHECK(dataset.at("base_object_class") == "Dataset");
  CHECK(names.at("dataset").ends_with(dataset.at("digest").get<std::string>()));
  const std::string digest = names.at("table").substr(kRefs.size() + 6);
  const Json rows = sdk.Ask("/table/query",
                            R"({"project_id":"team/app","digest":")" + digest +
                                R"(","filter":null,"limit":100,"offset":0,
                            "sort_by":null})")
                        .at("rows");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("val").dump() == R"({"expected":2.0,"question":"1 + 1"})");
  CHECK(rows[1].at("digest") == sdk.row(1));
  CHECK(sdk.Ask("/table/query_stats",
                R"({"project_id":"team/app","digest":")" + digest + "\"}")
            .at("count") == 2);
  const Json vals =
      sdk.Ask("/refs/read_batch",
              Fill(R"({"refs":["$evaluation","$first","$second/key/question",
                               "$model/attr/temperature"]})",
                   names))
          .at("vals");
  CHECK(vals[0].at("scorers") == Json{names.at("exact"), names.at("length")});
  CHECK(vals[1].at("question") == "1 + 1");
  CHECK(vals[2] == "größer? 😀");
  CHECK(vals[3] == 0.5);
  const Json op = sdk.Ask("/refs/read_batch",
                          R"({"refs":[")" + names.at("predict") + "\"]}");
  const api::Response source = sdk.Send(
      {.method = "POST",
       .path = "/files/content",
       .content_type = "application/json",
       .body = Json{{"project_id", "team/app"},
                    {"digest", op.at("vals")[0].at("files").at("obj.py")}}
                   .dump()});
  CHECK(source.body == "import weave\n\n@weave.op()\ndef Adder.predict():");
}

}  // namespace
}  // namespace bobbin::testing
