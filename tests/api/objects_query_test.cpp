// Reading, listing and deleting objects (contract section 6.3).

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/object_bodies.h"

namespace bobbin::testing {
namespace {

// The digests of {"a":1} and {"a":2}.
const std::string kOne = "XdhgKMbg1k4iUYb5astpM4ssWXZN95FiEH9cS7NNExA";
const std::string kTwo = "5anVsDAOD1DTcuWp3fokIIqsmpQM6aNvJHOHIhriBf4";

std::string Deletion(std::string_view name, std::string_view digests = "") {
  Body body{{"project_id", Quoted(kProject)}, {"object_id", Quoted(name)}};
  if (!digests.empty()) body = body.With("digests", digests);
  return body.json();
}

TEST_CASE("an object comes back as it was published", "[api][objects]") {
  Api api;
  PublishVal(api, "thing",
             R"({"_class_name":"P","_bases":["Prompt","Object","BaseModel"]})");
  api.clock.now_us += 1;
  const std::string val =
      R"({ "_class_name":"StringPrompt", "_bases":["Prompt","Object",)"
      R"("BaseModel"],)"
      "\n"
      R"("n":[1.00,123456789012345678901234567890,1e400,"\ud83d\/"]})";
  const std::string digest = PublishVal(api, "thing", val);
  const std::string metadata =
      R"("project_id":"team/app","object_id":"thing",)"
      R"("created_at":"2023-11-14T22:13:20.000001Z","deleted_at":null,)"
      R"("digest":")" +
      digest +
      R"(","version_index":1,"is_latest":1,"kind":"object",)"
      R"("base_object_class":"Prompt","leaf_object_class":"StringPrompt",)";
  const Body latest = AVersion("thing", "latest");
  CHECK(api.Ok("/obj/read", latest.json()) ==
        R"({"obj":{)" + metadata + R"("val":)" + val +
            R"(,"wb_user_id":"local","size_bytes":null,"tags":null,)"
            R"("aliases":null}})");
  CHECK(api.Ok("/obj/read", latest.With("metadata_only", "true")
                                .With("include_tags_and_aliases", "true")
                                .json()) ==
        R"({"obj":{)" + metadata +
            R"("val":{},"wb_user_id":"local",)"
            R"("size_bytes":null,"tags":[],)"
            R"("aliases":["latest"]}})");
  CHECK(api.Ok("/objs/query", R"({"project_id":"team/app","offset":1,)"
                              R"("include_storage_size":true})") ==
        R"({"objs":[{)" + metadata + R"("val":)" + val +
            R"(,"wb_user_id":"local","size_bytes":)" +
            std::to_string(val.size()) + R"(,"tags":null,"aliases":null}]})");
}

