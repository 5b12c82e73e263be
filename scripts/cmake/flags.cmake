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
# Enough to read a stack trace by; more makes the tests slow to build and run.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

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
  # clang's warnings are others than those that the code is written for.
  target_compile_options(bobbin_flags INTERFACE -w)
elseif(BOBBIN_SANITIZE)
  message(FATAL_ERROR "BOBBIN_SANITIZE is `${BOBBIN_SANITIZE}`, not `address`, "
    "`thread` or `fuzzer`")
endif()

if(BOBBIN_SANITIZE)
  # The checks that a sanitizer adds confuse this warning; the release build
  # keeps it.
  target_compile_options(bobbin_flags INTERFACE
    ${sanitize} -Wno-maybe-uninitialized)
  target_link_options(bobbin_flags INTERFACE ${sanitize})
else()
  # Only libc, libm and the loader are needed at run time.
  target_link_options(bobbin_flags INTERFACE
    -static-libgcc -static-libstdc++ -Wl,--gc-sections)
endif()
