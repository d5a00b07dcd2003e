// The docker or podman program that runs a container in the foreground.
#include "container/foreground.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "container/seat.h"
#include "loop/group.h"
#include "loop/process.h"
#include "util/failure.h"
#include "util/text.h"

namespace conu {

// --- its input -------------------------------------------------------------------------------------------------------

void Foreground::need_own() const {
  if (!child_.is_own())
    throw_failure(Code::state, {name_, " was started before a fork, and belongs to the parent process"});
}

void Foreground::need_input() const {
  need_own();
  if (!pipes_input_) throw_failure(Code::state, {name_, " takes no input from us"}, "run it with CONU_STDIN_PIPE");
  if (!child_.in) throw_failure(Code::state, {"the input of ", name_, " is closed already"});
}

Task<void> Foreground::write_all(std::string_view bytes, int64_t timeout_ms, size_t *written) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout, concat(name_, " took ", decimal(*written), " of ", decimal(bytes.size()),
                                         " bytes within ", decimal(timeout_ms), " ms"));
  });
  Descriptor in(scope.loop, copy_of(child_.in));
  while (*written < bytes.size()) {
    std::string_view rest = bytes.substr(*written);
    try {
      size_t n = co_await write_some(in, rest.data(), rest.size(), "a program");
      *written += n;
    } catch (Failure &failure) {
      if (failure.code != Code::io) throw;
      throw_failure(Code::state, {"the input of ", name_, " is not open any more: it has ended, or has closed it"});
    }
  }
}

void Foreground::write(std::string_view bytes, int64_t timeout_ms, Cancel *cancel, size_t *written) {
  Seat seat(has_writer_, "writes to", name_);
  need_input();
  Loop loop;
  loop.run(write_all(bytes, timeout_ms, written), cancel);
}

Task<void> Foreground::close_input() {
  child_.in.reset();
  co_return;
}

void Foreground::close_stdin(Cancel *cancel) {
  Seat seat(has_writer_, "writes to", name_);
  need_input();
  Loop loop;
  loop.run(close_input(), cancel);
}

// --- its output ------------------------------------------------------------------------------------------------------

// What stands in a pipe; nothing where there is nothing yet, 0 at the end.
static std::optional<size_t> read_now(int fd, void *buffer, size_t size) {
  ssize_t n = -1;
  do n = read(fd, buffer, size);
  while (n < 0 && errno == EINTR);
  if (n >= 0) return static_cast<size_t>(n);
  if (errno == EAGAIN) return std::nullopt;
  throw_system_failure("cannot read the output of a program", errno);
}

static Task<void> until_readable(Descriptor &descriptor) { co_await descriptor.readable(); }

namespace {

class ProgramOutput : public StreamSource {
 public:
  ProgramOutput(Loop &loop, std::string name, const Child &child) : name_(std::move(name)) {
    if (child.out) pipes_[0].emplace(loop, copy_of(child.out));
    if (child.err) pipes_[1].emplace(loop, copy_of(child.err));
  }

  std::string name() const override { return name_; }

  Task<std::optional<Piece>> read() override {
    while (pipes_[0] || pipes_[1]) {
      if (auto piece = read_what_is_there()) co_return piece;
      std::vector<Task<void>> waits;
      for (auto &pipe : pipes_)
        if (pipe) waits.push_back(until_readable(*pipe));
      if (!waits.empty()) co_await when_any(std::move(waits));
    }
    co_return std::nullopt;
  }

  Task<void> write(std::string_view, size_t *) override { refuse_input(); }
  Task<void> close_write() override { refuse_input(); }

 private:
  [[noreturn]] void refuse_input() const {
    throw_failure(Code::state, {name_, " takes no input"},
                  "conu_container_write_to_stdin() and conu_container_close_stdin() are for that");
  }

  // From the two in turn, so that much of one does not hold up the other.
  std::optional<Piece> read_what_is_there() {
    for (size_t i = 0; i < pipes_.size(); i++) {
      turn_ = 1 - turn_;
      if (!pipes_[turn_]) continue;
      auto n = read_now(pipes_[turn_]->fd(), buffer_.data(), buffer_.size());
      if (n && *n > 0) return Piece{static_cast<int>(turn_) + 1, std::string_view(buffer_.data(), *n)};
      if (n) pipes_[turn_].reset();
    }
    return std::nullopt;
  }

  std::string name_;
  std::array<std::optional<Descriptor>, 2> pipes_;
  size_t turn_ = 1;
  std::array<char, 65536> buffer_;
};

}  // namespace

Task<std::unique_ptr<StreamSource>> Foreground::give_output(Api &api) {
  auto source = std::make_unique<ProgramOutput>(api.http.loop(), concat("the output of ", name_), child_);
  child_.out.reset();
  child_.err.reset();
  co_return std::unique_ptr<StreamSource>(std::move(source));
}

std::unique_ptr<Stream> Foreground::output(std::shared_ptr<Engine> engine, Cancel *cancel) {
  need_own();
  if (!pipes_output_)
    throw_failure(Code::state, {"the output of ", name_, " does not come to us"},
                  "run it with CONU_STDOUT_PIPE or CONU_STDERR_PIPE");
  if (output_is_out_.exchange(true))
    throw_failure(Code::state, {"the output of ", name_, " has been given out already"},
                  "a program has one stream: keep it");
  try {
    return std::make_unique<Stream>(
        std::move(engine), [this](Api &api) { return give_output(api); }, cancel);
  } catch (...) {
    output_is_out_ = false;
    throw;
  }
}

std::string Foreground::errors_so_far() {
  std::string text;
  char buffer[4096];
  const size_t most = 65536;
  while (child_.err && text.size() < most) {
    auto n = read_now(child_.err.get(), buffer, sizeof buffer);
    if (!n || *n == 0) break;
    text.append(buffer, *n);
  }
  return text;
}

// --- its end ---------------------------------------------------------------------------------------------------------

Task<int> Foreground::wait_for_end(int64_t timeout_ms) {
  Scope &scope = co_await current_scope();
  Deadline deadline(scope, timeout_ms, [&] {
    return Failure(Code::timeout, concat(name_, " still runs after ", decimal(timeout_ms), " ms"));
  });
  int code = co_await ended(child_);
  co_return code;
}

int Foreground::wait(int64_t timeout_ms, Cancel *cancel) {
  need_own();
  Loop loop;
  return loop.run(wait_for_end(timeout_ms), cancel);
}

}  // namespace conu
