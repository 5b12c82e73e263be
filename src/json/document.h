// A JSON text, validated once, and the *slices* of it that matter.
//
// Parse() reads the text in one pass (RFC 8259, valid UTF-8, bounded depth)
// and keeps a flat list of nodes: where each value begins and ends. Nothing is
// converted and nothing is copied; what the client sent can be stored and
// returned as its own bytes. Deep inside a value the nodes end: below
// `detail_depth` the text is only validated, so that a large payload costs
// no memory.
//
// Threads   A Document is used by one thread at a time.
// Lifetime  Borrows the text, which must outlive the Document and every Value
//           and string_view taken from it. Values borrow the Document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::json {

enum class Kind : uint8_t {
  kNull,
  kFalse,
  kTrue,
  kNumber,
  kString,
  kArray,
  kObject
};

// The deepest nesting that is read (contract section 3 caps clients at 200
// inside a field; the envelope of a batch takes a few more).
inline constexpr int kMaxDepth = 256;

// The most values above `detail_depth` (some 100 MB of nodes): what remains of
// 32 MB of `[1,1,1,...` must not eat the machine.
inline constexpr size_t kMaxNodes = size_t{4} << 20;

// What Python's json module would say, since that is what clients of the
// hosted service see: `Expecting value`, `Extra data`, ...
struct SyntaxError {
  std::string_view message;  // empty: no error
  size_t offset_chars = 0;   // in code points from the start
  bool too_deep = false;     // deeper than kMaxDepth
  bool bad_utf8 = false;
  bool too_large = false;  // more than kMaxNodes, or than 4 GiB - 1
};

class Document;

// A value in a Document; as cheap to copy as a pointer. A default one is
// "not there": `exists()` is false and nothing else may be called.
class Value {
 public:
  Value() = default;

  bool exists() const { return document_ != nullptr; }
  Kind kind() const;
  bool is(Kind kind) const { return this->kind() == kind; }
  // The value's own bytes, a string's quotes included.
  std::string_view raw() const;
  // A string's characters, escapes resolved. A lone surrogate escape becomes
  // its three-byte form (WTF-8), which AppendQuoted() turns back.
  // Only for kString. The view lives as long as the Document and its text.
  std::string_view text() const;

  // The members of an object or the elements of an array, in order, for
  //   for (Value v = x.first(); v.exists(); v = v.next()) ... v.key() ...
  // Only above `detail_depth`; a deeper container shows no children.
  Value first() const;
  Value next() const;
  // The member's name (decoded), for a child of an object.
  std::string_view key() const;
  // True if this array or object is above `detail_depth`, so that first()
  // and next() show all there is.
  bool detailed() const;

 private:
  friend class Document;
  Value(Document* document, uint32_t node) : document_(document), node_(node) {}
  Document* document_ = nullptr;
  uint32_t node_ = 0;
};

class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // Reads `text` (at most 4 GiB - 1); on an error the Document is empty.
  // Containers nested `detail_depth` deep or more get no nodes for their
  // children: 1 shows the root's members, 2 their members too. May be called
  // again; what was taken from the earlier text is then invalid, memory is
  // kept for reuse.
  SyntaxError Parse(std::string_view text, int detail_depth);

  Value root();

  // Every string *value* (not key) at any depth that is a complete ref: it
  // begins with `weave:///` (the slashes may be escaped) and has no blanks.
  // Raw, without quotes, in the order of the text.
  const std::vector<std::string_view>& refs() const { return refs_; }

 private:
  friend class Value;
  struct Node {
    uint32_t begin;  // of the value's bytes in text_
    uint32_t end;
    uint32_t next;       // the next sibling's node, or 0
    uint32_t key_begin;  // of the member's name, quotes excluded
    uint32_t key_end;
    Kind kind;
    bool escaped;  // a string with backslashes
    bool key_escaped;
    bool detailed;  // children have nodes
  };
  class Parser;

  std::string_view Decode(uint32_t begin, uint32_t end, bool escaped);

  std::string_view text_;
  std::vector<Node> nodes_;
  std::vector<std::string_view> refs_;
  std::deque<std::string> decoded_;  // texts that had escapes
};

}  // namespace bobbin::json
