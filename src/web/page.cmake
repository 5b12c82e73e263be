# Builds the page and makes ${embedded_page} of it. All build trees share
# what npm and the bundler make; when nothing has changed, src/web/build is
# done at once.

option(BOBBIN_WEB "build the page that is served at /" ON)
find_program(npm npm)
mark_as_advanced(npm)
set(page_files "")
if(NOT BOBBIN_WEB)
  message(STATUS "bobbin is built without its page: BOBBIN_WEB is off")
elseif(NOT npm)
  message(WARNING "bobbin is built without its page: npm is missing. When it "
    "is there, configure again: cmake --fresh")
else()
  set(page_files
    base/api.ts
    base/boundary.tsx
    base/format.ts
    base/hooks.ts
    base/json_text.ts
    base/live.ts
    base/refs.ts
    base/router.ts
    base/text_diff.tsx
    base/ui.tsx
    base/virtual.tsx
    build
    build.mjs
    call/chat.tsx
    call/code.tsx
    call/details.tsx
    call/feedback.tsx
    call/json_tree.tsx
    call/media.tsx
    call/messages.ts
    call/panel.tsx
    header.tsx
    help.tsx
    icon.svg
    index.html
    list/filters.tsx
    list/list.tsx
    list/query.ts
    main.tsx
    package-lock.json
    package.json
    style/base.css
    style/pages.css
    style/theme.ts
    style/views.css
    trace/indent.tsx
    trace/load.ts
    trace/model.ts
    trace/rows.tsx
    trace/view.tsx
    tsconfig.json
    views/align.ts
    views/charts.tsx
    views/datasets.tsx
    views/eval_data.ts
    views/evaluations.tsx
    views/more.ts
    views/objects.tsx
    views/plot.tsx
    views/threads.tsx
    views/trace_diff.tsx
  )
  list(TRANSFORM page_files PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/web/)
endif()

set(page_folder ${PROJECT_SOURCE_DIR}/build/web)
if(page_files)
  set(build_page COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/web/build ${page_folder})
  set(page ${page_folder}/page)
else()
  set(build_page "")
  set(page "")
endif()
add_custom_command(
  OUTPUT ${embedded_page}
  ${build_page}
  COMMAND ${CMAKE_COMMAND} -D OUTPUT=${embedded_page} -D FUNCTION=EmbeddedPage
    -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed.cmake -- ${page}
  DEPENDS ${page_files} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed.cmake
  COMMENT "Building the page"
  VERBATIM)
