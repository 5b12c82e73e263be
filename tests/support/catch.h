// The only place that knows where Catch2 keeps its header: it moves with
// version 3.
#pragma once

#include <catch2/catch.hpp>
