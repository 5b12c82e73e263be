// The processes below this one: its children, theirs, and so on.
#pragma once

#include <cstddef>

namespace bobbin::cli {

// From now on a process below this one whose parent ends becomes a child of
// this one, a daemon too, instead of leaving the family for init
// (PR_SET_CHILD_SUBREAPER, prctl(2)).
void AdoptOrphans();

// Ends all of them and returns how many are left, which is none unless they
// run for somebody whose processes may not be ended by us, or hang in the
// system. First they are asked (SIGTERM) and given `patience_ms` to comply, or
// until `hurry_fd` (-1: none) has something to read; then they are killed.
//
// Needs /proc, AdoptOrphans() before they were made, and SIGCHLD to be
// blocked; reaps every child of this process.
size_t EndDescendants(int patience_ms, int hurry_fd);

}  // namespace bobbin::cli
