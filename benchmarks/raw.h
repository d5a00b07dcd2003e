/* Bare blocking sockets, for the floor. */
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "client.h"

static char answer[256 << 10]; /* the last one that was read */

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

static inline int open_connection(void) {
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

static inline void send_bytes(int fd, const void *bytes, size_t size) {
  for (const char *rest = bytes; size > 0;) {
    ssize_t n = send(fd, rest, size, MSG_NOSIGNAL);
    if (n < 0) fail("send");
    rest += n;
    size -= (size_t)n;
  }
}

static inline void send_request(int fd, const char *request) { send_bytes(fd, request, strlen(request)); }

static inline size_t receive(int fd, char *into, size_t room) {
  ssize_t n = recv(fd, into, room, 0);
  if (n < 0) fail("recv");
  return (size_t)n;
}

static inline void expect_success(void) {
  if (strncmp(answer, "HTTP/1.1 2", 10) == 0 || strncmp(answer, "HTTP/1.1 101", 12) == 0) return;
  fprintf(stderr, "the engine answered: %.200s\n", answer);
  exit(1);
}

/* Whether `answer` is whole: without a body, as long as it says, or ended by the last chunk. */
static inline int is_whole(size_t size) {
  const char *body = memmem(answer, size, "\r\n\r\n", 4);
  if (body == NULL) return 0;
  body += 4;
  if (strncmp(answer, "HTTP/1.1 204", 12) == 0) return 1;
  const char *length = memmem(answer, (size_t)(body - answer), "Content-Length: ", 16);
  if (length != NULL) return size - (size_t)(body - answer) >= strtoul(length + 16, NULL, 10);
  return memcmp(answer + size - 5, "0\r\n\r\n", 5) == 0;
}

static inline void read_answer(int fd) {
  size_t size = 0;
  do {
    size_t n = receive(fd, answer + size, sizeof answer - 1 - size);
    if (n == 0) {
      fprintf(stderr, "the engine closed the connection, or its answer is longer than %zu bytes\n", sizeof answer);
      exit(1);
    }
    size += n;
  } while (!is_whole(size));
  answer[size] = '\0';
  expect_success();
}
