#include "json/match.h"

#include <string>

#include "support/catch.h"

namespace bobbin::json {
namespace {

TEST_CASE("a value's text is what it says", "[json]") {
  const auto [raw, text] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"null", ""},
      {R"("")", ""},
      {R"("null")", "null"},
      {R"("a b")", "a b"},
      {R"("a\n\"\u00e9")", "a\n\"\u00e9"},
      {"true", "true"},
      {"5", "5"},
      {"5.0", "5.0"},
      {"1e400", "1e400"},
      {R"( [ ] )", "[]"},
      {R"([1, 2.0 ,"a b"])", R"([1,2.0,"a b"])"},
      {"{ \"a\" :\n{\"b\\/\" : [ ]}}", R"({"a":{"b/":[]}})"},
      {R"(["\u00e9\n"])", "[\"\u00e9\\n\"]"},
  }));
  CAPTURE(raw);
  std::string scratch;
  // The value itself has no blanks around it.
  const size_t begin = raw.find_first_not_of(' ');
  const std::string_view value =
      raw.empty() ? raw
                  : std::string_view(raw).substr(
                        begin, raw.find_last_not_of(' ') - begin + 1);
  CHECK(AsText(value, scratch) == text);
}

struct Row {
  std::string raw;
  std::string constant;
  std::optional<bool> equal;
  std::optional<int> order;
};

TEST_CASE("a constant's kind decides how it is compared", "[json]") {
  const Row row = GENERATE(values<Row>({
      // Texts.
      {R"("a")", R"("a")", true, 0},
      {R"("a")", R"("b")", false, -1},
      {R"("\u0061")", R"("a")", true, 0},
      {R"("a")", R"("\u0061")", true, 0},
      {"", R"("")", true, 0},
      {"null", R"("")", true, 0},
      {"null", R"("null")", false, -1},
      {"", R"("a")", false, -1},
      {"5", R"("5")", true, 0},
      {"5.0", R"("5")", true, 1},
      {"5.0", R"("5.0")", true, 0},
      {"5.00", R"("5")", true, 1},
      {"5.5", R"("5")", false, 1},
      {"5e0", R"("5")", false, 1},
      {"10", R"("9")", false, -1},
      {"true", R"("true")", true, 0},
      {"[1, 2]", R"("[1,2]")", true, 0},
      // Integers.
      {"5", "5", true, 0},
      {"5.0", "5", true, 0},
      {"5.5", "5", false, 1},
      {R"("5")", "5", true, 0},
      {R"("5.5")", "5", std::nullopt, std::nullopt},
      {R"("x")", "5", std::nullopt, std::nullopt},
      {R"("")", "5", std::nullopt, std::nullopt},
      {"", "5", std::nullopt, std::nullopt},
      {"null", "0", std::nullopt, std::nullopt},
      {"true", "1", std::nullopt, std::nullopt},
      {R"("true")", "1", std::nullopt, std::nullopt},
      {"[5]", "5", std::nullopt, std::nullopt},
      {"123456789012345678901234567890", "123456789012345678901234567890", true,
       0},
      {"123456789012345678901234567890", "123456789012345678901234567891",
       false, -1},
      // Other numbers.
      {"5", "5.0", true, 0},
      {R"("5.5")", "5.5", true, 0},
      {R"("5")", "5.5", false, -1},
      {"1e400", "1e401", false, -1},
      // Booleans.
      {"true", "true", true, 0},
      {"false", "true", false, -1},
      {R"("true")", "true", true, 0},
      {R"("True")", "true", std::nullopt, std::nullopt},
      {"1", "true", true, 0},
      {R"("0")", "false", true, 0},
      {"5", "true", false, 1},
      {"null", "false", std::nullopt, std::nullopt},
      // Null.
      {"", "null", true, std::nullopt},
      {"null", "null", true, std::nullopt},
      {R"("")", "null", false, std::nullopt},
      {"0", "null", false, std::nullopt},
  }));
  CAPTURE(row.raw, row.constant);
  std::string scratch;
  const Constant constant(row.constant);
  CHECK(constant.Equals(row.raw, scratch) == row.equal);
  CHECK(constant.Order(row.raw, scratch) == row.order);

  const ConstantList alone("[" + row.constant + "]");
  CHECK(alone.Has(row.raw, scratch) == row.equal);
  const ConstantList with_null("[null," + row.constant + "]");
  const bool is_present = !row.raw.empty() && row.raw != "null";
  CHECK(with_null.Has(row.raw, scratch) == (is_present && row.constant != "null"
                                                ? row.equal
                                                : std::optional(!is_present)));
}

TEST_CASE("a list holds what equals one of its values", "[json]") {
  struct Case {
    std::string raw;
    std::string list;
    std::optional<bool> has;
  };
  const Case row = GENERATE(values<Case>({
      {R"("b")", R"(["c","a","b"])", true},
      {R"("d")", R"(["c","a","b"])", false},
      {"5.0", R"(["4","5"])", true},
      {"3", "[1,3.0,2]", true},
      {"30", "[1,3.0,2]", false},
      // One that is not an integer makes all of them doubles.
      {R"("5.5")", "[1,2]", std::nullopt},
      {R"("5.5")", "[1,2.0]", false},
      {R"("5.5")", "[5.5,1]", true},
      {"true", "[false,true]", true},
      {"1", "[]", false},
      {"", "[]", false},
      {"", "[null]", true},
      {"1", "[null]", false},
  }));
  CAPTURE(row.raw, row.list);
  std::string scratch;
  CHECK(ConstantList(row.list).Has(row.raw, scratch) == row.has);
}

TEST_CASE("two values compare as numbers if they are, else as text", "[json]") {
  const auto [a, b, order] = GENERATE(table<std::string, std::string, int>({
      {"1", "1.0", 0},
      {"9", "10", -1},
      {"9", R"("10")", 1},
      {R"("a")", R"("b")", -1},
      {"", "null", 0},
      {"", R"("")", 0},
      {"false", "true", -1},
      {"[1, 2]", "[1,2]", 0},
  }));
  CAPTURE(a, b);
  CHECK(OrderOf(a, b) == order);
  CHECK(OrderOf(b, a) == -order);
  CHECK(SameValue(a, b) == (order == 0));
  CHECK(SameValue("5.0", R"("5")"));
}

}  // namespace
}  // namespace bobbin::json
