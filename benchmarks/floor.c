/* The floor: bare blocking sockets, requests that are built beforehand, answers that are read and dropped. It asks for
   the same paths as libconu, as engines take a few microseconds longer for one with a version in it. */
#include <unistd.h>

#include "client.h"
#include "raw.h"

static int connection = -1;
static char ping_request[200], inspect_request[1000], pull_request[1000];

static void ask(const char *request) {
  if (connection < 0) connection = open_connection();
  send_request(connection, request);
  read_answer(connection);
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
