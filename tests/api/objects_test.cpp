// Publishing objects (contract sections 6.1 and 6.2).

#include <string>
#include <vector>

#include "support/api_fixture.h"
#include "support/call_bodies.h"
#include "support/catch.h"

namespace bobbin::testing {
namespace {

Body AnObject(std::string_view val) {
  return {{"project_id", Quoted(kProject)},
          {"object_id", Quoted("thing")},
          {"val", std::string(val)}};
}

std::string Envelope(const Body& object) {
  return R"({"obj":)" + object.json() + "}";
}

std::string Publish(Api& api, const Body& object) {
  return Json::parse(api.Ok("/obj/create", Envelope(object))).at("digest");
}

TEST_CASE("a value's digest is that of the hosted service", "[api][objects]") {
  struct Row {
    std::string val;
    std::string digest;
  };
  const Row row = GENERATE(values<Row>({
      {"{}", "RBNvo1WzZ4oRRq0W9XhknpT7T8If536DEMBg9hyqY4o"},
      {R"({"a":1})", "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA"},
      {R"({ "a" : 1 })", "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA"},
      {R"({"a":2,"a":1})", "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA"},
      {R"({"\u0061":1})", "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA"},
      {R"({"a":2})", "5anVsDAOD1DTcuWp3fokIIqsmpQM6aNvJHOHIhriBf4"},
      {"{\"b\":1,\"a\":[1.0,2.5e-7,true,null,\"\u00e9\U0001f600\"]}",
       "NlrrDdUMhtyjne68XtBbcJqpJ8FE1GV3TYQlNwXyftk"},
      {R"({"a":[1.00,0.00000025,true,null,"\u00E9\uD83D\uDE00"],"b":1})",
       "NlrrDdUMhtyjne68XtBbcJqpJ8FE1GV3TYQlNwXyftk"},
  }));
  CAPTURE(row.val);
  Api api;
  CHECK(api.Ok("/obj/create", Envelope(AnObject(row.val))) ==
        R"({"digest":")" + row.digest + R"(","object_id":"thing"})");
}

TEST_CASE("an integer and a float of the same value are two values",
          "[api][objects]") {
  Api api;
  CHECK(Publish(api, AnObject("1")) != Publish(api, AnObject("1.0")));
  CHECK(Publish(api, AnObject("1.0")) == Publish(api, AnObject("1.00")));
  CHECK(Publish(api, AnObject("1e0")) == Publish(api, AnObject("1.0")));
}

TEST_CASE("a value may be any JSON", "[api][objects]") {
  Api api;
  const std::string val =
      GENERATE("null", "true", "0", "\"text\"", "[]", "[[1],{}]",
               "123456789012345678901234567890", "1e400", R"("\ud83d")");
  CAPTURE(val);
  CHECK(Publish(api, AnObject(val)).size() == 43);
}

TEST_CASE("publishing again makes no new version", "[api][objects]") {
  Api api;
  const std::string digest = Publish(api, AnObject(R"({"a":1})"));
  CHECK(Publish(api, AnObject(R"({"a":2})")) != digest);
  CHECK(Publish(api, AnObject(R"({ "a": 1 })")) == digest);
}

TEST_CASE("an object's name is kept as it is", "[api][objects]") {
  struct Row {
    std::string name;  // inside a JSON string
    int status;
    std::string reason;
  };
  const std::string longest(128, 'x');
  const Row row = GENERATE_COPY(values<Row>({
      {"Name.with-all_9", 200, ""},
      {longest, 200, ""},
      {"\u00e9\u4e2d", 200, ""},
      {"", 422, "Object name cannot be empty"},
      {"a b", 422, "Invalid object name: a b."},
      {"a/b", 422, "Invalid object name: a/b."},
      {"a:b", 422, "Invalid object name: a:b."},
      {"a\\nb", 422, "Invalid object name: a"},
      {"a\\u0000", 422, "Invalid object name: a"},
      {longest + "y", 400,
       "String too long: " + longest + "y. Max length is 128"},
  }));
  CAPTURE(row.name);
  Api api;
  const api::Response response = api.Post(
      "/obj/create", Envelope(AnObject("1").WithText("object_id", row.name)));
  if (row.status == 200) {
    REQUIRE(response.status == 200);
    CHECK(Json::parse(response.body).at("object_id") == row.name);
    return;
  }
  CHECK_THAT(ReasonOf(response, row.status), Catch::StartsWith(row.reason));
  if (row.status == 422) {
    CHECK(Json::parse(response.body).at("error_type") == "InvalidFieldError");
  }
}

std::string OfClass(const std::string& base, int n) {
  return R"({"_class_name":"Mine","_bases":[)" + Quoted(base) +
         R"(,"Object","BaseModel"],"n":)" + std::to_string(n) + "}";
}

TEST_CASE("a name belongs to objects of one base class", "[api][objects]") {
  Api api;
  Publish(api, AnObject(OfClass("Prompt", 1)));
  Publish(api, AnObject(OfClass("Prompt", 2)));  // a version like any other
  struct Row {
    std::string val;
    Json new_class;
  };
  const Row row = GENERATE(values<Row>({
      {OfClass("Dataset", 1), "Dataset"},
      {R"({"plain":1})", nullptr},
      {"5", nullptr},
  }));
  CAPTURE(row.val);

  const api::Response refused =
      api.Post("/obj/create", Envelope(AnObject(row.val)));

  CHECK_THAT(ReasonOf(refused, 400),
             Catch::Contains("that name belongs to one of class Prompt"));
  const Json body = Json::parse(refused.body);
  CHECK(body.at("error_type") == "ObjectNameTypeCollision");
  CHECK(body.at("object_id") == "thing");
  CHECK(body.at("object_name") == "thing");
  CHECK(body.at("kind") == "object");
  CHECK(body.at("new_base_object_class") == row.new_class);
  CHECK(body.at("existing_base_object_classes") == Json::array({"Prompt"}));
  // The kind is part of the name, other names and projects are free, and so
  // is the name once its versions are gone.
  Publish(api, AnObject(R"({"_type":"Op"})"));
  Publish(api, AnObject(row.val).WithText("object_id", "other"));
  Publish(api, AnObject(row.val).WithText("project_id", "team/other"));
  api.Ok("/obj/delete", R"({"project_id":"team/app","object_id":"thing"})");
  Publish(api, AnObject(row.val));
}

TEST_CASE("a name of plain values is not for classes", "[api][objects]") {
  Api api;
  Publish(api, AnObject("1"));
  Publish(api, AnObject("[2]"));
  const Json body = Json::parse(
      api.Post("/obj/create", Envelope(AnObject(OfClass("Prompt", 1)))).body);
  CHECK(body.at("error_type") == "ObjectNameTypeCollision");
  CHECK(body.at("existing_base_object_classes") == Json::array({nullptr}));
  CHECK(body.at("new_base_object_class") == "Prompt");
}

TEST_CASE("an expected digest must be the server's", "[api][objects]") {
  Api api;
  const Body object = AnObject(R"({"a":1})");
  CHECK(Publish(api, object.WithText(
                         "expected_digest",
                         "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA")) ==
        "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA");
  CHECK(Publish(api, object.With("expected_digest", "null")).size() == 43);
  const api::Response response = api.Post(
      "/obj/create", Envelope(object.WithText("expected_digest", "another")));
  CHECK(ReasonOf(response, 409) ==
        "Client obj 'thing' digest another != server digest "
        "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA");
  CHECK(Json::parse(response.body).at("error_type") == "DigestMismatchError");
}

TEST_CASE("a built-in class fills in what is missing, and that is hashed",
          "[api][objects]") {
  Api api;
  const std::string name =
      GENERATE("builtin_object_class", "set_base_object_class");
  CAPTURE(name);
  const std::string filled =
      Publish(api, AnObject(R"({"x":1})").WithText(name, "Leaderboard"));
  CHECK(filled == Publish(api, AnObject(R"({"x":1,"_type":"Leaderboard",
                                  "_class_name":"Leaderboard",
                                  "_bases":["Object","BaseModel"]})")));
  CHECK(filled !=
        Publish(api, AnObject(R"({"x":1})").WithText("object_id", "plain")));
}

TEST_CASE("a built-in class that does not fit is refused", "[api][objects]") {
  Api api;
  const std::string val = GENERATE(R"({"_class_name":"Other"})", "[]", "1");
  CAPTURE(val);
  ReasonOf(api.Post("/obj/create", Envelope(AnObject(val).WithText(
                                       "builtin_object_class", "Leaderboard"))),
           400);
}

TEST_CASE("an op is published with its files' keys checked", "[api][objects]") {
  Api api;
  const auto op = [](const std::string& path) {
    return AnObject(R"({"_type":"CustomWeaveType","weave_type":{"type":"Op"},
                        "files":{")" +
                    path + R"(":"digest"}})");
  };
  CHECK(Publish(api, op("obj.py")).size() == 43);
  CHECK_THAT(ReasonOf(api.Post("/obj/create", Envelope(op("../obj.py"))), 400),
             Catch::StartsWith("Invalid file path key"));
}

TEST_CASE("what is wrong with an object, and where", "[api][objects]") {
  struct Row {
    std::string body;
    std::string details;  // [type, loc]
  };
  const Row row = GENERATE(values<Row>({
      {"{}", R"([["missing",["body","obj"]]])"},
      {R"({"obj":{}})",
       R"([["missing",["body","obj","project_id"]],
           ["missing",["body","obj","object_id"]],
           ["missing",["body","obj","val"]]])"},
      {R"({"obj":{"project_id":1,"object_id":null,"val":null,
                  "builtin_object_class":[],"expected_digest":1,
                  "wb_user_id":false,"more":1}})",
       R"([["string_type",["body","obj","project_id"]],
           ["string_type",["body","obj","object_id"]],
           ["string_type",["body","obj","builtin_object_class"]],
           ["string_type",["body","obj","expected_digest"]],
           ["string_type",["body","obj","wb_user_id"]]])"},
      {R"({"obj":{"project_id":"team/app","object_id":"x","val":1},"more":1})",
       R"([["extra_forbidden",["body","more"]]])"},
      {R"({"obj":[]})", R"([["model_attributes_type",["body","obj"]]])"},
  }));
  CAPTURE(row.body);
  Api api;
  Json got = Json::array();
  for (const Json& detail : DetailsOf(api.Post("/obj/create", row.body))) {
    got.push_back({detail.at("type"), detail.at("loc")});
  }
  CHECK(got == Json::parse(row.details));
}

TEST_CASE("an unknown key inside an object's envelope is ignored",
          "[api][objects]") {
  Api api;
  CHECK(Publish(api, AnObject("1").With("more", "[1]")).size() == 43);
}

TEST_CASE("an object belongs to a project", "[api][objects]") {
  Api api;
  ReasonOf(api.Post("/obj/create",
                    Envelope(AnObject("1").WithText("project_id", "app"))),
           400);
}

}  // namespace
}  // namespace bobbin::testing