TEST_CASE("any value is read as it was sent", "[api][objects]") {
  Api api;
  const std::string val =
      GENERATE("null", "true", "0", "-0.0", "\"text\"", "[]", "[[1],{}]",
               "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  CAPTURE(val);
  PublishVal(api, "thing", val);
  CHECK_THAT(api.Ok("/obj/read", AVersion("thing", "v0").json()),
             Catch::Contains("\"val\":" + val + ","));
}

TEST_CASE("a version is read by any of its names", "[api][objects]") {
  Api api;
  PublishVal(api, "thing", R"({"a":1})");
  PublishVal(api, "thing", R"({"a":2})");
  const auto index = [&](std::string_view digest) {
    return ReadObject(api, "thing", digest).at("version_index").get<int>();
  };
  CHECK(index(kOne) == 0);
  CHECK(index("v0") == 0);
  CHECK(index("v1") == 1);
  CHECK(index("latest") == 1);
  PublishVal(api, "thing", R"({"a":1})");
  CHECK(index("latest") == 0);
  CHECK(ReadObject(api, "thing", "v1").at("is_latest") == 0);
  CHECK(ReadObject(api, "thing", kOne).at("is_latest") == 1);
}

TEST_CASE("an op is of kind op", "[api][objects]") {
  Api api;
  PublishVal(api, "f", R"({"_type":"Op"})");
  CHECK(ReadObject(api, "f", "latest").at("kind") == "op");
  CHECK(QueryObjects(api, R"("filter":{"is_op":true})").size() == 1);
  CHECK(QueryObjects(api, R"("filter":{"is_op":false})").empty());
}

TEST_CASE("what cannot be read is missing, or deleted", "[api][objects]") {
  Api api;
  PublishVal(api, "thing", R"({"a":1})");
  PublishVal(api, "thing", R"({"a":2})");
  api.clock.now_us = 1'704'067'200'000'000;
  api.Ok("/obj/delete", Deletion("thing", "[\"v0\"]"));
  PublishVal(api, "gone", "1");
  api.Ok("/obj/delete", Deletion("gone"));

  for (const char* digest : {"v2", "nothing", ""}) {
    CAPTURE(digest);
    const api::Response response =
        api.Post("/obj/read", AVersion("thing", digest).json());
    CHECK(ReasonOf(response, 404) ==
          "Obj thing:" + std::string(digest) + " not found");
    const Json body = Json::parse(response.body);
    CHECK(body.at("error_type") == "NotFoundError");
    CHECK(!body.contains("deleted_at"));
  }
  CHECK(ReasonOf(api.Post("/obj/read", AVersion("none", "latest").json()),
                 404) == "Obj none:latest not found");
  CHECK(ReasonOf(api.Post("/obj/read", AVersion("thing", "latest")
                                           .WithText("project_id", "team/none")
                                           .json()),
                 404) == "Obj thing:latest not found");

  struct Row {
    std::string name, digest;
  };
  for (const Row& row :
       std::vector<Row>{{"thing", "v0"}, {"thing", kOne}, {"gone", "latest"}}) {
    CAPTURE(row.name, row.digest);
    const api::Response response =
        api.Post("/obj/read", AVersion(row.name, row.digest).json());
    CHECK(ReasonOf(response, 404) ==
          row.name + ":v0 was deleted at 2024-01-01T00:00:00Z");
    const Json body = Json::parse(response.body);
    CHECK(body.at("error_type") == "ObjectDeletedError");
    CHECK(body.at("deleted_at") == "2024-01-01T00:00:00Z");
  }
  CHECK(ReadObject(api, "thing", "latest").at("version_index") == 1);
}

TEST_CASE("deleting says what went", "[api][objects]") {
  Api api;
  PublishVal(api, "thing", R"({"a":1})");
  PublishVal(api, "thing", R"({"a":2})");
  const std::string third = PublishVal(api, "thing", R"({"a":3})");
  CHECK(api.Ok("/obj/delete", Deletion("thing", "[\"latest\",\"v2\"]")) ==
        R"({"num_deleted":1,"deleted_versions":[{"digest":")" + third +
            R"(","base_object_class":null,"leaf_object_class":null}]})");
  CHECK(ReadObject(api, "thing", "latest").at("digest") == kTwo);
  CHECK(api.Ok("/obj/delete", Deletion("thing", "null")) ==
        R"({"num_deleted":2,"deleted_versions":[{"digest":")" + kOne +
            R"(","base_object_class":null,"leaf_object_class":null},)"
            R"({"digest":")" +
            kTwo + R"(","base_object_class":null,"leaf_object_class":null}]})");
  CHECK(QueryObjects(api).empty());
  const std::string of_class =
      PublishVal(api, "other",
                 R"({"_class_name":"L","_bases":["B","Object","BaseModel"]})");
  CHECK(api.Ok("/obj/delete", Deletion("other", "null")) ==
        R"({"num_deleted":1,"deleted_versions":[{"digest":")" + of_class +
            R"(","base_object_class":"B","leaf_object_class":"L"}]})");
  PublishVal(api, "thing", R"({"a":1})");
  CHECK(ReadObject(api, "thing", "latest").at("version_index") == 3);
}

