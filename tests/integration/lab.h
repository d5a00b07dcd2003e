// What the integration tests share: the engine of the lab, calls that must succeed or fail, and tidying up after a
// test.
#pragma once

#include <conu/conu.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test_main.h"

// The engine under test, and the place for the errors of the test's own thread.
extern conu_engine_t *engine;
extern conu_error_t *error;

// A test after which the engine must have the containers, images and volumes that it had before, and nothing be
// mounted.
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin_test, end_test)
#define RUN_LAB_TESTS(tests) RUN_TESTS_WITH(tests, open_lab, close_lab)
int open_lab(void **state);
int close_lab(void **state);
int begin_test(void **state);
int end_test(void **state);

// --- calls -----------------------------------------------------------------------------------------------------------

// A call that must succeed. A failure ends the test with its message.
#define ok(call) ok_at((call), #call, __FILE__, __LINE__)
void ok_at(conu_status_t status, const char *call, const char *file, int line);

// A call that must fail with this code, and whose message must contain this. The error stays for the next four.
#define fails(code, call, part) fails_at(code, (call), part, #call, __FILE__, __LINE__)
void fails_at(conu_status_t code, conu_status_t status, const char *part, const char *call, const char *file, int line);

#define says(part) contains_at(conu_error_get_message(failure()), part, __FILE__, __LINE__)
#define hints(part) contains_at(conu_error_get_hint(failure()), part, __FILE__, __LINE__)
#define details(part) contains_at(conu_error_get_details_json(failure()), part, __FILE__, __LINE__)
#define answered(status) assert_int_equal(conu_error_get_http_status(failure()), status)
const conu_error_t *failure(void);

// A text that must contain, or must not contain, another one.
#define contains(text, part) contains_at(text, part, __FILE__, __LINE__)
#define lacks(text, part) lacks_at(text, part, __FILE__, __LINE__)
void contains_at(const char *text, const char *part, const char *file, int line);
void lacks_at(const char *text, const char *part, const char *file, int line);

// --- what lasts until the end of the test ----------------------------------------------------------------------------

// Has the action done at the end of the test, however it ends; what was put off last comes first.
void put_off(void (*action)(void *), void *argument);

char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *taken(char *string);        // a string of the library
char *fresh(const char *prefix);  // a name that nobody else has
char *fresh_folder(void);         // an empty folder
char *file_in(const char *folder, const char *name, const char *content);
void set_variable(const char *name, const char *value);  // of the environment; NULL unsets it
const char *setting(const char *name);                   // a variable that the lab sets

// Keeps what is logged, to the end of the test, in `noted`.
extern char noted[16384];
void note_log(conu_log_level_t least);

// The output of a shell command, which must succeed.
char *shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
// What the engine answers to a plain request that the library has no part in.
char *ask(const char *method, const char *path);

bool on_podman(void);
int64_t now_ms(void);
void sleep_ms(int64_t milliseconds);

conu_cancel_t *new_cancel(void);
conu_cancel_t *cancel_within(int64_t timeout_ms);  // with a deadline
// Triggers the cancel from another thread, later.
void trigger_after(conu_cancel_t *cancel, int64_t milliseconds);
// Runs a function on a thread of its own, which the end of the test waits for at the latest.
struct thread *in_thread(void (*function)(void *), void *argument);
void join(struct thread *thread);

// Runs the function in a child process, which must end well. There child_expects takes the place of asserts.
void in_child(void (*function)(void));
#define child_expects(condition)                                                           \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      dprintf(STDERR_FILENO, "in the child, %s:%d: %s\n", __FILE__, __LINE__, #condition); \
      _exit(1);                                                                            \
    }                                                                                      \
  } while (0)

// An engine that the test may kill; `name` is what the lab calls it.
struct spare {
  char *name, *url;
  conu_engine_t *engine;
};
struct spare *spare_engine(void);
struct spare *spare_engine_of(const char *kind);  // "docker-users", "podman-fuse"
void kill_spare(struct spare *spare);
void start_spare(struct spare *spare);

// --- images and containers -------------------------------------------------------------------------------------------

extern conu_image_t *busybox;  // of CONU_TEST_IMAGE; the engine has it

conu_engine_t *opened(const char *url);                                    // an engine of its own
conu_image_t *image_of(conu_engine_t *of_engine, const char *name);        // a handle, without any request
conu_image_t *image_named(const char *name);                               // the same of the engine under test
conu_image_t *kept_image(conu_image_t *image);                             // a handle to free in the end
conu_image_t *pulled(const char *name);                                    // to be removed in the end
conu_image_t *tagged(const char *name);                                    // busybox under one more name
void remove_later(const char *name);                                       // an image, by name or ID
char *in_registry(const char *registry_variable, const char *repository);  // "127.0.0.1:5000/repository"

bool is_present(conu_image_t *image);
char *id_of(conu_image_t *image);

conu_string_list_t *words(const char *line);  // separated by blanks
conu_run_builder_t *builder(const char *options, const char *script);
// What run() puts before its options. "--network host" takes half of the time of a start away.
extern const char *usual_options;
// Runs busybox: options as words, and a script for its shell; NULL for the image's own command.
conu_container_t *run(const char *options, const char *script);
conu_container_t *kept_container(conu_container_t *container);  // to be removed in the end
int waited(conu_container_t *container);
char *logs(conu_container_t *container);
char *inspected(conu_container_t *container, const char *format);  // `docker inspect --format`
bool container_exists(const char *id_or_name);

conu_progress_t *kept_progress(conu_progress_t *progress);
bool next_step(conu_progress_t *progress);     // false at the end; a failure ends the test
char *read_to_end(conu_progress_t *progress);  // all log lines and statuses
conu_metadata_t *metadata_of(conu_image_t *image);
