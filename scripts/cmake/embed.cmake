# cmake -D OUTPUT=out.cpp -D FUNCTION=Name -P embed.cmake -- file...
#
# Writes a source file that defines bobbin::FUNCTION() to return the files
# (see base/embedded.h), each as a raw string literal.

set(first_file 0)
foreach(i RANGE ${CMAKE_ARGC})
  if("${CMAKE_ARGV${i}}" STREQUAL "--")
    math(EXPR first_file "${i} + 1")
    break()
  endif()
endforeach()

set(entries "")
set(count 0)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${first_file} ${last})
  cmake_path(GET CMAKE_ARGV${i} FILENAME name)
  file(READ "${CMAKE_ARGV${i}}" content)
  string(FIND "${content}" ")bobbin\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${name} contains the mark that ends a literal")
  endif()
  string(APPEND entries "    {\"${name}\", R\"bobbin(${content})bobbin\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Made by scripts/cmake/embed.cmake.
#include \"base/embedded.h\"

namespace bobbin {
namespace {

constexpr EmbeddedFile kFiles[${count}] = {
${entries}};

}  // namespace

std::span<const EmbeddedFile> ${FUNCTION}() { return kFiles; }

}  // namespace bobbin
")
