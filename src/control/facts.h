// What a request is about: projects, ops, calls. Read from its body before
// anybody knows whether that makes sense.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bobbin::control {

struct Facts {
  struct Op {
    std::string name;   // as the client sent it: plain, or a ref
    int64_t calls = 0;  // how many calls of it begin here
  };

  // Each once, in order. An end does not say of which op it is.
  std::vector<std::string> project_ids = {};
  std::vector<Op> ops = {};
  int64_t starts = 0;  // of calls; a complete call is a start and an end
  int64_t ends = 0;
  bool is_json = false;  // the body is one JSON text

  void AddProject(std::string_view project_id);
};

// `route` is the pattern of the route, or empty: it says how deep to look.
Facts FactsOf(std::string_view route, std::string_view body);

// Whether the name of an op fits `pattern`: as it is, or, of a ref, the name
// within.
bool OpFits(std::string_view pattern, std::string_view op_name);

}  // namespace bobbin::control
