// Reading what refs stand for (contract section 8).

#include <string>
#include <vector>

#include "support/api_rows.h"
#include "support/statements.h"

namespace bobbin::testing {
namespace {

class RefsApi : public Api {
 public:
  std::string Publish(const std::string& name, const std::string& val,
                      const std::string& project = "team/app") {
    return Json::parse(Ok("/obj/create", R"({"obj":{"project_id":")" + project +
                                             R"(","object_id":")" + name +
                                             R"(","val":)" + val + "}}"))
        .at("digest");
  }
  std::string Table(const std::string& rows) {
    return Json::parse(Ok("/table/create",
                          R"({"table":{"project_id":"team/app","rows":[)" +
                              rows + "]}}"))
        .at("digest");
  }
  static std::string Body(const std::vector<std::string>& refs) {
    std::string body = R"({"refs":[)";
    for (const std::string& ref : refs) {
      if (&ref != &refs.front()) body += ',';
      body += Quoted(ref);
    }
    return body + "]}";
  }
  // The vals as text.
  std::string Read(const std::vector<std::string>& refs) {
    const std::string body = Ok("/refs/read_batch", Body(refs));
    const std::string begin = R"({"vals":[)";
    REQUIRE(body.starts_with(begin));
    return body.substr(begin.size(), body.size() - begin.size() - 2);
  }
};

const std::string kObject = "weave:///team/app/object/";
const std::string kTable = "weave:///team/app/table/";
constexpr const char* kRowOne = "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA";

TEST_CASE("an edge leads into a value, whose text stays as it is",
          "[api][refs]") {
  RefsApi api;
  const std::string digest = api.Publish(
      "x", R"({"a":{"b":[1.0, {"c":30000000000000000001}]},"a/b":2,"é %":3,)"
           R"("s":"\ud83d","n":null,"0":"zero","d":1,"d":2,"e\u006b":4})");
  struct Row {
    std::string edges;
    std::string val;
  };
  const Row row = GENERATE(values<Row>({
      {"/attr/a/key/b/index/1/attr/c", "30000000000000000001"},
      {"/attr/a/attr/b", "[1.0, {\"c\":30000000000000000001}]"},
      {"/key/a/key/b/index/0", "1.0"},
      {"/key/a/key/b/index/-2", "1.0"},
      {"/key/a%2Fb", "2"},
      {"/key/%c3%a9%20%25", "3"},
      {"/attr/s", "\"\\ud83d\""},
      {"/attr/n", "null"},
      {"/key/0", "\"zero\""},
      {"/attr/d", "2"},
      {"/attr/ek", "4"},
      {"/attr/missing", "null"},
      {"/attr/n/attr/x", "null"},
      {"/attr/s/attr/x", "null"},
      {"/attr/a/index/0", "null"},
      {"/attr/a/attr/b/index/2", "null"},
      {"/attr/a/attr/b/index/-3", "null"},
      {"/attr/a/attr/b/key/0", "null"},
      {"/id/" + std::string(kRowOne), "null"},
      {"/key/a%2", "null"},
      {"/key/%", "null"},
  }));
  CAPTURE(row.edges);
  CHECK(api.Read({kObject + "x:" + digest + row.edges}) == row.val);
}

TEST_CASE("a ref names a version in any form", "[api][refs]") {
  RefsApi api;
  const std::string first = api.Publish("x", "1");
  api.Publish("x", "2");
  api.Publish("x", R"({"_type":"Op"})");
  Answer(api, "PUT /objs/x/aliases",
         R"({"project_id":"team/app","digest":")" + first +
             R"(","aliases":["prod"]})");
  CHECK(api.Read({kObject + "x:" + first, kObject + "x:latest",
                  kObject + "x:v0", kObject + "x:v1", kObject + "x:prod"}) ==
        "1,2,1,2,1");
  CHECK(api.Read(
            {"weave:///team/app/op/x:latest", "weave:///team/app/op/x:v0"}) ==
        R"({"_type":"Op"},{"_type":"Op"})");
}

