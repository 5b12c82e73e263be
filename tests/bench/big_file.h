// A file with many calls in it, made by bobbin itself.
#pragma once

#include <cstdint>
#include <string>

namespace bobbin::bench {

struct Settings;

struct BigFile {
  std::string path;
  int64_t calls = 0;
  int64_t file_bytes = 0;    // when bobbin had stopped
  int64_t stored_bytes = 0;  // JSON of attributes, inputs, output, summary
  int64_t sent_bytes = 0;    // the start and end objects, as sent
  double parts_per_second = 0;
};

// Makes the file through /call/upsert_batch, or takes the one that an earlier
// run left if it has as many calls and the same schema. `fresh`: always makes
// it anew.
BigFile TakeBigFile(const Settings& settings, bool fresh);

}  // namespace bobbin::bench
