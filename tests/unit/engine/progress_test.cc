// The steps of long work: the engine's stream, and the object that is asked for them.
#include "engine/progress.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "check.h"
#include "engine/scripted_engine.h"
#include "loop/support.h"

using namespace conu;

static void pause_ms(int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

static std::string chunked(const std::string &body) {
  char size[24];
  snprintf(size, sizeof size, "%zx\r\n", body.size());
  return size + body + "\r\n";
}

static const std::string head =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
static const std::string end = "0\r\n\r\n";

// Work that asks the engine for a stream of messages.
static Task<void> pull(Api &api, Steps &steps) {
  Exchange exchange = co_await api.open(api.request("POST"), "/images/create", "the image x:1");
  co_await read_steps(exchange, steps, "the image x:1", nullptr);
}

struct Pull {
  explicit Pull(const ScriptedServer &server, int64_t timeout_ms = 20000)
      : engine(std::make_shared<Engine>(server.endpoint(), "")) {
    engine->set_timeout_ms(timeout_ms);
    progress = std::make_unique<Progress>(engine, pull);
  }
  // The steps until the end: "layer status text current/total|…".
  std::string all() {
    std::string text;
    while (auto step = progress->next(20000, nullptr))
      text += step->layer + " " + step->status + " " + step->text + " " + std::to_string(step->current) + "/" +
              std::to_string(step->total) + "|";
    return text;
  }
  std::shared_ptr<Engine> engine;
  std::unique_ptr<Progress> progress;
};

static const std::string messages =
    "{\"status\":\"Pulling from x\",\"id\":\"1\"}\r\n"
    "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":10},\"progress\":\"[=> "
    "]\",\"id\":\"abc\"}\r\n"
    "{\"stream\":\"Step 1/2 : FROM x\\n\"}{\"stream\":\"\\n\"}\n{\"aux\":{\"ID\":\"sha256:1\"}}\n"
    "{\"status\":\"Status: \\u00fc \\\"}{\\\"\",\"progressDetail\":{}}\n";
static const std::string steps_of_messages =
    "1 Pulling from x  0/0|abc Downloading  5/10|  Step 1/2 : FROM x 0/0| Status: \xc3\xbc \"}{\"  0/0|";

TEST(a_stream_may_be_cut_at_every_byte) {
  const std::string bytes = head + chunked(messages) + end;
  std::atomic<size_t> at{1};
  ScriptedServer server([&](Peer &peer) {
    peer.expect("POST /images/create ");
    peer.send_split(bytes, at);
  });
  for (; at < bytes.size(); at++) {
    Pull pull(server);
    CHECK_EQUAL(pull.all(), steps_of_messages);
    CHECK(pull.progress->has_succeeded());
  }
}

TEST(a_stream_may_come_byte_by_byte_and_in_chunks_of_one) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head);
    for (char byte : messages) peer.send(chunked({byte})), peer.wait_until_read();
    peer.send(end);
  });
  Pull pull(server);
  CHECK_EQUAL(pull.all(), steps_of_messages);
  CHECK(!pull.progress->next(0, nullptr));  // the end stays the end
}

static Failure failure_of(Pull &pull) {
  try {
    pull.all();
  } catch (const Failure &failure) {
    return failure;
  }
  return Failure(Code::internal, "it did not fail");
}

TEST(an_error_in_the_stream_is_the_failure_of_the_work) {
  const std::string errors[] = {
      R"({"errorDetail":{"code":401,"message":"unauthorized: authentication required"},"error":"other words"})",
      R"({"error":"unauthorized: authentication required"})",
      R"({"errorDetail":{"message":"unauthorized: authentication required"}})"};
  for (const std::string &error : errors) {
    ScriptedServer server([&](Peer &peer) {
      peer.head();
      peer.send(head + chunked(R"({"status":"Pulling"})" + error) + end);
    });
    Pull pull(server);
    auto first = pull.progress->next(20000, nullptr);
    CHECK_EQUAL(first->status, "Pulling");  // what was done before is told before
    for (int i = 0; i < 2; i++) {
      Failure failure = failure_of(pull);
      CHECK(failure.code == Code::unauthorized);
      CHECK_EQUAL(failure.message, "the image x:1: the engine reports: unauthorized: authentication required");
      CHECK(!failure.hint.empty());
    }
    CHECK(!pull.progress->has_succeeded());
  }
}

