// The helpers of the integration tests.
#include "lab.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

conu_engine_t *engine;
conu_error_t *error;
conu_image_t *busybox;

static conu_error_t *last_failure;

// --- putting off -----------------------------------------------------------------------------------------------------

static struct duty {
  void (*action)(void *);
  void *argument;
  struct duty *below;
} * duties;

void put_off(void (*action)(void *), void *argument) {
  struct duty *duty = malloc(sizeof *duty);
  assert_non_null(duty);
  *duty = (struct duty){action, argument, duties};
  duties = duty;
}

static void do_duties(void) {
  while (duties != NULL) {
    struct duty *duty = duties;
    duties = duty->below;
    duty->action(duty->argument);
    free(duty);
  }
}

static void *freed_later(void *memory) {
  assert_non_null(memory);
  put_off(free, memory);
  return memory;
}

char *text(const char *format, ...) {
  char *result = NULL;
  va_list arguments;
  va_start(arguments, format);
  int length = vasprintf(&result, format, arguments);
  va_end(arguments);
  assert_true(length >= 0);
  return freed_later(result);
}

char *taken(char *string) {
  assert_non_null(string);
  char *copy = freed_later(strdup(string));
  conu_string_free(string);
  return copy;
}

char *fresh(const char *prefix) {
  static int number;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return text("%s-%d-%lx-%d", prefix, getpid(), now.tv_nsec, ++number);
}

static void remove_folder(void *path) { shell("rm -rf '%s'", (char *)path); }

char *fresh_folder(void) {
  char *path = text("%s/test-XXXXXX", setting("CONU_TEST_FOLDER"));
  assert_non_null(mkdtemp(path));
  assert_int_equal(chmod(path, 0755), 0);
  put_off(remove_folder, path);
  return path;
}

char *file_in(const char *folder, const char *name, const char *content) {
  char *path = text("%s/%s", folder, name);
  shell("mkdir -p \"$(dirname '%s')\"", path);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(content, file);
  assert_int_equal(fclose(file), 0);
  return path;
}

struct variable {
  char *name, *value;
};

static void restore_variable(void *argument) {
  struct variable *variable = argument;
  if (variable->value != NULL)
    setenv(variable->name, variable->value, 1);
  else
    unsetenv(variable->name);
}

void set_variable(const char *name, const char *value) {
  struct variable *before = freed_later(malloc(sizeof *before));
  const char *now = getenv(name);
  *before = (struct variable){text("%s", name), now != NULL ? text("%s", now) : NULL};
  put_off(restore_variable, before);
  if (value != NULL)
    setenv(name, value, 1);
  else
    unsetenv(name);
}

char noted[16384];

static void note(conu_log_level_t level, const char *message, void *user) {
  (void)level, (void)user;
  strncat(noted, message, sizeof noted - strlen(noted) - 1);
}

static void stop_noting(void *unused) {
  (void)unused;
  conu_set_log_handler(CONU_LOG_WARNING, NULL, NULL);
}

void note_log(conu_log_level_t least) {
  noted[0] = '\0';
  conu_set_log_handler(least, note, NULL);
  put_off(stop_noting, NULL);
}

const char *setting(const char *name) {
  const char *value = getenv(name);
  if (value == NULL) fail_msg("%s is not set: run this in a lab, see tests/support/README.md", name);
  return value;
}

// --- calls -----------------------------------------------------------------------------------------------------------

void ok_at(conu_status_t status, const char *call, const char *file, int line) {
  if (status != CONU_OK) {
    print_error("%s answered %s: %s\n", call, conu_status_name(status), conu_error_get_message(error));
    _fail(file, line);
  }
  assert_null(error);
}

void fails_at(conu_status_t code, conu_status_t status, const char *part, const char *call, const char *file,
              int line) {
  conu_error_free(last_failure);
  last_failure = error;
  error = NULL;
  if (status != code) {
    print_error("%s answered %s instead of %s: %s\n", call, conu_status_name(status), conu_status_name(code),
                conu_error_get_message(last_failure));
    _fail(file, line);
  }
  assert_int_equal(conu_error_get_code(last_failure), code);
  assert_non_null(conu_error_get_operation(last_failure));
  contains_at(conu_error_get_message(last_failure), part, file, line);
}

const conu_error_t *failure(void) { return last_failure; }

void contains_at(const char *text, const char *part, const char *file, int line) {
  if (text != NULL && strstr(text, part) != NULL) return;
  print_error("\"%s\" does not contain \"%s\"\n", text != NULL ? text : "(nothing)", part);
  _fail(file, line);
}

void lacks_at(const char *text, const char *part, const char *file, int line) {
  if (text != NULL && strstr(text, part) == NULL) return;
  print_error("\"%s\" contains \"%s\"\n", text != NULL ? text : "(nothing)", part);
  _fail(file, line);
}

