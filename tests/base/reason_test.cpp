#include "base/reason.h"

#include <string>

#include "support/catch.h"

namespace bobbin {
namespace {

TEST_CASE("the reason is the line that says what went wrong", "[base]") {
  const auto [exception, reason] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"  \n", ""},
      {"Error: no\n    at f (x.js:1:2)", "Error: no"},
      {"\n  broke \r\nmore", "broke"},
      {"Traceback (most recent call last):\n"
       "  File \"app.py\", line 3, in f\n"
       "    g()\n"
       "    ~^^\n"
       "  File \"app.py\", line 1, in g\n"
       "    raise ValueError(x)\n"
       "ValueError: of several\n\nlines\n",
       "ValueError: of several"},
      // Caused by another one, which comes first.
      {"Traceback (most recent call last):\n"
       "  File \"app.py\", line 1, in f\n"
       "KeyError: 'a'\n\n"
       "The above exception was the direct cause of the following exception:"
       "\n\n"
       "Traceback (most recent call last):\n"
       "  File \"app.py\", line 2, in f\n"
       "RuntimeError: b",
       "RuntimeError: b"},
      {"Traceback (most recent call last):\nValueError: no frames",
       "ValueError: no frames"},
      // Cut off.
      {"Traceback (most recent call last):\n  File \"app.py\", line 1, in f\n"
       "    g()",
       "g()"},
      {"Traceback (most recent call last):",
       "Traceback (most recent call last):"},
  }));
  CAPTURE(exception);
  CHECK(ReasonIn(exception) == reason);
}

}  // namespace
}  // namespace bobbin
