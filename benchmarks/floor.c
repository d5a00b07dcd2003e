/* The floor: bare blocking sockets, requests that are built beforehand, answers that are read and dropped. It asks for
   the same paths as libconu, as engines take a few microseconds longer for one with a version in it. */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

static int connection = -1;
static char ping_request[200], inspect_request[1000], pull_request[1000];
static char answer[256 << 10];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_connection(void) {
  const char *url = setting("CONU_HOST");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strncmp(url, "unix://", 7) != 0 || strlen(url + 7) >= sizeof address.sun_path) {
    fprintf(stderr, "CONU_HOST is no unix socket: %s\n", url);
    exit(2);
  }
  strcpy(address.sun_path, url + 7);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail(url);
  return fd;
}

static void send_request(int fd, const char *request) {
  ssize_t size = (ssize_t)strlen(request);
  if (send(fd, request, (size_t)size, MSG_NOSIGNAL) != size) fail("send");
}

static size_t receive(int fd, char *into, size_t room) {
  ssize_t n = recv(fd, into, room, 0);
  if (n < 0) fail("recv");
  return (size_t)n;
}

static void expect_success(void) {
  if (strncmp(answer, "HTTP/1.1 200", 12) == 0) return;
  fprintf(stderr, "the engine answered: %.200s\n", answer);
  exit(1);
}

/* Whether `answer` is whole: as long as it says, or ended by the last chunk. */
static int is_whole(size_t size) {
  const char *body = memmem(answer, size, "\r\n\r\n", 4);
  if (body == NULL) return 0;
  body += 4;
  const char *length = memmem(answer, (size_t)(body - answer), "Content-Length: ", 16);
  if (length != NULL) return size - (size_t)(body - answer) >= strtoul(length + 16, NULL, 10);
  return memcmp(answer + size - 5, "0\r\n\r\n", 5) == 0;
}

static void ask(const char *request) {
  if (connection < 0) connection = open_connection();
  send_request(connection, request);
  size_t size = 0;
  do {
    size_t n = receive(connection, answer + size, sizeof answer - size);
    if (n == 0) {
      fprintf(stderr, "the engine closed the connection, or its answer is longer than %zu bytes\n", sizeof answer);
      exit(1);
    }
    size += n;
  } while (!is_whole(size));
  expect_success();
}

static void ping(void) { ask(ping_request); }
static void inspect(void) { ask(inspect_request); }

static void pull(void) {
  int fd = open_connection();
  send_request(fd, pull_request);
  size_t n = receive(fd, answer, sizeof answer - 1);
  answer[n] = '\0';
  expect_success();
  while (receive(fd, answer, sizeof answer) > 0) continue;
  close(fd);
}

int main(void) {
  const char *version = setting("BENCH_API_VERSION");
  snprintf(ping_request, sizeof ping_request, "GET /v%s/_ping HTTP/1.1\r\nHost: localhost\r\n\r\n", version);
  snprintf(inspect_request, sizeof inspect_request, "GET /v%s/images/%s/json HTTP/1.1\r\nHost: localhost\r\n\r\n",
           version, setting("BENCH_IMAGE"));
  const char *image = setting("BENCH_BIG_IMAGE"), *colon = strrchr(image, ':');
  snprintf(pull_request, sizeof pull_request,
           "POST /v%s/images/create?fromImage=%.*s&tag=%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
           "Connection: close\r\n\r\n",
           version, (int)(colon - image), image, colon + 1);
  return serve((struct action[]){{"ping", ping}, {"inspect", inspect}, {"pull", pull}, {NULL, NULL}});
}
