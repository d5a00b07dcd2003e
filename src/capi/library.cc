// The library itself: version, log, memory, errors, cancel objects, string lists.
#include "capi/guard.h"
#include "capi/handles.h"
#include "util/log.h"
#include "util/text.h"
#include "util/version.h"

using namespace conu;

static_assert(static_cast<int>(Code::invalid_argument) == CONU_ERROR_INVALID_ARGUMENT);
static_assert(static_cast<int>(Code::not_found) == CONU_ERROR_NOT_FOUND);
static_assert(static_cast<int>(Code::conflict) == CONU_ERROR_CONFLICT);
static_assert(static_cast<int>(Code::unauthorized) == CONU_ERROR_UNAUTHORIZED);
static_assert(static_cast<int>(Code::engine) == CONU_ERROR_ENGINE);
static_assert(static_cast<int>(Code::unreachable) == CONU_ERROR_UNREACHABLE);
static_assert(static_cast<int>(Code::timeout) == CONU_ERROR_TIMEOUT);
static_assert(static_cast<int>(Code::cancelled) == CONU_ERROR_CANCELLED);
static_assert(static_cast<int>(Code::protocol) == CONU_ERROR_PROTOCOL);
static_assert(static_cast<int>(Code::command_missing) == CONU_ERROR_COMMAND_MISSING);
static_assert(static_cast<int>(Code::command_failed) == CONU_ERROR_COMMAND_FAILED);
static_assert(static_cast<int>(Code::io) == CONU_ERROR_IO);
static_assert(static_cast<int>(Code::permission) == CONU_ERROR_PERMISSION);
static_assert(static_cast<int>(Code::unsupported) == CONU_ERROR_UNSUPPORTED);
static_assert(static_cast<int>(Code::no_memory) == CONU_ERROR_NO_MEMORY);
static_assert(static_cast<int>(Code::state) == CONU_ERROR_STATE);
static_assert(static_cast<int>(Code::rate_limited) == CONU_ERROR_RATE_LIMITED);
static_assert(static_cast<int>(Code::internal) == CONU_ERROR_INTERNAL);

// --- version, log, memory --------------------------------------------------------------------------------------------

const char *conu_version(void) { return CONU_VERSION_TEXT; }

int conu_version_number(void) { return CONU_VERSION_MAJOR * 10000 + CONU_VERSION_MINOR * 100 + CONU_VERSION_PATCH; }

void conu_set_log_handler(conu_log_level_t least, conu_log_handler_t handler, void *user) {
  // Both are pointers to functions of the same parameters: the level is an enum of int on either side.
  set_log_handler(static_cast<LogLevel>(least), reinterpret_cast<LogHandler>(handler), user);
}

void conu_string_free(char *string) { free(string); }
void conu_bytes_free(void *data) { free(data); }

// --- errors ----------------------------------------------------------------------------------------------------------

// Made before memory can run out; shared, and never freed.
static conu_error *no_memory_error() {
  static conu_error *error = [] {
    auto *made = new conu_error;
    made->code = CONU_ERROR_NO_MEMORY;
    made->message = "memory ran out";
    made->operation = "libconu";
    return made;
  }();
  return error;
}

static conu_error *const prepared = no_memory_error();

conu_status_t conu::report_exception(const char *operation, conu_error_t **error) noexcept {
  auto give = [&](Failure failure) {
    auto code = static_cast<conu_status_t>(failure.code);
    if (error != nullptr)
      *error = new conu_error{code, failure.message, operation, failure.hint, failure.details, failure.http_status};
    return code;
  };
  try {
    try {
      throw;
    } catch (const Failure &failure) {
      return give(failure);
    } catch (const std::bad_alloc &) {
      throw;
    } catch (const std::exception &exception) {
      return give(Failure(Code::internal, concat("a fault of libconu: ", exception.what()), "please report it"));
    }
  } catch (...) {
    if (error != nullptr) *error = prepared;
    return CONU_ERROR_NO_MEMORY;
  }
}

void conu::reject_empty(const char *name) {
  throw_failure(Code::invalid_argument, {"the argument ", name, " is empty"});
}

void conu::reject_null(const char *name) { throw_failure(Code::invalid_argument, {"the argument ", name, " is NULL"}); }

