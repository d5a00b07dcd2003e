// The results of commands.
#include "capi/guard.h"
#include "capi/handles.h"

using namespace conu;

static const void *bytes_of(const std::string &bytes, size_t *size) {
  if (size != nullptr) *size = bytes.size();
  return bytes.data();
}

static const void *no_bytes(size_t *size) {
  if (size != nullptr) *size = 0;
  return nullptr;
}

int conu_exec_result_get_exit_code(const conu_exec_result_t *result) {
  return result != nullptr ? result->result.exit_code : 0;
}

const void *conu_exec_result_get_stdout(const conu_exec_result_t *result, size_t *size) {
  return result != nullptr ? bytes_of(result->result.out, size) : no_bytes(size);
}

const void *conu_exec_result_get_stderr(const conu_exec_result_t *result, size_t *size) {
  return result != nullptr ? bytes_of(result->result.err, size) : no_bytes(size);
}

void conu_exec_result_free(conu_exec_result_t *result) { delete result; }