// --- outside of the library ------------------------------------------------------------------------------------------

static char *all_of(FILE *stream) {
  char *content = NULL;
  size_t size = 0;
  FILE *copy = open_memstream(&content, &size);
  assert_non_null(copy);
  char buffer[65536];
  size_t n;
  do {
    clearerr(stream);  // a signal may have interrupted it
    while ((n = fread(buffer, 1, sizeof buffer, stream)) > 0) fwrite(buffer, 1, n, copy);
  } while (ferror(stream) && errno == EINTR);
  fclose(copy);
  return freed_later(content);
}

char *shell(const char *format, ...) {
  char *command = NULL;
  va_list arguments;
  va_start(arguments, format);
  assert_true(vasprintf(&command, format, arguments) >= 0);
  va_end(arguments);
  freed_later(command);
  FILE *stream = popen(command, "r");
  assert_non_null(stream);
  char *output = all_of(stream);
  int status = pclose(stream);
  if (status != 0) fail_msg("%s ended with %d: %s", command, status, output);
  return output;
}

char *ask(const char *method, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *url = setting("CONU_HOST");
  assert_true(strncmp(url, "unix://", 7) == 0 && strlen(url + 7) < sizeof address.sun_path);
  strcpy(address.sun_path, url + 7);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
  FILE *stream = fdopen(fd, "r+");
  fprintf(stream, "%s %s HTTP/1.0\r\nHost: engine\r\n\r\n", method, path);
  fflush(stream);
  char *answer = all_of(stream);
  fclose(stream);
  const char *body = strstr(answer, "\r\n\r\n");
  assert_non_null(body);
  return (char *)body + 4;
}

