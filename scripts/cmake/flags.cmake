# How everything of ours is compiled and linked: the build type, the target
# `bobbin_flags` (all targets of ours link it) and the sanitizers.

if(NOT CMAKE_BUILD_TYPE)
  if(BOBBIN_SANITIZE)
    set(CMAKE_BUILD_TYPE Debug)
  else()
    set(CMAKE_BUILD_TYPE Release)
  endif()
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# Enough to read a stack trace by; more makes the tests slow to build. That
# code which is not optimised runs slowly costs them less than optimising it.
if(BOBBIN_SANITIZE STREQUAL "fuzzer")
  set(optimise -O1)  # runs far longer than it takes to build
else()
  set(optimise -O0)
endif()
set(CMAKE_CXX_FLAGS_DEBUG "${optimise} -g1 -fno-omit-frame-pointer")

add_library(bobbin_flags INTERFACE)
target_compile_options(bobbin_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum
  -Wnon-virtual-dtor -Werror
  -ffunction-sections -fdata-sections)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlapping copies in std::string operations that have none
  # (GCC bug 105651).
  target_compile_options(bobbin_flags INTERFACE -Wno-restrict)
endif()

if(BOBBIN_SANITIZE STREQUAL "address")
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_compile_definitions(bobbin_flags INTERFACE _GLIBCXX_ASSERTIONS)
elseif(BOBBIN_SANITIZE STREQUAL "thread")
  set(sanitize -fsanitize=thread)
elseif(BOBBIN_SANITIZE STREQUAL "fuzzer")
  set(sanitize -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=all)
  target_compile_definitions(bobbin_flags INTERFACE _GLIBCXX_ASSERTIONS)
elseif(BOBBIN_SANITIZE)
  message(FATAL_ERROR "BOBBIN_SANITIZE is `${BOBBIN_SANITIZE}`, not `address`, "
    "`thread` or `fuzzer`")
endif()

if(BOBBIN_SANITIZE)
  # The warnings are the release build's matter: the checks that a sanitizer
  # adds confuse g++, and clang has others than those that the code is written
  # for.
  target_compile_options(bobbin_flags INTERFACE ${sanitize} -w)
  target_link_options(bobbin_flags INTERFACE ${sanitize})
else()
  # Only libc, libm and the loader are needed at run time.
  target_link_options(bobbin_flags INTERFACE
    -static-libgcc -static-libstdc++ -Wl,--gc-sections)
endif()
