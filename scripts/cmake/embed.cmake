# cmake -D OUTPUT=out.cpp -D FUNCTION=Name -P embed.cmake -- file...
#
# Writes a source file that defines bobbin::FUNCTION() to return the files
# (see base/embedded.h), each as a string literal. A file whose name ends in
# `.gz` is embedded as it is, under its name without that. A directory stands
# for the files in it; there may be no files at all.

set(first_file 0)
foreach(i RANGE ${CMAKE_ARGC})
  if("${CMAKE_ARGV${i}}" STREQUAL "--")
    math(EXPR first_file "${i} + 1")
    break()
  endif()
endforeach()

set(files "")
math(EXPR last "${CMAKE_ARGC} - 1")
if(first_file GREATER 0 AND NOT first_file GREATER last)
  foreach(i RANGE ${first_file} ${last})
    set(file "${CMAKE_ARGV${i}}")
    if(IS_DIRECTORY "${file}")
      file(GLOB inside LIST_DIRECTORIES OFF "${file}/*")
      list(SORT inside)
      list(APPEND files ${inside})
    else()
      list(APPEND files "${file}")
    endif()
  endforeach()
endif()

set(entries "")
set(count 0)
foreach(file IN LISTS files)
  cmake_path(GET file FILENAME name)
  if(name MATCHES "\\.gz$")
    string(REGEX REPLACE "\\.gz$" "" name "${name}")
    file(READ "${file}" bytes HEX)
    string(LENGTH "${bytes}" digits)
    math(EXPR size "${digits} / 2")
    string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
    string(APPEND entries "    {\"${name}\", {\"${bytes}\", ${size}}},\n")
  else()
    file(READ "${file}" content)
    string(FIND "${content}" ")bobbin\"" end)
    if(NOT end EQUAL -1)
      message(FATAL_ERROR "${name} contains the mark that ends a literal")
    endif()
    string(APPEND entries
      "    {\"${name}\", R\"bobbin(${content})bobbin\"},\n")
  endif()
  math(EXPR count "${count} + 1")
endforeach()

set(array "  static constexpr std::array<EmbeddedFile, ${count}> kFiles = {{\n${entries}  }};")

file(WRITE "${OUTPUT}" "// Made by scripts/cmake/embed.cmake.
#include <array>

#include \"base/embedded.h\"

namespace bobbin {

std::span<const EmbeddedFile> ${FUNCTION}() {
${array}
  return kFiles;
}

}  // namespace bobbin
")
