// A raw descriptor that can be awaited.
#include "loop/descriptor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include <optional>
#include <thread>

#include "check.h"
#include "loop/group.h"
#include "loop/support.h"

using namespace conu;

struct Pair {
  Pair() {
    int fds[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
    descriptor.emplace(loop, Fd(fds[0]));
    peer.reset(fds[1]);
  }
  void send(const std::string &text) { CHECK(write(peer.get(), text.data(), text.size()) == (ssize_t)text.size()); }
  Loop loop;
  std::optional<Descriptor> descriptor;
  Fd peer;
};

static Task<std::string> read_bytes(Descriptor &descriptor, size_t size) {
  std::string text;
  char buffer[65536];
  while (text.size() < size) {
    size_t n = co_await read_some(descriptor, buffer, sizeof buffer, "the test");
    if (n == 0) break;
    text.append(buffer, n);
  }
  co_return text;
}

static Task<void> write_bytes(Descriptor &descriptor, const std::string &text) {
  co_await write_all(descriptor, text.data(), text.size(), "the test");
}

TEST(what_comes_is_read_and_the_end_is_nothing) {
  Pair pair;
  pair.send("hello");
  CHECK_EQUAL(pair.loop.run(read_bytes(*pair.descriptor, 5), nullptr), "hello");
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    (void)!write(pair.peer.get(), "later", 5);
    pair.peer.reset();
  });
  CHECK_EQUAL(pair.loop.run(read_bytes(*pair.descriptor, 100), nullptr), "later");
  other.join();
  CHECK_EQUAL(pair.loop.run(read_bytes(*pair.descriptor, 100), nullptr), "");
}

static Task<void> read_into(Descriptor &descriptor, size_t size, std::string *text) {
  *text = co_await read_bytes(descriptor, size);
}

TEST(a_reader_and_a_writer_wait_at_once) {
  Pair pair;
  Descriptor peer(pair.loop, std::move(pair.peer));
  std::string out(3 << 20, 'o'), back(3 << 20, 'b'), got_here, got_there;
  std::vector<Task<void>> tasks = list_of(write_bytes(*pair.descriptor, out), write_bytes(peer, back));
  tasks.push_back(read_into(*pair.descriptor, back.size(), &got_here));
  tasks.push_back(read_into(peer, out.size(), &got_there));
  pair.loop.run(when_all(std::move(tasks)), nullptr);
  CHECK(got_here == back);
  CHECK(got_there == out);
}

TEST(writing_to_what_is_closed_fails_without_a_signal) {
  Pair pair;
  pair.peer.reset();
  std::string text(1 << 20, 'x');
  CHECK_FAILS(pair.loop.run(write_bytes(*pair.descriptor, text), nullptr), Code::io, "cannot write to the test");
}

TEST(a_writer_that_waits_learns_that_its_peer_has_gone) {
  Pair pair;
  std::string text(3 << 20, 'x');
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    pair.peer.reset();
  });
  std::optional<Code> code;
  try {
    pair.loop.run(write_bytes(*pair.descriptor, text), nullptr);
  } catch (const Failure &failure) {
    code = failure.code;
  }
  other.join();
  CHECK(code == Code::io);
}

TEST(a_cancelled_reader_loses_nothing) {
  Pair pair;
  Cancel soon(20);
  CHECK_FAILS(pair.loop.run(read_bytes(*pair.descriptor, 5), &soon), Code::timeout, "deadline");
  pair.send("hello");
  CHECK_EQUAL(pair.loop.run(read_bytes(*pair.descriptor, 5), nullptr), "hello");
}

static Task<std::string> wait_and_read(Descriptor &descriptor, size_t size) {
  co_await descriptor.readable();
  std::string text = co_await read_bytes(descriptor, size);
  co_return text;
}

// --- idleness: it stays armed between awaits, but must not turn the loop for ever
// ------------------------------------------

