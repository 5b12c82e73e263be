#include "db/functions.h"

#include "support/catch.h"

namespace bobbin::db {
namespace {

class FunctionsFixture {
 protected:
  FunctionsFixture() { AddFunctions(connection); }

  // `function(json, path)`: its value as SQLite shows it, or "NULL".
  std::string Call(const std::string& function, std::string_view json,
                   std::string_view path) {
    const std::string call = function + "(?1, ?2)";
    Query query(connection, "SELECT " + call + ", typeof(" + call + ")");
    query.Bind(json).Bind(path);
    REQUIRE(query.Row());
    return query.IsNull(0) ? "NULL" : std::string(query.Text(0));
  }
  std::string NumberAt(std::string_view json, std::string_view path = "a") {
    return Call("json_number_at", json, path);
  }
  std::string TextAt(std::string_view json, std::string_view path = "a") {
    return Call("json_text_at", json, path);
  }

  Connection connection{
      ":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0};
};

TEST_CASE_METHOD(FunctionsFixture,
                 "json_number_at gives the number, or the "
                 "one that a text spells",
                 "[db]") {
  const auto [json, number] = GENERATE(table<std::string, std::string>({
      {R"({"a":5})", "5.0"},
      {R"({"a":-5.25})", "-5.25"},
      {R"({"a":1e3})", "1000.0"},
      {R"({"a":"7"})", "7.0"},
      {R"({"a":"1.5e1"})", "15.0"},
      {R"({"a":1e400})", "Inf"},
      {R"({"a":123456789012345678901234567890})", "1.23456789012346e+29"},
      {R"({"a":"x"})", "NULL"},
      {R"({"a":""})", "NULL"},
      {R"({"a":"-"})", "NULL"},
      {R"({"a":"e"})", "NULL"},
      {R"({"a":"1 "})", "NULL"},
      {R"({"a":" 1"})", "NULL"},
      {R"({"a":"inf"})", "NULL"},
      {R"({"a":"nan"})", "NULL"},
      {R"({"a":"0x10"})", "NULL"},
      {R"({"a":"1\u0000"})", "NULL"},
      {R"({"a":true})", "NULL"},
      {R"({"a":null})", "NULL"},
      {R"({"a":[1]})", "NULL"},
      {R"({"a":{}})", "NULL"},
      {R"({"b":1})", "NULL"},
  }));
  CAPTURE(json);
  CHECK(NumberAt(json) == number);
}

TEST_CASE_METHOD(FunctionsFixture,
                 "json_text_at gives a string as it is and "
                 "any other value as its JSON",
                 "[db]") {
  const auto [json, text] = GENERATE(table<std::string, std::string>({
      {R"({"a":"x"})", "x"},
      {R"({"a":""})", ""},
      {R"({"a":"\u00e9\n"})", "\u00e9\n"},
      {R"({"a":5.0})", "5.0"},
      {R"({"a":123456789012345678901234567890})",
       "123456789012345678901234567890"},
      {R"({"a":true})", "true"},
      {R"({"a": [1, 2] })", "[1, 2]"},
      {R"({"a":{"b":1}})", R"({"b":1})"},
      {R"({"a":"null"})", "null"},
      {R"({"a":null})", "NULL"},
      {R"({})", "NULL"},
  }));
  CAPTURE(json);
  CHECK(TextAt(json) == text);
}

TEST_CASE_METHOD(FunctionsFixture, "a text may hold a zero", "[db]") {
  Query query(connection, "SELECT json_text_at(?, 'a')");
  query.Bind(std::string_view(R"({"a":"x\u0000y"})"));
  REQUIRE(query.Row());
  CHECK(query.Text(0) == std::string_view("x\0y", 3));
}

TEST_CASE_METHOD(FunctionsFixture, "NULL has nothing at any path", "[db]") {
  Query query(connection,
              "SELECT json_text_at(NULL, 'a'), json_number_at(NULL, 'a'), "
              "json_text_at('', 'a'), json_text_at('{\"a\":1}', NULL)");
  REQUIRE(query.Row());
  CHECK(query.IsNull(0));
  CHECK(query.IsNull(1));
  CHECK(query.IsNull(2));
  CHECK(query.OptText(3) == R"({"a":1})");  // an empty path is the whole
}

TEST_CASE_METHOD(FunctionsFixture, "the path of an earlier use is forgotten",
                 "[db]") {
  const std::string json = R"({"a":1,"b":2,"c.d":3})";
  CHECK(TextAt(json, "a") == "1");
  CHECK(TextAt(json, "b") == "2");
  CHECK(TextAt(json, R"(c\.d)") == "3");
  CHECK(TextAt(json, "a") == "1");
}

TEST_CASE_METHOD(FunctionsFixture, "the path may differ from row to row",
                 "[db]") {
  connection.Exec("CREATE TABLE t (json, path)");
  connection.Exec(
      "INSERT INTO t VALUES ('{\"a\":1,\"b\":2}', 'a'), "
      "('{\"a\":3,\"b\":4}', 'b'), ('{\"a\":5,\"b\":6}', 'a')");
  Query query(connection,
              "SELECT group_concat(json_text_at(json, path)), "
              "group_concat(json_text_at(json, 'b')) FROM t");
  REQUIRE(query.Row());
  CHECK(query.Text(0) == "1,4,5");
  CHECK(query.Text(1) == "2,4,6");
}

}  // namespace
}  // namespace bobbin::db
