// Streams over sources that a test makes up.
#include "container/stream.h"

#include "check.h"
#include "loop/signal.h"

using namespace conu;

namespace {

// Gives its pieces one by one, and then an end or a failure.
struct Pieces : StreamSource {
  std::vector<Piece> pieces;
  std::optional<Failure> failure;
  bool hangs = false;
  Signal never;

  std::string name() const override { return "the source"; }
  Task<std::optional<Piece>> read() override {
    if (!pieces.empty()) {
      Piece piece = pieces.front();
      pieces.erase(pieces.begin());
      co_return piece;
    }
    if (hangs) co_await never.wait();
    if (failure) throw *failure;
    co_return std::nullopt;
  }
};

}  // namespace

static Task<std::unique_ptr<StreamSource>> give(Pieces *source) { co_return std::unique_ptr<StreamSource>(source); }

static std::unique_ptr<Stream> stream_of(std::vector<Piece> pieces, std::optional<Failure> failure = {},
                                         bool hangs = false) {
  auto *source = new Pieces;
  source->pieces = std::move(pieces);
  source->failure = failure;
  source->hangs = hangs;
  auto engine = std::make_shared<Engine>(Endpoint{}, "");
  return std::make_unique<Stream>(
      engine, [source](Api &) { return give(source); }, nullptr);
}

static std::string text_of(const std::optional<Piece> &piece) {
  return piece ? std::to_string(piece->channel) + ":" + std::string(piece->bytes) : "end";
}

TEST(pieces_come_as_they_are_and_then_the_end_for_good) {
  auto stream = stream_of({{1, "a"}, {2, "b\nc"}});
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "1:a");
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "2:b\nc");
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "end");
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "end");
}

TEST(lines_and_pieces_go_on_where_the_other_stopped) {
  auto stream = stream_of({{1, "a\nb\nc"}, {1, "d\ne\n"}});
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "1:a");
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "1:b\nc");
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "1:d");
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "1:e");
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "end");
}

TEST(what_came_before_a_failure_is_given_first_and_the_failure_stays) {
  auto stream = stream_of({{1, "a\nb"}}, Failure(Code::unreachable, "it is gone"));
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "1:a");
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "1:b");
  for (int i = 0; i < 2; i++) CHECK_FAILS(stream->next_line(-1, nullptr), Code::unreachable, "it is gone");
  CHECK_FAILS(stream->next(-1, nullptr), Code::unreachable, "it is gone");
}

TEST(a_timeout_and_a_cancel_leave_the_stream_as_it_is) {
  auto stream = stream_of({{1, "a\nhalf"}}, {}, true);
  CHECK_EQUAL(text_of(stream->next_line(-1, nullptr)), "1:a");
  CHECK_FAILS(stream->next_line(5, nullptr), Code::timeout, "the source: nothing has come within 5 ms");
  Cancel cancel;
  cancel.trigger();
  CHECK_FAILS(stream->next_line(-1, &cancel), Code::cancelled, "");
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "1:half");
}

TEST(what_a_source_cannot_do_is_a_matter_of_state) {
  auto stream = stream_of({});
  size_t written = 0;
  CHECK_FAILS(stream->write("x", -1, nullptr, &written), Code::state, "the source takes no input");
  CHECK_FAILS(stream->close_write(nullptr), Code::state, "the source takes no input");
  CHECK_FAILS(stream->resize(1, 1, nullptr), Code::state, "the source has no terminal");
  CHECK_FAILS(stream->exit_code(nullptr), Code::state, "not at its end");
  CHECK_EQUAL(text_of(stream->next(-1, nullptr)), "end");
  CHECK_FAILS(stream->exit_code(nullptr), Code::state, "the source has no exit code");
}

int main() { return check::run_all("stream"); }
