// A stream: bytes out of something in pieces and lines, and bytes into it, on a loop of its own.
//
// What it is a stream of is a StreamSource: a log (logs.h), an executed process (exec.h), an attached container
// (attach.h). A further kind is a class of its own that derives from StreamSource, and a function that makes one:
//
//   Task<std::unique_ptr<StreamSource>> open_mine(Api &api, …);
//   auto stream = std::make_unique<Stream>(engine, [=](Api &api) { return open_mine(api, …); }, cancel);
//
// The source lives on the stream's loop, `api.http.loop()`, and is destroyed before it. All its functions run there, so
// it needs no lock; read() may be under way beside one of the others, and never twice.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "container/lines.h"
#include "engine/engine.h"
#include "loop/shared_loop.h"

namespace conu {

class StreamSource {
 public:
  virtual ~StreamSource() = default;

  // For messages: "the log of the container x".
  virtual std::string name() const = 0;
  // The next piece, never empty; nothing at the end. The view holds until the next read. An await that a cancel or a
  // deadline ends (Failure(cancelled), Failure(timeout)) must have taken nothing away: it is repeated. Every other
  // failure ends the stream.
  virtual Task<std::optional<Piece>> read() = 0;

  // What a source cannot do it leaves to these, which throw Failure(state).
  virtual Task<void> write(std::string_view bytes, size_t *written);  // `written` counts also where it fails
  virtual Task<void> close_write();
  virtual Task<void> resize(int rows, int columns);
  virtual Task<int> exit_code();  // asked after the end only
};

class Stream {
 public:
  using Open = std::function<Task<std::unique_ptr<StreamSource>>(Api &api)>;

  Stream(std::shared_ptr<Engine> engine, Open open, Cancel *cancel);
  ~Stream();
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;

  // Nothing at the end. The views hold until the next call of either. Failure(timeout) and Failure(cancelled) are of
  // the waiting, and do not end the stream. A second reader, or writer, at the same time is Failure(state).
  std::optional<Piece> next(int64_t timeout_ms, Cancel *cancel);
  std::optional<Piece> next_line(int64_t timeout_ms, Cancel *cancel);
  void write(std::string_view bytes, int64_t timeout_ms, Cancel *cancel, size_t *written);
  void close_write(Cancel *cancel);

  void resize(int rows, int columns, Cancel *cancel);
  int exit_code(Cancel *cancel);

 private:
  struct Owned;
  Task<void> open(Open open);
  Task<std::optional<Piece>> take(int64_t timeout_ms, std::optional<Piece> (Lines::*part)());
  Task<void> write_all(std::string_view bytes, int64_t timeout_ms, size_t *written);
  Task<void> end_input();

  std::shared_ptr<Engine> engine_;
  std::unique_ptr<Owned> owned_;
  // The reader's own:
  Lines lines_;
  std::exception_ptr failure_;  // that ended the stream
  // The writer's own:
  bool input_is_closed_ = false;

  std::atomic<bool> ended_ = false;
  std::atomic_flag has_reader_ = ATOMIC_FLAG_INIT, has_writer_ = ATOMIC_FLAG_INIT;
};

}  // namespace conu
