// What the tests of the loop and of what stands on it share: clocks, and counts of what must not be left behind.
#pragma once

#include <dirent.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "loop/loop.h"

namespace conu {

inline int64_t clock_ms(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}
inline int64_t now_ms() { return clock_ms(CLOCK_MONOTONIC); }
inline int64_t cpu_ms() { return clock_ms(CLOCK_THREAD_CPUTIME_ID); }  // of this thread

inline int entries_of(const char *folder) {
  std::unique_ptr<DIR, int (*)(DIR *)> stream(opendir(folder), closedir);
  int count = 0;
  while (const dirent *entry = readdir(stream.get()))
    if (entry->d_name[0] != '.') count++;
  return count;
}
inline int threads() { return entries_of("/proc/self/task"); }
inline int descriptors() { return entries_of("/proc/self/fd"); }

// Running or dead and not reaped.
inline bool has_children() {
  siginfo_t info{};
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

template <class T>
T on_loop(Task<T> task, Cancel *cancel = nullptr) {
  Loop loop;
  return loop.run(std::move(task), cancel);
}

inline std::vector<Task<void>> list_of(Task<void> first, Task<void> second) {
  std::vector<Task<void>> tasks;
  tasks.push_back(std::move(first));
  tasks.push_back(std::move(second));
  return tasks;
}

// Counts how often a loop goes round while it lives.
class TurnCounter {
 public:
  explicit TurnCounter(Loop &loop) {
    uv_prepare_init(loop.uv(), handle_);
    handle_->data = &turns_;
    uv_prepare_start(handle_, [](uv_prepare_t *handle) { ++*static_cast<int *>(handle->data); });
    uv_unref(reinterpret_cast<uv_handle_t *>(handle_));
  }
  ~TurnCounter() {
    uv_close(reinterpret_cast<uv_handle_t *>(handle_),
             [](uv_handle_t *handle) { delete reinterpret_cast<uv_prepare_t *>(handle); });
  }
  TurnCounter(const TurnCounter &) = delete;
  TurnCounter &operator=(const TurnCounter &) = delete;
  int turns() const { return turns_; }

 private:
  uv_prepare_t *handle_ = new uv_prepare_t;
  int turns_ = 0;
};

}  // namespace conu
