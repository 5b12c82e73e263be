#include "query/expr.h"

#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.h"

namespace bobbin::query {
namespace {

using Json = nlohmann::json;

// `inner` as the operand of `depth` operators.
std::string Nested(const std::string& begin, const std::string& end,
                   const std::string& inner, int depth) {
  std::string text = inner;
  for (int i = 0; i < depth; ++i) text = begin + text + end;
  return text;
}

const std::string kTrue = R"({"$eq":[{"$literal":1},{"$literal":1}]})";

std::string Query(const std::string& expr) {
  return R"({"$expr":)" + expr + "}";
}

TEST_CASE("a query becomes a tree", "[query]") {
  const auto parsed = ParseQuery(
      R"({"$expr":{"$and":[
           {"$in":[{"$getField":"inputs.a\\.b"},
                   [{"$literal":"x\u00e9"},{"$literal":1.50}]]},
           {"$not":[{"$contains":{"input":{"$convert":{"input":
             {"$getField":"id"},"to":"string"}},
             "substr":{"$literal":"y"},"case_insensitive":true}}]}]}})");
  REQUIRE(parsed.ok());
  const Expr& all = parsed.value();
  CHECK(all.op == Op::kAnd);
  REQUIRE(all.operands.size() == 2);
  const Expr& in = all.operands[0];
  CHECK(in.op == Op::kIn);
  REQUIRE(in.operands.size() == 3);
  CHECK(in.operands[0].op == Op::kGetField);
  CHECK(in.operands[0].text == R"(inputs.a\.b)");
  CHECK(in.operands[1].kind == json::Kind::kString);
  CHECK(in.operands[1].text == "x\u00e9");
  CHECK(in.operands[2].kind == json::Kind::kNumber);
  CHECK(in.operands[2].text == "1.50");
  const Expr& contains = all.operands[1].operands.at(0);
  CHECK(contains.case_insensitive);
  CHECK(contains.operands.at(0).to == CastTo::kString);
}

TEST_CASE("operators go by the names of their Python fields, too", "[query]") {
  const std::string text =
      GENERATE(as<std::string>(),
               R"({"expr_":{"and_":[{"or_":[{"eq_":[{"get_field_":"id"},
          {"literal_":1}]}]}]}})",
               R"({"expr_":{"not_":[{"in_":[{"get_field_":"id"},[]]}]}})",
               R"({"$expr":{"gt_":[{"$getField":"id"},{"literal_":null}]}})",
               R"({"$expr":{"gte_":[{"$getField":"id"},{"literal_":null}]}})",
               R"({"$expr":{"lt_":[{"$getField":"id"},{"literal_":null}]}})",
               R"({"$expr":{"lte_":[{"$getField":"id"},{"literal_":null}]}})",
               R"({"$expr":{"contains_":{"input":{"convert_":{"input":
          {"get_field_":"id"},"to":"string"}},"substr":{"literal_":"x"},
          "case_insensitive":null}}})");
  CAPTURE(text);
  CHECK(ParseQuery(text).ok());
}

struct Wrong {
  std::string query;
  std::string type;
  std::string loc;  // below body, query
};

