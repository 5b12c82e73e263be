# The libraries that others wrote, one target each. They are linked
# statically, so the .a files are named outright: find_package() would prefer
# the shared ones.
#
# Header-only Catch2, CLI11, nlohmann_json and Valijson need no target:
# scripts/setup installs them where the compiler looks anyway.

include(FetchContent)
find_package(Threads REQUIRED)

function(bobbin_static_library name header archive)
  find_path(${name}_INCLUDE ${header})
  find_library(${name}_ARCHIVE ${archive})
  if(NOT ${name}_INCLUDE OR NOT ${name}_ARCHIVE)
    message(FATAL_ERROR
      "${header} or ${archive} is missing: run scripts/setup first")
  endif()
  mark_as_advanced(${name}_INCLUDE ${name}_ARCHIVE)
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION ${${name}_ARCHIVE}
    INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE})
endfunction()

bobbin_static_library(third_z zlib.h libz.a)
bobbin_static_library(third_crypto openssl/sha.h libcrypto.a)
bobbin_static_library(third_utf8proc utf8proc.h libutf8proc.a)
bobbin_static_library(third_sqlite3 sqlite3.h libsqlite3.a)
bobbin_static_library(third_sqlitecpp SQLiteCpp/SQLiteCpp.h libSQLiteCpp.a)
target_link_libraries(third_crypto INTERFACE Threads::Threads)
target_link_libraries(third_sqlite3 INTERFACE Threads::Threads m)
target_link_libraries(third_sqlitecpp INTERFACE third_sqlite3)

# cpp-httplib. Debian's package of it is a shared library, so scripts/setup
# takes the one header from Debian's source package and puts it here. Without
# that header (not on Debian, say) upstream's is fetched, which lacks Debian's
# security fixes; -DFETCHCONTENT_SOURCE_DIR_CPP_HTTPLIB=DIR names a copy to
# use instead of either. All build trees share what was fetched.
set(deps ${PROJECT_SOURCE_DIR}/build/deps)
set(httplib_dir ${deps}/httplib)
if(FETCHCONTENT_SOURCE_DIR_CPP_HTTPLIB OR NOT EXISTS ${httplib_dir}/httplib.h)
  set(FETCHCONTENT_BASE_DIR ${deps})
  set(FETCHCONTENT_UPDATES_DISCONNECTED ON)  # once is enough
  FetchContent_Declare(cpp_httplib
    GIT_REPOSITORY https://github.com/yhirose/cpp-httplib.git
    GIT_TAG v0.18.7
    GIT_SHALLOW ON
    # There is no such folder, so its own CMake project is left alone: only
    # the header is wanted.
    SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(cpp_httplib)
  set(httplib_dir ${cpp_httplib_SOURCE_DIR})
endif()
add_library(third_httplib INTERFACE)
target_include_directories(third_httplib SYSTEM INTERFACE ${httplib_dir})
# select(), its default, cannot wait for descriptors beyond 1023. All files
# that include httplib.h must agree on this: the server, the tests' client
# and the benchmarks' no-op server.
target_compile_definitions(third_httplib INTERFACE CPPHTTPLIB_USE_POLL)
target_link_libraries(third_httplib INTERFACE Threads::Threads)

# The names of emoji are those of Python's `emoji` package, which the hosted
# service uses. Debian has it for the system's own Python; elsewhere
# `pip install emoji` will do.
foreach(candidate /usr/bin/python3 python3)
  find_program(python ${candidate} NO_CACHE)
  execute_process(COMMAND ${python} -c "import emoji"
    RESULT_VARIABLE no_emoji OUTPUT_QUIET ERROR_QUIET)
  if(NOT no_emoji)
    break()
  endif()
  unset(python)
endforeach()
if(NOT python)
  message(FATAL_ERROR
    "Python's emoji package is missing: run scripts/setup first")
endif()
