// Values in the place of refs in calls that are read (contract section 4.4,
// `expand_columns`).

#include <string>
#include <utility>
#include <vector>

#include "support/api_rows.h"
#include "support/statements.h"

namespace bobbin::testing {
namespace {

const std::string kObject = "weave:///team/app/object/";

class ExpandApi : public Api {
 public:
  void Publish(const std::string& name, const std::string& val) {
    Ok("/obj/create", R"({"obj":{"project_id":"team/app","object_id":")" +
                          name + R"(","val":)" + val + "}}");
  }
  // The inputs of call c1, as text.
  std::string Expanded(const std::string& paths, const std::string& more = "") {
    const std::string line =
        Ok("/calls/stream_query",
           R"({"project_id":"team/app","filter":{"call_ids":["c1"]},)"
           R"("expand_columns":[)" +
               paths + "]" + more + "}");
    const size_t begin = line.find(R"("inputs":)") + 9;
    return line.substr(begin, line.find(R"(,"ended_at":)") - begin);
  }
};

TEST_CASE("a value takes the place of its ref, the rest stays as it is",
          "[api][expand]") {
  ExpandApi api;
  api.Publish("m", R"({"b":1.0, "a":[ 1e400 ] })");
  api.Publish("n", "[1,2]");
  api.Publish("e", "{ }");
  const std::string ref = Quoted(kObject + "m:v0");
  const std::string with_ref = R"({"b":1.0, "a":[ 1e400 ],"_ref":)" + ref + "}";
  struct Row {
    std::string inputs;  // %m stands for the ref of m, and so on
    std::string paths;
    std::string expanded;
  };
  const Row row = GENERATE_COPY(values<Row>({
      {R"({"x": %m , "y":1.0})", R"("inputs.x")",
       R"({"x": )" + with_ref + R"( , "y":1.0})"},
      {R"({"x":%n})", R"("inputs.x")", R"({"x":[1,2]})"},
      {R"({"x":%e})", R"("inputs.x")",
       R"({"x":{"_ref":)" + Quoted(kObject + "e:latest") + "}}"},
      {R"({"x":%m,"y":%n})", R"("inputs.y","inputs.x","inputs.x")",
       R"({"x":)" + with_ref + R"(,"y":[1,2]})"},
      {R"({"x":%m,"y":%n})", R"("inputs.y")",
       R"({"x":)" + ref + R"(,"y":[1,2]})"},
      {R"({"l":[0,{"x":%n}]})", R"("inputs.l.1.x")",
       R"({"l":[0,{"x":[1,2]}]})"},
      {R"({"a.b":%n})", R"("inputs.a\\.b")", R"({"a.b":[1,2]})"},
      {R"({"x":"text","y":1})", R"("inputs.x","inputs.y","inputs.z.q")",
       R"({"x":"text","y":1})"},
      {R"({"x":%m})", R"("op_name","id","x","")", R"({"x":)" + ref + "}"},
      {R"({"x":%m})", R"("inputs")", R"({"x":)" + ref + "}"},
  }));
  std::string inputs = row.inputs;
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{
           {"%m", ref},
           {"%n", Quoted(kObject + "n:v0")},
           {"%e", Quoted(kObject + "e:latest")}}) {
    for (size_t at; (at = inputs.find(name)) != std::string::npos;) {
      inputs.replace(at, 2, text);
    }
  }
  CAPTURE(inputs, row.paths);
  PutComplete(api, AComplete("c1").With("inputs", inputs));
  CHECK(api.Expanded(row.paths) == row.expanded);
  CHECK(api.Expanded(row.paths, R"(,"return_expanded_column_values":true)") ==
        row.expanded);
  CHECK(api.Expanded(row.paths, R"(,"return_expanded_column_values":false)") ==
        inputs);
}

TEST_CASE("paths lead into the values that others have put there",
          "[api][expand]") {
  ExpandApi api;
  api.Publish("leaf", R"({"z":1})");
  api.Publish("mid", R"({"leaf":")" + kObject + R"(leaf:v0"})");
  PutComplete(api, AComplete("c1").With("inputs",
                                        R"({"m":")" + kObject + R"(mid:v0"})"));
  const Json both = Json::parse(api.Expanded(R"("inputs.m.leaf","inputs.m")"));
  CHECK(both.at("m").at("_ref") == kObject + "mid:v0");
  CHECK(both.at("m").at("leaf") ==
        Json{{"z", 1}, {"_ref", kObject + "leaf:v0"}});
  // Only in company of the path that leads there.
  CHECK(Json::parse(api.Expanded(R"("inputs.m.leaf")")).at("m") ==
        kObject + "mid:v0");
}

TEST_CASE("an edge leads to a part of a value", "[api][expand]") {
  ExpandApi api;
  api.Publish("m", R"({"a":{"b":[5]}})");
  PutComplete(api,
              AComplete("c1").With(
                  "inputs", R"({"x":")" + kObject + R"(m:v0/attr/a/key/b"})"));
  CHECK(api.Expanded(R"("inputs.x")") == R"({"x":[5]})");
}