TEST_CASE("a wrong shape is one error, where it is", "[query]") {
  const Wrong row = GENERATE(values<Wrong>({
      {"[]", "model_attributes_type", "[]"},
      {"5", "model_attributes_type", "[]"},
      {"{}", "missing", R"(["$expr"])"},
      {R"({"$expr":{"$and":[]},"x":1})", "extra_forbidden", R"(["x"])"},
      {Query("null"), "model_attributes_type", R"(["$expr"])"},
      {Query("[]"), "model_attributes_type", R"(["$expr"])"},
      {Query("{}"), "missing", R"(["$expr","$and"])"},
      {Query(R"({"$xor":[]})"), "extra_forbidden", R"(["$expr","$xor"])"},
      {Query(R"({"$EQ":[]})"), "extra_forbidden", R"(["$expr","$EQ"])"},
      {Query(R"({"$and":[],"$or":[]})"), "extra_forbidden",
       R"(["$expr","$or"])"},
      // Only operations are a query.
      {Query(R"({"$literal":true})"), "extra_forbidden",
       R"(["$expr","$literal"])"},
      {Query(R"({"$getField":"id"})"), "extra_forbidden",
       R"(["$expr","$getField"])"},
      {Query(R"({"$convert":{"input":{"$literal":1},"to":"bool"}})"),
       "extra_forbidden", R"(["$expr","$convert"])"},
      {Query(R"({"$and":{}})"), "list_type", R"(["$expr","$and"])"},
      {Query(R"({"$or":"x"})"), "list_type", R"(["$expr","$or"])"},
      {Query(R"({"$and":[1]})"), "model_attributes_type",
       R"(["$expr","$and",0])"},
      {Query(R"({"$and":[{}]})"), "missing",
       R"(["$expr","$and",0,"$literal"])"},
      {Query(R"({"$not":{}})"), "tuple_type", R"(["$expr","$not"])"},
      {Query(R"({"$not":[]})"), "missing", R"(["$expr","$not",0])"},
      {Query(R"({"$not":[{"$literal":1},{"$literal":1}]})"), "too_long",
       R"(["$expr","$not"])"},
      {Query(R"({"$eq":"x"})"), "tuple_type", R"(["$expr","$eq"])"},
      {Query(R"({"$gt":[{"$literal":1}]})"), "missing", R"(["$expr","$gt",1])"},
      {Query(R"({"$lte":[{"$literal":1},{"$literal":1},{"$literal":1}]})"),
       "too_long", R"(["$expr","$lte"])"},
      {Query(R"({"$in":[{"$literal":1}]})"), "missing", R"(["$expr","$in",1])"},
      {Query(R"({"$in":[{"$literal":1},{"$literal":1}]})"), "list_type",
       R"(["$expr","$in",1])"},
      {Query(R"({"$in":[{"$literal":1},[2]]})"), "model_attributes_type",
       R"(["$expr","$in",1,0])"},
      {Query(R"({"$contains":[]})"), "model_attributes_type",
       R"(["$expr","$contains"])"},
      {Query(R"({"$contains":{"substr":{"$literal":"x"}}})"), "missing",
       R"(["$expr","$contains","input"])"},
      {Query(R"({"$contains":{"input":{"$literal":"x"}}})"), "missing",
       R"(["$expr","$contains","substr"])"},
      {Query(R"({"$contains":{"input":{"$literal":"x"},
                 "substr":{"$literal":"x"},"case_insensitive":"perhaps"}})"),
       "bool_parsing", R"(["$expr","$contains","case_insensitive"])"},
      {Query(R"({"$contains":{"input":{"$literal":"x"},
                 "substr":{"$literal":"x"},"case":1}})"),
       "extra_forbidden", R"(["$expr","$contains","case"])"},
      {Query(R"({"$not":[{"$convert":{"to":"int"}}]})"), "missing",
       R"(["$expr","$not",0,"$convert","input"])"},
      {Query(R"({"$not":[{"$convert":{"input":{"$literal":1}}}]})"), "missing",
       R"(["$expr","$not",0,"$convert","to"])"},
      {Query(R"({"$not":[{"$convert":{"input":{"$literal":1},
                 "to":"float"}}]})"),
       "literal_error", R"(["$expr","$not",0,"$convert","to"])"},
      {Query(R"({"$not":[{"$getField":1}]})"), "string_type",
       R"(["$expr","$not",0,"$getField"])"},
  }));
  CAPTURE(row.query);
  const auto parsed = ParseQuery(row.query);
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().code == Code::kUnprocessable);
  const Json details = Json::parse(parsed.error().detail);
  REQUIRE(details.size() == 1);
  CHECK(details[0].at("type") == row.type);
  Json loc = Json::array({"body", "query"});
  for (const Json& part : Json::parse(row.loc)) loc.push_back(part);
  CHECK(details[0].at("loc") == loc);
}