TEST(what_nobody_reads_does_not_keep_the_loop_busy) {
  Pair pair;
  pair.send("a");
  CHECK_EQUAL(pair.loop.run(wait_and_read(*pair.descriptor, 1), nullptr), "a");
  TurnCounter counter(pair.loop);
  pair.send("b");
  pair.loop.run(sleep_for(100), nullptr);
  CHECK(counter.turns() < 10);
  pair.send("c");
  pair.loop.run(sleep_for(50), nullptr);
  CHECK(counter.turns() < 20);
  CHECK_EQUAL(pair.loop.run(read_bytes(*pair.descriptor, 2), nullptr), "bc");
}

TEST(a_peer_that_closes_unnoticed_does_not_keep_the_loop_busy) {
  Pair pair;
  pair.send("a");
  CHECK_EQUAL(pair.loop.run(wait_and_read(*pair.descriptor, 1), nullptr), "a");
  TurnCounter counter(pair.loop);
  pair.peer.reset();
  pair.loop.run(sleep_for(100), nullptr);
  CHECK(counter.turns() < 10);
  CHECK_EQUAL(pair.loop.run(read_bytes(*pair.descriptor, 1), nullptr), "");
}

static Task<void> fill_up(Descriptor &descriptor) {
  std::string text(1 << 16, 'x');
  for (;;) co_await write_bytes(descriptor, text);
}

TEST(a_writer_that_was_cancelled_does_not_keep_the_loop_busy) {
  Pair pair;
  Cancel soon(20);
  CHECK_FAILS(pair.loop.run(fill_up(*pair.descriptor), &soon), Code::timeout, "deadline");
  TurnCounter counter(pair.loop);
  char buffer[65536];
  while (read(pair.peer.get(), buffer, sizeof buffer) > 0) {
  }
  pair.loop.run(sleep_for(100), nullptr);
  CHECK(counter.turns() < 10);
}

TEST(a_writer_waits_without_turning_the_loop_while_its_reader_is_idle) {
  Pair pair;
  TurnCounter counter(pair.loop);
  Cancel soon(150);
  CHECK_FAILS(pair.loop.run(fill_up(*pair.descriptor), &soon), Code::timeout, "deadline");
  CHECK(counter.turns() < 20);
}

// --- its end
// ----------------------------------------------------------------------------------------------------------

static Task<void> read_and_end(std::optional<Descriptor> &descriptor) {
  co_await descriptor->readable();
  descriptor.reset();
}

TEST(a_descriptor_may_end_in_what_it_resumes) {
  Pair pair;
  pair.send("x");
  pair.loop.run(read_and_end(pair.descriptor), nullptr);
  CHECK(!pair.descriptor);
  char byte;
  CHECK(read(pair.peer.get(), &byte, 1) <= 0);  // closed
}

static Task<void> end_as_reader(std::optional<Descriptor> &descriptor, std::string *log) {
  co_await descriptor->readable();
  *log += 'r';
  if (log->size() == 2) descriptor.reset();
}

static Task<void> end_as_writer(std::optional<Descriptor> &descriptor, std::string *log) {
  co_await descriptor->writable();
  *log += 'w';
  if (log->size() == 2) descriptor.reset();
}

TEST(a_reader_and_a_writer_that_wake_at_once_may_end_their_descriptor) {
  Pair pair;
  pair.send("x");
  std::string log;
  pair.loop.run(when_all(list_of(end_as_reader(pair.descriptor, &log), end_as_writer(pair.descriptor, &log))), nullptr);
  CHECK_EQUAL(log.size(), 2u);
  CHECK(!pair.descriptor);
}

TEST(what_cannot_be_polled_is_an_error) {
  Loop loop;
  int before = descriptors();
  CHECK_FAILS(Descriptor(loop, Fd(open("/proc/self/status", O_RDONLY | O_CLOEXEC))), Code::io, "cannot watch");
  CHECK_FAILS(Descriptor(loop, Fd()), Code::io, "cannot watch");
  CHECK_EQUAL(descriptors(), before);
}

int main() { return check::run_all("descriptor"); }
