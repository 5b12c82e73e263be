// Expected names are what Python's emoji 2.2 says.
#include "base/emoji.h"

#include "support/catch.h"

namespace bobbin {
namespace {

TEST_CASE(
    "an emoji is known by its name, however many characters it is made of",
    "[base]") {
  struct Row {
    std::string emoji;
    std::string name;
  };
  const auto [emoji, name] = GENERATE(values<Row>({
      {"\U0001F44D", "thumbs_up"},
      {"\U0001F44D\U0001F3FD", "thumbs_up_medium_skin_tone"},
      {"\U0001F44D\uFE0F", "thumbs_up"},
      {"\u2764\uFE0F", "red_heart"},
      {"\u2764", "red_heart"},
      {"\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466",
       "family_man_woman_girl_boy"},
      {"\U0001F469\U0001F3FF\u200D\U0001F680",
       "woman_astronaut_dark_skin_tone"},
      {"\U0001F1E9\U0001F1EA", "Germany"},
      {"\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074"
       "\U000E007F",
       "Scotland"},
      {"1\uFE0F\u20E3", "keycap_1"},
      {"1\u20E3", "keycap_1"},
      {"#\uFE0F\u20E3", "keycap_#"},
      {"\U0001F3F3\uFE0F\u200D\U0001F308", "rainbow_flag"},
      {"\u00A9", "copyright"},
      {"\U0001FAE8", "shaking_face"},
      {"\U0001F3FD", "medium_skin_tone"},
  }));
  CAPTURE(emoji);
  CHECK(EmojiName(emoji) == name);
  CHECK(Demojize(emoji) == ":" + name + ":");
}

TEST_CASE("what is not exactly one emoji has no name", "[base]") {
  const std::string text =
      GENERATE(as<std::string>(), "", "a", "1", "#", "*", "\uFE0F", "\u200D",
               "\U0001F1E9", "\U0001F44D\U0001F44D", "\U0001F44D ",
               "x\U0001F44D", ":thumbs_up:", "\U0001F44D\U0001F3FD\U0001F3FD",
               "\U0001F469\u200D\U0001F91D\u200D"
               "\U0001F469",
               "\xf0\x9f\x91", "\xff");
  CAPTURE(text);
  CHECK_FALSE(EmojiName(text));
}

TEST_CASE("emoji within a text are replaced by their names", "[base]") {
  struct Row {
    std::string text;
    std::string want;
  };
  const auto [text, want] = GENERATE(values<Row>({
      {"", ""},
      {"no emoji, 100%", "no emoji, 100%"},
      {"\U0001F44D!\U0001F44E", ":thumbs_up:!:thumbs_down:"},
      {"\U0001F469\u200D\U0001F91D\u200D\U0001F469",
       ":woman:\u200D:handshake:\u200D:woman:"},
      {"a\uFE0Fb", "ab"},
  }));
  CAPTURE(text);
  CHECK(Demojize(text) == want);
}

TEST_CASE("skin tones can be taken off", "[base]") {
  CHECK(WithoutSkinTones("\U0001F44D\U0001F3FB") == "\U0001F44D");
  CHECK(WithoutSkinTones("\U0001F44D\U0001F3FF") == "\U0001F44D");
  CHECK(WithoutSkinTones("\U0001F469\U0001F3FF\u200D\U0001F680") ==
        "\U0001F469\u200D\U0001F680");
  CHECK(WithoutSkinTones("\U0001F9D1\U0001F3FB\u200D\U0001F91D\u200D"
                         "\U0001F9D1\U0001F3FF") ==
        "\U0001F9D1\u200D\U0001F91D\u200D\U0001F9D1");
  // The neighbours of the five.
  CHECK(WithoutSkinTones("\U0001F3FA\U0001F400") == "\U0001F3FA\U0001F400");
  CHECK(WithoutSkinTones("") == "");
  CHECK(WithoutSkinTones("\xf0\x9f\x8f") == "\xf0\x9f\x8f");
}

}  // namespace
}  // namespace bobbin
