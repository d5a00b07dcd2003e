// Helpers beside engines: programs, SELinux, random names.
#include "capi/guard.h"
#include "capi/handles.h"
#include "util/random.h"
#include "util/text.h"

using namespace conu;

conu_status_t conu_run_cmd(const conu_string_list_t *command, int64_t timeout_ms, conu_cancel_t *cancel,
                           conu_exec_result_t **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    const std::vector<std::string> &words = need(command, "command").items;
    if (words.empty() || words[0].empty()) throw_failure(Code::invalid_argument, "the argument command is empty");
    *out = new conu_exec_result{run_alone(cancel, run_program(words, "", timeout_ms))};
  });
}

conu_status_t conu_get_selinux_status(char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    *out = copied(selinux_status());
  });
}

conu_status_t conu_random_string(size_t size, char **out, conu_error_t **error) {
  return guard(__func__, error, [&] {
    need_out(out);
    const size_t most = 1 << 20;
    if (size > most) throw_failure(Code::invalid_argument, {"the argument size is more than ", decimal(most)});
    *out = copied(random_string(size));
  });
}