TEST_CASE("the survivors keep their numbers, and one is the latest",
          "[api][objects]") {
  Api api;
  for (const char* val : {"1", "2", "3"}) PublishVal(api, "thing", val);
  api.Ok("/obj/delete", Deletion("thing", "[\"v1\"]"));
  const auto versions = [&] {
    std::string all;
    for (const Json& object : QueryObjects(api)) {
      all += std::to_string(object.at("version_index").get<int>());
      all += object.at("is_latest") == 1 ? "! " : " ";
    }
    return all;
  };
  CHECK(versions() == "0 2! ");
  api.Ok("/obj/delete", Deletion("thing", "[\"latest\"]"));
  CHECK(versions() == "0! ");
}

TEST_CASE("what a request about objects is answered", "[api][objects]") {
  struct Row {
    std::string path, body;
    int status;
    std::string reason;  // its beginning; or [type, loc] of each 422 detail
  };
  std::string many = "[\"v0\"";
  for (int i = 0; i < 1000; ++i) many += ",\"v0\"";
  many += "]";
  std::string hundred = "[\"v0\"";
  for (int i = 0; i < 99; ++i) hundred += ",\"v0\"";
  const std::vector<Row> rows{
      {"/obj/read", "{}", 422,
       R"([["missing",["body","project_id"]],["missing",["body","object_id"]],
           ["missing",["body","digest"]]])"},
      {"/obj/read",
       R"({"project_id":1,"object_id":null,"digest":[],"metadata_only":"?",
           "include_tags_and_aliases":2,"more":1})",
       422,
       R"([["string_type",["body","project_id"]],
           ["string_type",["body","object_id"]],
           ["string_type",["body","digest"]],
           ["bool_parsing",["body","metadata_only"]],
           ["bool_parsing",["body","include_tags_and_aliases"]],
           ["extra_forbidden",["body","more"]]])"},
      {"/obj/read", AVersion("x", "v0").WithText("project_id", "app").json(),
       400, "Invalid project_id"},
      {"/obj/delete", "{}", 422,
       R"([["missing",["body","project_id"]],
           ["missing",["body","object_id"]]])"},
      {"/obj/delete", Deletion("thing", "[1,null]"), 422,
       R"([["string_type",["body","digests",0]],
           ["string_type",["body","digests",1]]])"},
      {"/obj/delete", Deletion("thing", "\"v0\""), 422,
       R"([["list_type",["body","digests"]]])"},
      {"/obj/delete", R"({"project_id":"app","object_id":"thing"})", 400,
       "Invalid project_id"},
      {"/obj/delete", Deletion("thing", "[]"), 400, "digests is empty"},
      {"/obj/delete", Deletion("thing", many), 400,
       "Object delete request contains 1001 objects. Please delete 100"},
      {"/obj/delete", Deletion("thing", hundred + ",\"v0\"]"), 400,
       "Object delete request contains 101 objects."},
      {"/obj/delete", Deletion("none"), 404, "Object none not found"},
      {"/obj/delete", Deletion("thing", "[\"v0\",\"v7\"]"), 404,
       "Delete request for object thing contains 2 versions, but found 1"},
      {"/obj/delete", Deletion("thing", hundred + "]"), 200, ""},
      {"/obj/delete", Deletion("thing", "[\"v0\"]"), 404,
       "Delete request for object thing contains 1 versions, but found 0"},
      {"/objs/query", "{}", 422, R"([["missing",["body","project_id"]]])"},
      {"/objs/query",
       R"({"project_id":"team/app","filter":{"is_op":3,"tags":"x",
           "object_ids":[1],"more":1},"limit":"x","offset":1.5,
           "sort_by":[{"field":1,"direction":"up"}],"metadata_only":[],
           "wrong":null})",
       422,
       R"([["string_type",["body","filter","object_ids",0]],
           ["bool_parsing",["body","filter","is_op"]],
           ["list_type",["body","filter","tags"]],
           ["extra_forbidden",["body","filter","more"]],
           ["int_parsing",["body","limit"]],
           ["int_from_float",["body","offset"]],
           ["string_type",["body","sort_by",0,"field"]],
           ["literal_error",["body","sort_by",0,"direction"]],
           ["bool_type",["body","metadata_only"]],
           ["extra_forbidden",["body","wrong"]]])"},
      {"/objs/query", R"({"project_id":"app"})", 400, "Invalid project_id"},
      {"/objs/query", R"({"project_id":"team/app","limit":-1})", 400,
       "limit must not be negative"},
      {"/objs/query", R"({"project_id":"team/app","offset":-1})", 400,
       "offset must not be negative"},
      {"/objs/query",
       R"({"project_id":"team/app","filter":{"object_ids":)" + many + "}}", 400,
       "Parameter: 'object_ids' request length is greater than max length "
       "(1000). Actual length: 1001"},
      {"/objs/query", R"({"project_id":"team/none"})", 200, ""},
      {"/objs/query",
       R"({"project_id":"team/app","filter":null,"limit":null,"offset":null,
           "sort_by":null,"metadata_only":null,"include_storage_size":null,
           "include_tags_and_aliases":null})",
       200, ""},
  };
  Api api;
  PublishVal(api, "thing", R"({"a":1})");
  PublishVal(api, "thing", R"({"a":2})");
  for (const Row& row : rows) {
    CAPTURE(row.path, row.body.substr(0, 200));
    const api::Response response = api.Post(row.path, row.body);
    if (row.status == 200) {
      CHECK(response.status == 200);
    } else if (row.status == 422) {
      Json got = Json::array();
      for (const Json& detail : DetailsOf(response)) {
        got.push_back({detail.at("type"), detail.at("loc")});
      }
      CHECK(got == Json::parse(row.reason));
    } else {
      CHECK_THAT(ReasonOf(response, row.status), Catch::StartsWith(row.reason));
    }
  }
}

