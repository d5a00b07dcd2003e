// What the tests of logs, executed commands and attached containers share: reading streams.
#pragma once

#include "lab.h"

conu_stream_t *kept_stream(conu_stream_t *stream);  // to be freed in the end
conu_logs_options_t *log_options(void);             // fresh ones, freed in the end
conu_exec_options_t *exec_options(void);
conu_stream_t *log_of(conu_container_t *container, conu_logs_options_t *options);

// The next line as "CHANNEL:LINE", NULL at the end; a failure ends the test.
char *next_line(conu_stream_t *stream);
// All lines that are still to come, joined by blanks.
char *all_lines(conu_stream_t *stream);
// Whether nothing comes for a moment.
bool is_silent(conu_stream_t *stream, int64_t timeout_ms);

struct bytes {
  char *data;
  size_t size;
};
// All bytes of a channel that are still to come.
struct bytes all_bytes(conu_stream_t *stream, int channel);
void write_text(conu_stream_t *stream, const char *bytes);

// A container that the docker program runs, with options that matter to it alone.
conu_container_t *by_docker(const char *options, const char *script);

// Runs a shell script in the container; options may be NULL.
conu_exec_result_t *executed(conu_container_t *container, conu_exec_options_t *options, const char *script);
conu_string_list_t *in_shell(const char *script);
const char *output_of(const conu_exec_result_t *result);  // its stdout as text
const char *errors_of(const conu_exec_result_t *result);

// The most memory that this process has had, in kilobytes.
long peak_memory(void);
