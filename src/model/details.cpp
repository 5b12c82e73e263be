#include "model/details.h"

#include "json/write.h"

namespace bobbin::model {
namespace {

// Each error repeats the input it is about. A batch of a hundred thousand
// wrong items must not be answered with more bytes than it had.
constexpr size_t kMaxBytes = 1 << 20;

void AppendLoc(std::string& out, const Loc& loc) {
  if (loc.outer != nullptr) {
    AppendLoc(out, *loc.outer);
    out += ',';
  }
  if (loc.index >= 0) {
    json::AppendInt(out, loc.index);
  } else {
    json::AppendQuoted(out, loc.name);
  }
}

}  // namespace

void Details::Add(std::string_view type, const Loc& loc, std::string_view msg,
                  std::string_view input, std::string_view context) {
  if (full_) return;
  if (!text_.empty()) text_ += ',';
  text_ += R"({"type":)";
  json::AppendQuoted(text_, type);
  text_ += R"(,"loc":[)";
  AppendLoc(text_, loc);
  text_ += R"(],"msg":)";
  json::AppendQuoted(text_, msg);
  text_ += R"(,"input":)";
  text_ += input;
  if (!context.empty()) {
    text_ += R"(,"ctx":)";
    text_ += context;
  }
  text_ += '}';
  full_ = text_.size() > kMaxBytes;
}

void Details::Append(Details&& other) {
  if (full_ || other.empty()) return;
  if (!text_.empty()) text_ += ',';
  text_ += other.text_;
  full_ = text_.size() > kMaxBytes;
}

Error Details::Take() && {
  return {Code::kUnprocessable, "The request has the wrong shape.", "",
          "[" + std::move(text_) + "]"};
}

}  // namespace bobbin::model
