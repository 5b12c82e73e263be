# bobbin_layer(NAME [BATCH count] SOURCES file... USES layer... THIRD target...)
#
# Makes the library bobbin_NAME from files of src/NAME/. USES and THIRD are
# the layer's row of the table "who may include whom", which
# scripts/check_layers enforces for the includes.
#
# The files of a layer are compiled BATCH (8) at a time: most of what a compiler
# does here is reading headers. So a name in an anonymous namespace must be the
# only one of its kind among its neighbours.
function(bobbin_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "BATCH" "SOURCES;USES;THIRD")
  if(NOT arg_BATCH)
    set(arg_BATCH 8)
  endif()
  list(TRANSFORM arg_SOURCES PREPEND ${name}/)
  list(TRANSFORM arg_USES PREPEND bobbin_)
  add_library(bobbin_${name} STATIC ${arg_SOURCES})
  target_include_directories(bobbin_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  set_target_properties(bobbin_${name} PROPERTIES
    UNITY_BUILD ${BOBBIN_UNITY} UNITY_BUILD_BATCH_SIZE ${arg_BATCH})
  target_link_libraries(bobbin_${name}
    PUBLIC ${arg_USES} ${arg_THIRD}
    PRIVATE bobbin_flags)
endfunction()

# bobbin_embed(OUTPUT FUNCTION file...)
#
# Makes the source file OUTPUT, which defines FUNCTION() (declared in
# base/embedded.h) to return the files, and makes it anew when one changes.
function(bobbin_embed output function)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D OUTPUT=${output} -D FUNCTION=${function}
      -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed.cmake -- ${ARGN}
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed.cmake
    COMMENT "Embedding the files of ${function}()"
    VERBATIM)
endfunction()
