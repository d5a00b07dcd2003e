// Messages for the user's log handler. Without a handler they go nowhere.
#pragma once

#include <string>

namespace conu {

enum class LogLevel : int { debug = 0, info = 1, warning = 2, error = 3 };
using LogHandler = void (*)(LogLevel level, const char *message, void *user);

// May be set at any time; a message that is under way may still reach the handler that was there before.
void set_log_handler(LogLevel least, LogHandler handler, void *user);

// Whether a message of this level would reach a handler: cheap, for messages that cost something to make.
bool logs(LogLevel level) noexcept;

// Calls the handler on this thread. Never throws, never writes a secret: the caller sees to it.
void log(LogLevel level, const std::string &message) noexcept;

}  // namespace conu
