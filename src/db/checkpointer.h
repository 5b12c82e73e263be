// Moves what is in the WAL into the database file, beside the writer instead
// of inside its commits.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "db/connection.h"
#include "db/group_commit.h"

namespace bobbin::db {

class Checkpointer {
 public:
  using Make = std::function<std::unique_ptr<Connection>()>;

  // Borrows `writes`. `make` opens the connection that checkpoints, once it
  // is needed. A checkpoint is made when the WAL has `frames` frames, and
  // again for as many more; from kPatience times as many on, one of them
  // waits for readers, so that the WAL can start from the front again.
  Checkpointer(GroupCommit& writes, int frames, Make make);
  ~Checkpointer();  // waits for a running checkpoint

  static constexpr int kPatience = 4;

  // Says how many frames the WAL has after a commit. Cheap; on the writer's
  // turn only.
  void AfterCommit(int frames);

 private:
  void Request();
  void Loop();
  void Checkpoint();

  GroupCommit& writes_;
  const int frames_;
  const Make make_;
  int next_;                                // frames at the next request
  std::unique_ptr<Connection> connection_;  // of the thread below
  std::mutex mutex_;                        // guards the two flags
  std::condition_variable changed_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace bobbin::db