TEST_CASE("values come in the order of the refs, also the same ones",
          "[api][refs]") {
  RefsApi api;
  api.Publish("a", "1");
  api.Publish("b", R"({"x":2})");
  api.Publish("c", "3", "team/other");
  const std::string a = kObject + "a:v0";
  const std::string b = kObject + "b:v0";
  CHECK(api.Read({b, a, b + "/attr/x", a, "weave:///team/other/object/c:v0",
                  b + "/attr/x"}) == R"({"x":2},1,2,1,3,2)");
  CHECK(api.Read({}) == "");
}

TEST_CASE("a ref on the way is followed", "[api][refs]") {
  RefsApi api;
  api.Publish("leaf", R"({"x":[7]})");
  const std::string table =
      api.Table(R"({"a":1},{"a":2,"of":")" + kObject + R"(leaf:v0"})");
  const std::string second =
      Json::parse(
          api.Ok("/table/query",
                 R"({"project_id":"team/app","digest":")" + table + "\"}"))
          .at("rows")
          .at(1)
          .at("digest");
  api.Publish("set", R"({"rows":")" + kTable + table + R"(","leaf":")" +
                         kObject + R"(leaf:latest\/attr/x",)" +
                         R"("other":"weave:///team/other/object/c:v0",)" +
                         R"("call":"weave:///team/app/call/c1",)" +
                         R"("gone":")" + kObject +
                         R"(gone:v0","odd":"weave:no"})");
  api.Publish("hop", Quoted(kObject + "set:v0"));
  api.Publish("gone", "1");
  api.Publish("c", R"({"x":3})", "team/other");
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"gone"})");
  const std::string set = kObject + "set:v0";
  const std::string hop = kObject + "hop:v0";
  const std::string rows = "/attr/rows/id/";
  CHECK(api.Read({set + rows + kRowOne}) == R"({"a":1})");
  CHECK(api.Read({set + rows + kRowOne + "/key/a"}) == "1");
  CHECK(api.Read({set + rows + second + "/key/of/attr/x/index/0"}) == "7");
  CHECK(api.Read({hop + rows + kRowOne + "/key/a"}) == "1");
  CHECK(api.Read({set + "/attr/rows/index/1/key/a", set + "/attr/rows/index/0",
                  set + rows + kRowOne}) == R"(2,{"a":1},{"a":1})");
  CHECK(api.Read({set + "/attr/leaf/index/0"}) == "7");
  // At the end it is a value like any other.
  CHECK(api.Read({set + "/attr/rows"}) == Quoted(kTable + table));
  CHECK(api.Read({hop}) == Quoted(set));
  // Ways that lead nowhere.
  CHECK(api.Read({set + rows + "unknown"}) == "null");
  CHECK(api.Read({set + rows + std::string(kRowOne) + "%00"}) == "null");
  CHECK(api.Read({set + "/attr/rows/attr/x"}) == "null");
  CHECK(api.Read({set + "/attr/rows/index/2"}) == "null");
  CHECK(api.Read({set + "/attr/rows/index/-1"}) == "null");
  CHECK(api.Read({set + "/attr/other/attr/x"}) == "null");
  CHECK(api.Read({set + "/attr/call/attr/x"}) == "null");
  CHECK(api.Read({set + "/attr/gone/attr/x"}) == "null");
  CHECK(api.Read({set + "/attr/odd/attr/x"}) == "null");
}

TEST_CASE("refs in a ring lead nowhere", "[api][refs]") {
  RefsApi api;
  api.Publish("a", Quoted(kObject + "b:v0"));
  api.Publish("b", Quoted(kObject + "a:v0"));
  CHECK(api.Read({kObject + "a:v0/attr/x"}) == "null");
}