TEST_CASE("a ref that has no value stays", "[api][expand]") {
  ExpandApi api;
  api.Publish("gone", "1");
  api.Publish("here", "2");
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"gone"})");
  const std::string ref =
      GENERATE(as<std::string>(), "object/gone:v0", "object/none:v0",
               "object/here:v1", "object/here:v0/attr/x", "table/abc",
               "call/c1", "object/here", "object/here:v0/");
  CAPTURE(ref);
  const std::string inputs = R"({"x":"weave:///team/app/)" + ref +
                             R"(","y":")" + kObject + R"(here:v0"})";
  PutComplete(api, AComplete("c1").With("inputs", inputs));
  CHECK(api.Expanded(R"("inputs.x","inputs.y")") ==
        R"({"x":"weave:///team/app/)" + ref + R"(","y":2})");
}

TEST_CASE("output, attributes and summary expand as well", "[api][expand]") {
  ExpandApi api;
  api.Publish("m", "[7]");
  const std::string ref = Quoted(kObject + "m:v0");
  PutComplete(api, AComplete("c1")
                       .With("output", ref)
                       .With("attributes", R"({"a":)" + ref + "}")
                       .With("summary", R"({"s":)" + ref + "}"));
  const Json call =
      QueryCalls(api, R"("expand_columns":["output","attributes.a",
                                           "summary.s"])")
          .front();
  CHECK(call.at("output") == Json{7});
  CHECK(call.at("attributes").at("a") == Json{7});
  CHECK(call.at("summary").at("s") == Json{7});
}

TEST_CASE("the legacy list expands as well, and its lines stay lines",
          "[api][expand]") {
  ExpandApi api;
  api.Publish("m", "{\n\"a\": [1,\r\n2]\n}");
  PutComplete(
      api, AComplete("c1").With("inputs", R"({"x":")" + kObject + R"(m:v0"})"));
  const std::string request =
      R"({"project_id":"team/app","expand_columns":["inputs.x"]})";
  const Json calls = Json::parse(api.Ok("/calls/query", request)).at("calls");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].at("inputs").at("x").at("a") == Json{1, 2});
  const std::string lines = api.Ok("/calls/stream_query", request);
  CHECK(lines.find('\n') == lines.size() - 1);
  CHECK(lines.find('\r') == std::string::npos);
}

TEST_CASE("many calls come whole and in their order", "[api][expand]") {
  ExpandApi api;
  // Together far more than what is held at a time.
  const std::string big(300'000, 'x');
  for (int i = 0; i < 4; ++i) {
    api.Publish("m" + std::to_string(i),
                R"({"i":)" + std::to_string(i) + R"(,"big":")" + big + "\"}");
  }
  constexpr int kCalls = 300;
  std::vector<std::string> items;
  for (int i = 0; i < kCalls; ++i) {
    // Every tenth has no ref.
    const std::string ref =
        i % 10 == 0 ? "\"none\""
                    : Quoted(kObject + "m" + std::to_string(i % 4) + ":v0");
    items.push_back(AComplete("c" + std::to_string(1000 + i))
                        .With("inputs", R"({"x":)" + ref + "}")
                        .json());
  }
  api.Ok(kCompletePath, Batch(items));
  const std::string lines = api.Ok("/calls/stream_query",
                                   R"({"project_id":"team/app",
                                       "expand_columns":["inputs.x"]})");
  size_t at = 0;
  for (int i = 0; i < kCalls; ++i) {
    CAPTURE(i);
    const size_t end = lines.find('\n', at);
    REQUIRE(end != std::string::npos);
    const std::string_view line = std::string_view(lines).substr(at, end - at);
    at = end + 1;
    REQUIRE(line.find("\"c" + std::to_string(1000 + i) + "\"") !=
            std::string::npos);
    if (i % 10 == 0) {
      REQUIRE(line.size() < 2000);
    } else {
      REQUIRE(line.size() > big.size());
      REQUIRE(line.find(R"("x":{"i":)" + std::to_string(i % 4)) !=
              std::string::npos);
    }
  }
  CHECK(at == lines.size());
}

TEST_CASE("a limit ends with its page", "[api][expand]") {
  ExpandApi api;
  api.Publish("m", "7");
  for (int i = 1; i < 4; ++i) {
    PutComplete(api, AComplete("c" + std::to_string(i))
                         .With("inputs", R"({"x":")" + kObject + R"(m:v0"})"));
  }
  CHECK(QueryIds(api, R"("limit":2,"expand_columns":["inputs.x"])") == "c1 c2");
  CHECK(QueryIds(api, R"("limit":0,"expand_columns":["inputs.x"])") == "");
  // Columns that are not read have nothing to expand.
  const Json call = QueryCalls(api, R"("limit":1,"columns":["output"],
                                       "expand_columns":["inputs.x"])")
                        .front();
  CHECK(call.at("inputs") == Json::object());
}

TEST_CASE("a page of calls costs as many statements as one call",
          "[api][expand]") {
  ExpandApi api;
  std::vector<std::string> items;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "m" + std::to_string(i);
    api.Publish(name, std::to_string(i));
    items.push_back(AComplete("c" + std::to_string(i))
                        .With("inputs", R"({"x":")" + kObject + name +
                                            R"(:v0","y":")" + kObject + name +
                                            R"(:latest"})")
                        .json());
  }
  api.Ok(kCompletePath, Batch(items));
  const auto cost = [&](const std::string& limit) {
    const Statements statements(api.database());
    QueryIds(api,
             R"("expand_columns":["inputs.x","inputs.y"],"limit":)" + limit);
    return statements.begun().size();
  };
  CHECK(cost("100") == cost("1"));
}

}  // namespace
}  // namespace bobbin::testing