TEST_CASE("a query may be deep, but not bottomless", "[query]") {
  const auto [begin, end] = GENERATE(table<std::string, std::string>({
      {R"({"$not":[)", "]}"},
      {R"({"$and":[)", "," + kTrue + "]}"},
      {R"({"$or":[)" + kTrue + ",", "]}"},
  }));
  // The innermost comparison and its literals are two levels.
  CHECK(ParseQuery(Query(Nested(begin, end, kTrue, kMaxQueryDepth - 2))).ok());
  const auto parsed =
      ParseQuery(Query(Nested(begin, end, kTrue, kMaxQueryDepth - 1)));
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().code == Code::kInvalid);
}

TEST_CASE("within a comparison there is less room", "[query]") {
  const std::string begin = R"({"$convert":{"to":"int","input":)";
  const auto query = [&](int depth) {
    return Query(R"({"$eq":[{"$literal":1},)" +
                 Nested(begin, "}}", R"({"$literal":1})", depth) + "]}");
  };
  CHECK(ParseQuery(query(kMaxValueDepth - 1)).ok());
  const auto parsed = ParseQuery(query(kMaxValueDepth));
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().code == Code::kInvalid);
}

TEST_CASE("a query has a bounded number of parts", "[query]") {
  const auto many = [](size_t count) {
    std::string text = R"({"$and":[)";
    for (size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : ",") + std::string(R"({"$literal":true})");
    }
    return Query(text + "]}");
  };
  CHECK(ParseQuery(many(kMaxQueryNodes - 1)).ok());
  const auto parsed = ParseQuery(many(kMaxQueryNodes));
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().code == Code::kInvalid);
}

TEST_CASE("a list of $in is bounded", "[query]") {
  const auto in = [](size_t count) {
    std::string text = R"({"$in":[{"$getField":"id"},[)";
    for (size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : ",") + std::string(R"({"$literal":"x"})");
    }
    return Query(text + "]]}");
  };
  CHECK(ParseQuery(in(kMaxInEntries)).ok());
  const auto parsed = ParseQuery(in(kMaxInEntries + 1));
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().code == Code::kInvalid);
}

TEST_CASE("a query is not longer than two megabytes", "[query]") {
  const auto query = [](size_t size) {
    const std::string begin = R"({"$expr":{"$not":[{"$literal":")";
    const std::string end = "\"}]}}";
    return begin + std::string(size - begin.size() - end.size(), 'x') + end;
  };
  CHECK(ParseQuery(query(kMaxQueryBytes)).ok());
  const auto parsed = ParseQuery(query(kMaxQueryBytes + 1));
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().code == Code::kInvalid);
}

TEST_CASE("a query that only names ids says which", "[query]") {
  using Ids = std::optional<std::vector<std::string>>;
  const auto [expr, ids] = GENERATE(table<std::string, Ids>({
      {R"({"$eq":[{"$getField":"id"},{"$literal":"a"}]})", Ids({"a"})},
      {R"({"$eq":[{"$literal":"a"},{"$getField":"id"}]})", Ids({"a"})},
      {R"({"$in":[{"$getField":"id"},[{"$literal":"a"},{"$literal":"b"}]]})",
       Ids({"a", "b"})},
      {R"({"$or":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]},
                  {"$eq":[{"$getField":"id"},{"$literal":"b"}]}]})",
       Ids({"a", "b"})},
      {R"({"$and":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]}]})",
       std::nullopt},
      {R"({"$eq":[{"$getField":"ids"},{"$literal":"a"}]})", std::nullopt},
      {R"({"$eq":[{"$getField":"id"},{"$literal":1}]})", std::nullopt},
      {R"({"$eq":[{"$literal":"id"},{"$literal":"a"}]})", std::nullopt},
      {R"({"$gt":[{"$getField":"id"},{"$literal":"a"}]})", std::nullopt},
      {R"({"$or":[{"$eq":[{"$getField":"id"},{"$literal":"a"}]},
                  {"$eq":[{"$getField":"x"},{"$literal":"b"}]}]})",
       std::nullopt},
  }));
  CAPTURE(expr);
  CHECK(OnlyTexts(ParseQuery(Query(expr)).value(), "id") == ids);
}

}  // namespace
}  // namespace bobbin::query
