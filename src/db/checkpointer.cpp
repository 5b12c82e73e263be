#include "db/checkpointer.h"

#include <sqlite3.h>

#include <string>

#include "base/log.h"

namespace bobbin::db {
namespace {

// How long writers stand still for readers, once the WAL is far too long.
constexpr int kWaitForReadersMs = 200;

}  // namespace

Checkpointer::Checkpointer(GroupCommit& writes, int frames, Make make)
    : writes_(writes),
      frames_(frames),
      make_(std::move(make)),
      next_(frames),
      thread_([this] { Loop(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Checkpointer::AfterCommit(int frames) {
  if (frames < next_ - frames_) next_ = frames_;  // it began anew
  if (frames < next_) return;
  // Readers may keep the WAL from beginning anew: not another checkpoint with
  // each commit until they are gone.
  next_ = frames + frames_;
  Request();
}

void Checkpointer::Request() {
  {
    const std::lock_guard lock(mutex_);
    if (wanted_) return;
    wanted_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    Checkpoint();
    lock.lock();
    wanted_ = false;  // requests during the checkpoint were about its frames
  }
}

void Checkpointer::Checkpoint() {
  try {
    if (!connection_) {
      connection_ = make_();
      // One that has not read yet does not know that the file has a WAL: its
      // checkpoints would succeed and do nothing.
      connection_->Exec("PRAGMA schema_version");
      connection_->raw().setBusyTimeout(kWaitForReadersMs);
    }
    // Returns how many frames the WAL has.
    const auto pass = [this](int mode) {
      int frames = 0;
      sqlite3_wal_checkpoint_v2(connection_->raw().getHandle(), nullptr, mode,
                                &frames, nullptr);
      return frames;
    };
    // The bulk goes beside the writer. Only when no frame is left over does
    // the next write start the WAL from the front again, so the little that
    // came meanwhile is moved on the writer's turn.
    const int frames = pass(SQLITE_CHECKPOINT_PASSIVE);
    const bool too_long = frames >= kPatience * frames_;
    writes_.RunAlone([&] {
      pass(too_long ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
    });
  } catch (const SQLite::Exception& exception) {
    Log(LogLevel::kWarning,
        std::string("cannot checkpoint: ") + exception.what());
  }
}

}  // namespace bobbin::db
