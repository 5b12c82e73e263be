// SIGINT and SIGTERM as something to wait for.
#pragma once

namespace bobbin::cli {

// Blocks SIGINT and SIGTERM in this thread and in those it starts from now
// on, and ignores SIGPIPE: a client that goes away is no reason to die. Call
// it before there are other threads.
void BlockStopSignals();

// Waits for one of the two and returns it.
int WaitForStopSignal();

}  // namespace bobbin::cli
