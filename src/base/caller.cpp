#include "base/caller.h"

#include <utility>

namespace bobbin {
namespace {

thread_local const Caller* innermost = nullptr;

}  // namespace

Caller::Caller(std::function<bool()> gone)
    : gone_(std::move(gone)), outer_(std::exchange(innermost, this)) {}

Caller::~Caller() { innermost = outer_; }

bool Caller::IsGone() { return innermost != nullptr && innermost->gone_(); }

}  // namespace bobbin