const char *conu_status_name(conu_status_t status) {
  switch (status) {
    case CONU_OK:
      return "CONU_OK";
    case CONU_ERROR_INVALID_ARGUMENT:
      return "CONU_ERROR_INVALID_ARGUMENT";
    case CONU_ERROR_NOT_FOUND:
      return "CONU_ERROR_NOT_FOUND";
    case CONU_ERROR_CONFLICT:
      return "CONU_ERROR_CONFLICT";
    case CONU_ERROR_UNAUTHORIZED:
      return "CONU_ERROR_UNAUTHORIZED";
    case CONU_ERROR_ENGINE:
      return "CONU_ERROR_ENGINE";
    case CONU_ERROR_UNREACHABLE:
      return "CONU_ERROR_UNREACHABLE";
    case CONU_ERROR_TIMEOUT:
      return "CONU_ERROR_TIMEOUT";
    case CONU_ERROR_CANCELLED:
      return "CONU_ERROR_CANCELLED";
    case CONU_ERROR_PROTOCOL:
      return "CONU_ERROR_PROTOCOL";
    case CONU_ERROR_COMMAND_MISSING:
      return "CONU_ERROR_COMMAND_MISSING";
    case CONU_ERROR_COMMAND_FAILED:
      return "CONU_ERROR_COMMAND_FAILED";
    case CONU_ERROR_IO:
      return "CONU_ERROR_IO";
    case CONU_ERROR_PERMISSION:
      return "CONU_ERROR_PERMISSION";
    case CONU_ERROR_UNSUPPORTED:
      return "CONU_ERROR_UNSUPPORTED";
    case CONU_ERROR_NO_MEMORY:
      return "CONU_ERROR_NO_MEMORY";
    case CONU_ERROR_STATE:
      return "CONU_ERROR_STATE";
    case CONU_ERROR_RATE_LIMITED:
      return "CONU_ERROR_RATE_LIMITED";
    case CONU_ERROR_INTERNAL:
      return "CONU_ERROR_INTERNAL";
  }
  return "CONU_ERROR_UNKNOWN";
}

conu_status_t conu_error_get_code(const conu_error_t *error) { return error != nullptr ? error->code : CONU_OK; }
const char *conu_error_get_message(const conu_error_t *error) {
  return error != nullptr ? error->message.c_str() : nullptr;
}
const char *conu_error_get_operation(const conu_error_t *error) {
  return error != nullptr ? error->operation.c_str() : nullptr;
}
const char *conu_error_get_hint(const conu_error_t *error) { return error != nullptr ? or_null(error->hint) : nullptr; }
const char *conu_error_get_details_json(const conu_error_t *error) {
  return error != nullptr ? or_null(error->details) : nullptr;
}
int conu_error_get_http_status(const conu_error_t *error) { return error != nullptr ? error->http_status : 0; }

void conu_error_free(conu_error_t *error) {
  if (error != prepared) delete error;
}

// --- cancel objects --------------------------------------------------------------------------------------------------

conu_cancel_t *conu_cancel_new(void) { return conu_cancel_new_with_timeout(-1); }

conu_cancel_t *conu_cancel_new_with_timeout(int64_t timeout_ms) {
  return make_or_null([&] { return new conu_cancel(timeout_ms); });
}

void conu_cancel_trigger(conu_cancel_t *cancel) {
  if (cancel != nullptr) cancel->cancel.trigger();
}

bool conu_cancel_is_triggered(const conu_cancel_t *cancel) {
  return cancel != nullptr && cancel->cancel.is_triggered();
}

void conu_cancel_set_check(conu_cancel_t *cancel, conu_cancel_check_t check, void *user) {
  if (cancel != nullptr) cancel->cancel.set_check(check, user);
}

void conu_cancel_wake(conu_cancel_t *cancel) {
  if (cancel != nullptr) cancel->cancel.wake();
}

void conu_cancel_free(conu_cancel_t *cancel) { delete cancel; }

// --- string lists ----------------------------------------------------------------------------------------------------

conu_string_list_t *conu_string_list_new(void) {
  return make_or_null([] { return new conu_string_list; });
}

conu_status_t conu_string_list_append(conu_string_list_t *list, const char *string, conu_error_t **error) {
  return guard(__func__, error, [&] { need(list, "list").items.push_back(need_text(string, "string")); });
}

size_t conu_string_list_size(const conu_string_list_t *list) { return list != nullptr ? list->items.size() : 0; }

const char *conu_string_list_get(const conu_string_list_t *list, size_t index) {
  return list != nullptr && index < list->items.size() ? list->items[index].c_str() : nullptr;
}

void conu_string_list_free(conu_string_list_t *list) { delete list; }