TEST_CASE("objects are listed as asked for", "[api][objects]") {
  Api api;
  CHECK(api.Ok("/objs/query", R"({"project_id":"team/none"})") ==
        R"({"objs":[]})");
  for (const char* name : {"b", "a"}) {
    for (const char* val : {"1", "2"}) {
      PublishVal(api, name, val);
      api.clock.now_us += 1;
    }
  }
  const auto listed = [&](const char* more) {
    std::string all;
    for (const Json& object : QueryObjects(api, more)) {
      all += object.at("object_id").get<std::string>() +
             std::to_string(object.at("version_index").get<int>()) + " ";
    }
    return all;
  };
  CHECK(listed("") == "b0 b1 a0 a1 ");
  CHECK(listed(R"("sort_by":[{"field":"created_at","direction":"desc"}],
                  "limit":1,"offset":1)") == "a0 ");
  CHECK(listed(R"("sort_by":[{"field":"object_id","direction":"asc"}])") ==
        "a0 a1 b0 b1 ");
  CHECK(listed(R"("sort_by":[{"field":"digest","direction":"desc"}])") ==
        "b0 b1 a0 a1 ");
  CHECK(listed(R"("sort_by":[])") == "b0 b1 a0 a1 ");
  CHECK(listed(R"("filter":{"latest_only":true,"object_ids":["a"]})") == "a1 ");
}

TEST_CASE("many objects come in pieces, each of them whole", "[api][objects]") {
  Api api(Transport::kPort, db::Durability::kNormal);
  const std::string filler(10'000, 'x');
  for (int i = 0; i < 40; ++i) {
    PublishVal(api, "thing", "[" + std::to_string(i) + ",\"" + filler + "\"]");
    api.clock.now_us += 1;
  }
  const Json objects = QueryObjects(api);
  REQUIRE(objects.size() == 40);
  for (int i = 0; i < 40; ++i) CHECK(objects[i].at("val")[0] == i);
}

TEST_CASE("deletions outlive a restart", "[api][objects]") {
  Api api(Transport::kInProcess, db::Durability::kNormal);
  PublishVal(api, "thing", "1");
  PublishVal(api, "thing", "2");
  api.Ok("/obj/delete", Deletion("thing", "[\"v1\"]"));
  api.Restart();
  CHECK(ReadObject(api, "thing", "latest").at("version_index") == 0);
  CHECK_THAT(
      ReasonOf(api.Post("/obj/read", AVersion("thing", "v1").json()), 404),
      Catch::Contains("was deleted at"));
  PublishVal(api, "thing", "2");
  CHECK(ReadObject(api, "thing", "latest").at("version_index") == 2);
}

}  // namespace
}  // namespace bobbin::testing