TEST_CASE("a deleted object is null, a missing one a 404", "[api][refs]") {
  RefsApi api;
  api.Publish("x", "1");
  api.Publish("here", R"({"to":")" + kObject + R"(nowhere:v9"})");
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"x"})");
  CHECK(api.Read({kObject + "x:v0", kObject + "here:v0"}).starts_with("null,"));
  const std::string path = "POST /refs/read_batch";
  CheckRows(
      api,
      {{"missing", path,
        RefsApi::Body({kObject + "here:v0", kObject + "no:abc",
                       kObject + "here:v7", "weave:///team/no/object/x:def"}),
        404,
        R"({"error_type":"RefObjectsNotFoundError",
            "missing_object_digests":["abc","v7","def"]})"},
       {"missing on the way", path,
        RefsApi::Body({kObject + "here:v0/attr/to/attr/x"}), 404,
        R"({"missing_object_digests":["v9"]})"},
       {"any version", path, RefsApi::Body({kObject + "here:*"}), 404}});
}

TEST_CASE("what is wrong with refs", "[api][refs]") {
  RefsApi api;
  const std::string path = "POST /refs/read_batch";
  std::vector<std::string> many(1001, kObject + "x:v0");
  std::vector<ApiRow> rows{
      {"too many", path, RefsApi::Body(many), 400,
       R"({"reason":"Too many refs"})"},
      {"a table", path, RefsApi::Body({kTable + "abc"}), 400,
       R"({"reason":"Table refs not supported"})"},
      {"a table's row", path, RefsApi::Body({kTable + "abc/id/def"}), 400,
       R"({"reason":"Table refs not supported"})"},
      {"a call", path, RefsApi::Body({"weave:///team/app/call/c1"}), 400,
       R"({"reason":"Call refs not supported in batch read, use calls_query_stream"})"},
      {"internal", path,
       RefsApi::Body({"weave-trace-internal:///p/object/x:v0"}), 400,
       R"({"error_type":"InvalidExternalRef"})"},
      {"missing", path, "{}", 422, R"([["missing",["body","refs"]]])"},
      {"no list", path, R"({"refs":"x"})", 422,
       R"([["list_type",["body","refs"]]])"},
      {"no text", path, R"({"refs":["x",1],"more":1})", 422,
       R"([["string_type",["body","refs",1]],
           ["extra_forbidden",["body","more"]]])"}};
  for (const char* bad :
       {"", "x", "weave:///", "weave:///team", "weave:///team/app",
        "weave:///team/app/object", "weave:///team/app/object/x",
        "weave:///team/app/object/x:", "weave:///team/app/object/:v0",
        "weave:///team/app/thing/x:v0", "weave:////app/object/x:v0",
        "weave:///team//object/x:v0", "weave:///team/app/object/x:v0/",
        "weave:///team/app/object/x:v0/attr",
        "weave:///team/app/object/x:v0/attr/",
        "weave:///team/app/object/x:v0/way/x",
        "weave:///team/app/object/x:v0/index/x",
        "weave:///team/app/object/x:v0/index/99999999999999999999"}) {
    rows.push_back({bad, path, RefsApi::Body({bad}), 400,
                    R"({"reason":"Invalid ref: )" + std::string(bad) + "\"}"});
  }
  CheckRows(api, rows);
}

TEST_CASE("a thousand refs cost as many statements as one", "[api][refs]") {
  RefsApi api;
  std::vector<std::string> objects;
  std::vector<std::string> hops;
  const std::string table = api.Table(R"({"a":1})");
  api.Publish("set", R"({"rows":")" + kTable + table + "\"}");
  for (int i = 0; i < 500; ++i) {
    const std::string name = "x" + std::to_string(i);
    api.Publish(name, R"({"i":)" + std::to_string(i) + R"(,"set":")" + kObject +
                          "set:v0\"}");
    objects.push_back(kObject + name + ":v0/attr/i");
    hops.push_back(kObject + name + ":v0/attr/set/attr/rows/id/" + kRowOne);
  }
  const auto cost = [&](const std::vector<std::string>& refs) {
    const Statements statements(api.database());
    api.Read(refs);
    return statements.begun().size();
  };
  CHECK(cost(objects) == cost({objects[0]}));
  CHECK(cost(hops) == cost({hops[0]}));
  std::vector<std::string> both = objects;
  both.insert(both.end(), hops.begin(), hops.end());
  CHECK(cost(both) == cost({hops[0]}));
  CHECK(cost(both) < 12);
}

}  // namespace
}  // namespace bobbin::testing