TEST(an_error_of_a_build_tells_its_step) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head +
              chunked("{\"stream\":\"Step 2/3 : RUN false\\n\"}{\"stream\":\"output\\n\"}"
                      "{\"errorDetail\":{\"message\":\"returned a non-zero code: 1\"}}") +
              end);
  });
  Pull pull(server);
  CHECK_EQUAL(failure_of(pull).message,
              "the image x:1: the engine reports: returned a non-zero code: 1 (in: Step 2/3 : RUN false)");
}

TEST(a_stream_that_is_broken_fails_the_work) {
  struct {
    std::string bytes;
    Code code;
    const char *part;
  } table[] = {
      {head + chunked("{\"status\":\"a\"}"), Code::unreachable, "in the middle"},  // no last chunk
      {head + chunked("{\"status\":\"a\"}{\"status\":") + end, Code::protocol, "middle of a JSON object"},
      {head + chunked("<html>") + end, Code::protocol, "should be JSON objects"},
      {head + chunked("{\"status\":5}") + end, Code::protocol, "status"},
      {head + chunked("{\"progressDetail\":[]}") + end, Code::protocol, "progressDetail"},
      {head + chunked("{'status'}") + end, Code::protocol, "POST /images/create"},
      {answer(404, "{\"message\":\"no such image: x\"}"), Code::not_found, "no such image"},
      {"HTTP/1.1 200 OK\r\n", Code::unreachable, "in the middle"},
      {"", Code::unreachable, "before an answer"},
  };
  for (const auto &row : table) {
    ScriptedServer server([&](Peer &peer) {
      peer.head();
      peer.send(row.bytes);
    });
    Pull pull(server);
    Failure failure = failure_of(pull);
    check::is_true(failure.code == row.code && failure.message.find(row.part) != std::string::npos,
                   row.bytes + "\n" + failure.message, __FILE__, __LINE__);
  }
}

TEST(an_engine_that_dies_in_the_middle_is_told) {
  ScriptedServer server(
      [&](Peer &peer) {
        peer.head();
        peer.send(head + chunked("{\"status\":\"a\"}"));
        peer.pause(50);
        peer.reset();
      },
      ScriptedServer::on_tcp);
  Pull pull(server);
  CHECK(pull.progress->next(20000, nullptr).has_value());
  Failure failure = failure_of(pull);
  CHECK(failure.code == Code::unreachable);
  CHECK(failure.message.find(server.url()) != std::string::npos);
  CHECK(!failure.hint.empty());
}

TEST(an_early_failure_shows_at_the_beginning) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(answer(404, "{\"message\":\"no such image: x\"}"));
  });
  Pull pull(server);
  CHECK_FAILS(pull.progress->begin(nullptr), Code::not_found, "no such image");
}

// --- waiting
// ------------------------------------------------------------------------------------------------------------

TEST(a_wait_that_runs_out_ends_nothing) {
  std::atomic<bool> may_go_on{false};
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head);
    while (!may_go_on) peer.pause(1);
    peer.send(chunked("{\"status\":\"a\"}") + end);
  });
  Pull pull(server);
  CHECK_FAILS(pull.progress->next(0, nullptr), Code::timeout, "no step has come within 0 ms");
  CHECK_FAILS(pull.progress->next(20, nullptr), Code::timeout, "no step has come within 20 ms");
  Cancel soon(20);
  CHECK_FAILS(pull.progress->next(-1, &soon), Code::timeout, "deadline");
  may_go_on = true;
  CHECK_EQUAL(pull.all(), " a  0/0|");
  CHECK(pull.progress->has_succeeded());
}

TEST(steps_that_are_there_come_without_waiting) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    std::string body;
    for (int i = 0; i < 100; i++) body += chunked("{\"status\":\"" + std::to_string(i) + "\"}");
    peer.send(head + body + end);
    peer.to_the_end();
  });
  Pull pull(server);
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "0");
  pause_ms(20);
  for (int i = 1; i < 100; i++) CHECK_EQUAL(pull.progress->next(0, nullptr)->status, std::to_string(i));
}

TEST(a_reader_that_takes_its_time_is_no_silence_of_the_engine) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head + chunked("{\"status\":\"a\"}"));
    peer.pause(300);
    peer.send(chunked("{\"status\":\"b\"}") + end);
    peer.to_the_end();
  });
  Pull pull(server, 600);
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "a");
  CHECK_FAILS(pull.progress->next(50, nullptr), Code::timeout, "no step");
  pause_ms(900);  // longer than the engine may be silent; meanwhile it has spoken
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "b");
}

