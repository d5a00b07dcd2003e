/* How soon a wait ends: waits COUNT prints the medians in ns. The service is this program: a thread of it listens in
   the container's network namespace, and writes to the container's standard output, at a moment that it notes. */
#include <conu/conu.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

static conu_container_t *container;
static int pid, number;
static int64_t moment;

static void check(conu_status_t status, conu_error_t **error) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(*error));
  exit(1);
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_of_container(const char *file, int flags) {
  char path[100];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) fail(path);
  return fd;
}

/* Not always at the same place of the waiter's rhythm. */
static void pause_a_while(void) { usleep((useconds_t)(20000 + rand() % 30000)); }

static void *listen_soon(void *unused) {
  if (setns(open_of_container("ns/net", O_RDONLY), CLONE_NEWNET) != 0) fail("setns");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(10000 + number))};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
  pause_a_while();
  moment = wall_ns();
  if (listen(fd, 5) != 0) fail("listen");
  return unused;
}

static void *write_soon(void *unused) {
  int fd = open_of_container("fd/1", O_WRONLY);
  char line[50];
  int size = snprintf(line, sizeof line, "ready-%d-\n", number);
  pause_a_while();
  moment = wall_ns();
  if (write(fd, line, (size_t)size) != size) fail("write");
  close(fd);
  return unused;
}

static void wait_for_port(void) {
  conu_error_t *error;
  check(conu_container_wait_for_port(container, 10000 + number, 10000, NULL, &error), &error);
}

static void wait_for_log(void) {
  conu_error_t *error;
  char pattern[50];
  snprintf(pattern, sizeof pattern, "ready-%d-", number);
  check(conu_container_wait_for_log(container, pattern, 1, 10000, NULL, &error), &error);
}

static int compare(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return left < right ? -1 : left > right;
}

static void measure(const char *what, int count, void *(*service)(void *), void (*wait)(void)) {
  int64_t taken[1000];
  for (number = 0; number < count; number++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, service, NULL) != 0) fail("a thread");
    wait();
    int64_t end = wall_ns();
    pthread_join(thread, NULL);
    taken[number] = end - moment;
  }
  qsort(taken, (size_t)count, sizeof *taken, compare);
  printf("%s %lld\n", what, (long long)taken[count / 2]);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 20;
  if (count < 1 || count > 1000) return fprintf(stderr, "usage: waits COUNT, 1 to 1000\n"), 2;
  conu_error_t *error;
  check(conu_container_from_id(NULL, setting("BENCH_CONTAINER"), NULL, &container, &error), &error);
  check(conu_container_get_pid(container, NULL, &pid, &error), &error);
  measure("from listen() to the end of wait_for_port", count, listen_soon, wait_for_port);
  measure("from a log line to the end of wait_for_log", count, write_soon, wait_for_log);
  conu_container_free(container);
}
