// Messages for the user's log handler.
#include "util/log.h"

#include <atomic>
#include <thread>

#include "check.h"

using namespace conu;

static void keep(LogLevel level, const char *message, void *user) {
  *static_cast<std::string *>(user) += std::to_string(static_cast<int>(level)) + message + " ";
}

struct Handler {
  Handler(LogLevel least, std::string *kept) { set_log_handler(least, keep, kept); }
  ~Handler() { set_log_handler(LogLevel::debug, nullptr, nullptr); }
};

TEST(without_a_handler_messages_go_nowhere) {
  log(LogLevel::error, "lost");
  CHECK(!logs(LogLevel::error));
}

TEST(a_handler_gets_what_is_as_important_as_it_asked_for) {
  std::string kept;
  Handler handler(LogLevel::info, &kept);
  for (LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) log(level, "x");
  CHECK_EQUAL(kept, "1x 2x 3x ");
  CHECK(!logs(LogLevel::debug));
  CHECK(logs(LogLevel::info));
  CHECK(logs(LogLevel::error));
}

TEST(a_handler_may_be_replaced_and_taken_away) {
  std::string first, second;
  Handler handler(LogLevel::debug, &first);
  log(LogLevel::error, "a");
  set_log_handler(LogLevel::debug, keep, &second);
  log(LogLevel::error, "b");
  set_log_handler(LogLevel::debug, nullptr, nullptr);
  log(LogLevel::error, "c");
  CHECK_EQUAL(first, "3a ");
  CHECK_EQUAL(second, "3b ");
}

static void log_again(LogLevel level, const char *message, void *user) {
  keep(level, message, user);
  if (std::string(message) == "a") log(level, "b");
}

TEST(a_handler_may_call_the_library) {
  std::string kept;
  set_log_handler(LogLevel::debug, log_again, &kept);
  log(LogLevel::info, "a");
  set_log_handler(LogLevel::debug, nullptr, nullptr);
  CHECK_EQUAL(kept, "1a 1b ");
}

static std::atomic<int> counted{0};
static void count(LogLevel, const char *, void *) { counted++; }

TEST(threads_log_while_the_handler_changes) {
  std::atomic<bool> done{false};
  std::thread setter([&] {
    while (!done) {
      set_log_handler(LogLevel::debug, count, nullptr);
      set_log_handler(LogLevel::error, nullptr, nullptr);
    }
    set_log_handler(LogLevel::debug, nullptr, nullptr);
  });
  std::vector<std::thread> loggers;
  for (int i = 0; i < 3; i++)
    loggers.emplace_back([] {
      for (int k = 0; k < 2000; k++) log(LogLevel::info, "x");
    });
  for (auto &logger : loggers) logger.join();
  done = true;
  setter.join();
  CHECK(counted <= 6000);
  CHECK(!logs(LogLevel::error));
}

int main() { return check::run_all("log"); }