TEST(an_engine_that_goes_silent_fails_the_work) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head + chunked("{\"status\":\"a\"}"));
    peer.to_the_end();
  });
  Pull pull(server, 300);
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "a");
  Failure failure = failure_of(pull);
  CHECK(failure.code == Code::engine);  // a timeout would be one of the waiting
  CHECK(failure.message.find("nothing has come for 300 ms") != std::string::npos);
}

// --- cancelling ------------------------------------------------------------------------------------------------------

TEST(a_cancel_ends_the_work_and_its_connection) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head + chunked("{\"status\":\"a\"}"));
    peer.to_the_end();
  });
  Pull pull(server);
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "a");
  pull.progress->cancel();
  server.check();
  for (int i = 0; i < 2; i++) CHECK_FAILS(pull.progress->next(20000, nullptr), Code::state, "cancelled");
  pull.progress->cancel();  // once more is nothing
  CHECK(!pull.progress->has_succeeded());
}

TEST(a_cancel_takes_the_step_away_that_waits_to_be_asked_for) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head + chunked("{\"status\":\"a\"}{\"status\":\"b\"}"));
    peer.to_the_end();
  });
  Pull pull(server);
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "a");
  pull.progress->cancel();
  CHECK_FAILS(pull.progress->next(20000, nullptr), Code::state, "cancelled");
}

TEST(a_cancel_from_another_thread_ends_a_wait) {
  for (int i = 0; i < 5; i++) {
    ScriptedServer server([&](Peer &peer) {
      peer.head();
      peer.send(head);
      peer.to_the_end();
    });
    Pull pull(server);
    std::thread first([&] {
      pause_ms(30);
      pull.progress->cancel();
    });
    std::thread second([&] {
      pause_ms(30);
      pull.progress->cancel();
    });
    Failure failure = failure_of(pull);
    first.join();
    second.join();
    CHECK(failure.code == Code::state);
    server.check();
  }
}

TEST(a_cancel_after_the_end_changes_nothing) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head + chunked("{\"status\":\"a\"}") + end);
  });
  Pull pull(server);
  CHECK_EQUAL(pull.all(), " a  0/0|");
  pull.progress->cancel();
  CHECK(!pull.progress->next(0, nullptr));
  CHECK(pull.progress->has_succeeded());
}

TEST(threads_that_read_get_each_step_once) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head);
    for (int i = 0; i < 300; i++) peer.send(chunked("{\"status\":\"a\",\"progressDetail\":{\"current\":1}}"));
    peer.send(end);
    peer.to_the_end();
  });
  Pull pull(server);
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; i++)
    readers.emplace_back([&] {
      while (auto step = pull.progress->next(20000, nullptr)) sum += step->current;
    });
  for (auto &reader : readers) reader.join();
  CHECK_EQUAL(sum.load(), 300);
}

// --- its end
// ------------------------------------------------------------------------------------------------------------

TEST(a_progress_that_is_freed_abandons_its_work) {
  for (bool has_read : {true, false}) {
    ScriptedServer server([&](Peer &peer) {
      try {
        peer.head();
        peer.send(head + chunked("{\"status\":\"a\"}{\"status\":\"b\"}"));
      } catch (const ScriptFailure &) {
        // It was freed before it had begun.
      }
      peer.to_the_end();
    });
    {
      Pull pull(server);
      if (has_read) pull.progress->next(20000, nullptr);
    }
    server.check();
  }
}

TEST(the_engines_other_calls_go_on_beside_it) {
  ScriptedServer server([&](Peer &peer) {
    std::string got = peer.head();
    peer.send(got.starts_with("POST") ? head : pong("1.41"));
    peer.to_the_end();
  });
  Pull pull(server);
  CHECK_FAILS(pull.progress->next(20, nullptr), Code::timeout, "no step");
  pull.engine->run(nullptr, ping);
}

TEST(a_forked_child_is_refused_and_may_free_it) {
  ScriptedServer server([&](Peer &peer) {
    peer.head();
    peer.send(head + chunked("{\"status\":\"a\"}"));
    peer.wait_until_read();
    peer.pause(100);
    peer.send(chunked("{\"status\":\"b\"}") + end);
    peer.to_the_end();
  });
  Pull pull(server);
  CHECK_EQUAL(pull.progress->next(20000, nullptr)->status, "a");
  pid_t child = fork();
  if (child == 0) {
    Code code = Code::internal;
    try {
      pull.progress->next(0, nullptr);
    } catch (const Failure &failure) {
      code = failure.code;
    }
    pull.progress.reset();
    _exit(code == Code::state ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  CHECK_EQUAL(status, 0);
  CHECK_EQUAL(pull.all(), " b  0/0|");
}

int main() { return check::run_all("progress"); }