bool on_podman(void) { return strcmp(setting("CONU_TEST_ENGINE"), "podman") == 0; }

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void sleep_ms(int64_t milliseconds) {
  struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

// --- cancels and threads ---------------------------------------------------------------------------------------------

static void free_cancel(void *cancel) { conu_cancel_free(cancel); }

conu_cancel_t *cancel_within(int64_t timeout_ms) {
  conu_cancel_t *cancel = conu_cancel_new_with_timeout(timeout_ms);
  assert_non_null(cancel);
  put_off(free_cancel, cancel);
  return cancel;
}

conu_cancel_t *new_cancel(void) { return cancel_within(-1); }

struct thread {
  pthread_t thread;
  void (*function)(void *);
  void *argument;
  bool joined;
};

static void *thread_main(void *argument) {
  struct thread *thread = argument;
  thread->function(thread->argument);
  return NULL;
}

void join(struct thread *thread) {
  if (!thread->joined) assert_int_equal(pthread_join(thread->thread, NULL), 0);
  thread->joined = true;
}

static void join_late(void *thread) { join(thread); }

struct thread *in_thread(void (*function)(void *), void *argument) {
  struct thread *thread = freed_later(malloc(sizeof *thread));
  *thread = (struct thread){.function = function, .argument = argument};
  assert_int_equal(pthread_create(&thread->thread, NULL, thread_main, thread), 0);
  put_off(join_late, thread);
  return thread;
}

struct trigger {
  conu_cancel_t *cancel;
  int64_t milliseconds;
};

static void trigger_late(void *argument) {
  struct trigger *trigger = argument;
  sleep_ms(trigger->milliseconds);
  conu_cancel_trigger(trigger->cancel);
}

void trigger_after(conu_cancel_t *cancel, int64_t milliseconds) {
  struct trigger *trigger = freed_later(malloc(sizeof *trigger));
  *trigger = (struct trigger){cancel, milliseconds};
  in_thread(trigger_late, trigger);
}

void in_child(void (*function)(void)) {
  fflush(NULL);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    function();
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

// --- engines ---------------------------------------------------------------------------------------------------------

static void free_engine(void *of_engine) { conu_engine_free(of_engine); }

conu_engine_t *opened(const char *url) {
  conu_engine_t *result;
  ok(conu_engine_open(url, NULL, &result, &error));
  put_off(free_engine, result);
  return result;
}

void kill_spare(struct spare *spare) { shell("%s stop-engine --kill %s", setting("CONU_TEST_LAB"), spare->name); }

static void kill_late(void *spare) { kill_spare(spare); }

struct spare *spare_engine(void) {
  return spare_engine_of(setting("CONU_TEST_ENGINE"));
}

struct spare *spare_engine_of(const char *kind) {
  struct spare *spare = freed_later(calloc(1, sizeof *spare));
  char name[64], url[256];
  const char *line = shell("%s spare %s", setting("CONU_TEST_LAB"), kind);
  assert_int_equal(sscanf(line, "%63s %255s", name, url), 2);
  spare->name = text("%s", name);
  spare->url = text("%s", url);
  put_off(kill_late, spare);
  spare->engine = opened(spare->url);
  return spare;
}

void start_spare(struct spare *spare) { shell("%s start-engine %s", setting("CONU_TEST_LAB"), spare->name); }

// --- images ----------------------------------------------------------------------------------------------------------

static void free_image(void *image) { conu_image_free(image); }

conu_image_t *kept_image(conu_image_t *image) {
  assert_non_null(image);
  put_off(free_image, image);
  return image;
}

conu_image_t *image_of(conu_engine_t *of_engine, const char *name) {
  conu_image_t *image;
  ok(conu_image_new(of_engine, name, NULL, CONU_PULL_NEVER, NULL, &image, &error));
  return kept_image(image);
}

conu_image_t *image_named(const char *name) { return image_of(engine, name); }

static void remove_image(void *name) { ask("DELETE", text("/images/%s?force=1", (char *)name)); }

void remove_later(const char *name) { put_off(remove_image, text("%s", name)); }

conu_image_t *pulled(const char *name) {
  conu_image_t *image;
  remove_later(name);
  ok(conu_image_new(engine, name, NULL, CONU_PULL_ALWAYS, NULL, &image, &error));
  return kept_image(image);
}

conu_image_t *tagged(const char *name) {
  conu_image_t *image;
  remove_later(name);
  ok(conu_image_tag_image(busybox, name, NULL, NULL, &image, &error));
  return kept_image(image);
}

char *in_registry(const char *registry_variable, const char *repository) {
  return text("%s/%s", setting(registry_variable), repository);
}

bool is_present(conu_image_t *image) {
  bool present;
  ok(conu_image_is_present(image, NULL, &present, &error));
  return present;
}

char *id_of(conu_image_t *image) {
  char *id;
  ok(conu_image_get_id(image, NULL, &id, &error));
  return taken(id);
}

static void free_metadata(void *metadata) { conu_metadata_free(metadata); }

conu_metadata_t *metadata_of(conu_image_t *image) {
  conu_metadata_t *metadata;
  ok(conu_image_get_metadata(image, true, NULL, &metadata, &error));
  put_off(free_metadata, metadata);
  return metadata;
}

// --- containers ------------------------------------------------------------------------------------------------------

static void free_list(void *list) { conu_string_list_free(list); }

conu_string_list_t *words(const char *line) {
  conu_string_list_t *list = conu_string_list_new();
  put_off(free_list, list);
  char *copy = text("%s", line), *place = NULL;
  for (char *word = strtok_r(copy, " ", &place); word != NULL; word = strtok_r(NULL, " ", &place))
    ok(conu_string_list_append(list, word, &error));
  return list;
}

static void free_builder(void *of_run) { conu_run_builder_free(of_run); }

conu_run_builder_t *builder(const char *options, const char *script) {
  conu_run_builder_t *result;
  ok(conu_run_builder_new(words(script != NULL ? "sh -c" : ""), words(options), &result, &error));
  put_off(free_builder, result);
  if (script != NULL) ok(conu_run_builder_add_argument(result, script, &error));
  return result;
}

// Podman refuses while a container is just coming to its end, as one does again and again that is restarted.
static void remove_container(void *container) {
  const char *path = text("/containers/%s?force=1&v=1", conu_container_get_id(container));
  for (int i = 0; i < 50 && strstr(ask("DELETE", path), "container state improper") != NULL; i++) sleep_ms(20);
  conu_container_free(container);
}

conu_container_t *kept_container(conu_container_t *container) {
  assert_non_null(container);
  put_off(remove_container, container);
  return container;
}

const char *usual_options = "";

conu_container_t *run(const char *options, const char *script) {
  conu_container_t *container;
  ok(conu_image_run_via_api(busybox, builder(text("%s %s", usual_options, options), script), NULL, &container, &error));
  return kept_container(container);
}

int waited(conu_container_t *container) {
  int exit_code;
  ok(conu_container_wait(container, 30000, NULL, &exit_code, &error));
  return exit_code;
}

char *logs(conu_container_t *container) {
  char *log;
  ok(conu_container_logs_unicode(container, NULL, &log, &error));
  return taken(log);
}

char *inspected(conu_container_t *container, const char *format) {
  char *answer = shell("docker --host %s inspect --format '%s' %s", setting("CONU_HOST"), format,
                       conu_container_get_id(container));
  answer[strcspn(answer, "\n")] = '\0';
  return answer;
}

bool container_exists(const char *id_or_name) {
  return strstr(ask("GET", text("/containers/%s/json", id_or_name)), "\"Id\":\"") != NULL;
}

// --- progress --------------------------------------------------------------------------------------------------------

static void free_progress(void *progress) { conu_progress_free(progress); }

conu_progress_t *kept_progress(conu_progress_t *progress) {
  assert_non_null(progress);
  put_off(free_progress, progress);
  return progress;
}

bool next_step(conu_progress_t *progress) {
  bool more;
  ok(conu_progress_next(progress, -1, NULL, &more, &error));
  return more;
}

char *read_to_end(conu_progress_t *progress) {
  char *said = text("%s", "");
  while (next_step(progress)) {
    const char *line = conu_progress_get_text(progress), *status = conu_progress_get_status(progress);
    said = text("%s%s\n", said, line != NULL ? line : status);
  }
  return said;
}

// --- before and after ------------------------------------------------------------------------------------------------

// The values of a member in what the engine lists, one to a line.
static char *listed(const char *path, const char *member) {
  char *list = text("%s", ""), *rest = ask("GET", path);
  while ((rest = strstr(rest, member)) != NULL) {
    rest += strlen(member);
    list = text("%s%.*s\n", list, (int)strcspn(rest, "\""), rest);
  }
  return list;
}

static struct kind {
  const char *name, *list, *member, *remove;
  char *before;
} kinds[] = {
    {"container", "/containers/json?all=1", "\"Id\":\"", "/containers/%s?force=1&v=1", NULL},
    {"image", "/images/json?all=1", "\"Id\":\"", "/images/%s?force=1", NULL},
    {"volume", "/volumes", "\"Name\":\"", "/volumes/%s?force=1", NULL},
};
enum { kind_count = sizeof kinds / sizeof *kinds };

// How many lines of `list` are not in `other`. They are told, and removed if they are surplus.
static int difference(const char *list, const char *other, const struct kind *kind, const char *verdict, bool removes) {
  int count = 0;
  for (const char *line = list; *line != '\0'; line = strchr(line, '\n') + 1) {
    char *item = text("%.*s", (int)strcspn(line, "\n"), line);
    if (strstr(other, item) != NULL) continue;
    count++;
    print_error("the test %s the %s %s\n", verdict, kind->name, item);
    if (removes) {
      char *path = text("%s", kind->remove);
      *strstr(path, "%s") = '\0';
      ask("DELETE", text("%s%s%s", path, item, strstr(kind->remove, "%s") + 2));
    }
  }
  return count;
}

// What is still mounted below a folder that the library or fresh_folder() made, and records of mounts. They are told,
// and removed.
static int mounts_left(void) {
  const char *found =
      shell("grep -o ' [^ ]*/\\(conu-%d/%d\\.\\|test-\\)[^ ]* ' /proc/self/mountinfo || true", geteuid(), getpid());
  const char *records = shell("ls -d ${TMPDIR:-/tmp}/conu-%d/%d.* 2>/dev/null || true", geteuid(), getpid());
  if (*found == '\0' && *records == '\0') return 0;
  print_error("the test leaves the mounts\n%s%s", found, records);
  shell("umount -l %s || true; rm -rf %s", text("%.*s", (int)strcspn(found, "\n"), found),
        text("%.*s", (int)strcspn(records, "\n"), records));
  return 1;
}

int begin_test(void **state) {
  (void)state;
  for (struct kind *kind = kinds; kind < kinds + kind_count; kind++) {
    kind->before = strdup(listed(kind->list, kind->member));
    assert_non_null(kind->before);
  }
  return 0;
}

int end_test(void **state) {
  (void)state;
  do_duties();
  conu_error_free(error);
  conu_error_free(last_failure);
  error = last_failure = NULL;
  int surplus = mounts_left();
  for (struct kind *kind = kinds; kind < kinds + kind_count; kind++) {
    char *after = listed(kind->list, kind->member);
    surplus += difference(after, kind->before, kind, "leaves", true);
    surplus += difference(kind->before, after, kind, "removed", false);
    free(kind->before);
  }
  do_duties();
  return surplus == 0 ? 0 : -1;
}

static bool image_was_there;

int open_lab(void **state) {
  (void)state;
  ok(conu_engine_open(setting("CONU_HOST"), NULL, &engine, &error));
  ok(conu_image_new(engine, setting("CONU_TEST_IMAGE"), NULL, CONU_PULL_NEVER, NULL, &busybox, &error));
  ok(conu_image_is_present(busybox, NULL, &image_was_there, &error));
  if (!image_was_there) ok(conu_image_pull(busybox, NULL, NULL, &error));
  return 0;
}

int close_lab(void **state) {
  (void)state;
  if (!image_was_there) ok(conu_image_rmi(busybox, true, true, NULL, &error));
  conu_image_free(busybox);
  conu_engine_free(engine);
  return 0;
}
