/* The floor of what is done with containers: bare blocking sockets, requests that are built beforehand but for the
   container's id, answers and streams that are read and dropped. */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "raw.h"

static char stream[64 << 10];

/* Formats into one buffer, which the next one takes over. */
static const char *request(const char *method, const char *container, const char *rest, const char *headers) {
  static char text[1000];
  snprintf(text, sizeof text, "%s /v%s/containers/%s%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method,
           setting("BENCH_API_VERSION"), container, rest, headers);
  return text;
}

static void lifecycle(void) {
  static int connection = -1;
  if (connection < 0) connection = open_connection();
  char create[1000], body[500], id[65];
  int size = snprintf(body, sizeof body, "{\"Image\":\"%s\",\"Cmd\":[\"true\"]}", setting("BENCH_IMAGE"));
  snprintf(create, sizeof create,
           "POST /v%s/containers/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           "Content-Length: %d\r\n\r\n%s",
           setting("BENCH_API_VERSION"), size, body);
  send_request(connection, create);
  read_answer(connection);
  snprintf(id, sizeof id, "%.64s", strstr(answer, "\"Id\":\"") + 6);
  const char *steps[][3] = {{"POST", "/start", "Content-Length: 0\r\n"},
                            {"POST", "/wait", "Content-Length: 0\r\n"},
                            {"GET", "/logs?stdout=1&stderr=1", ""},
                            {"DELETE", "", ""}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    send_request(connection, request(steps[i][0], id, steps[i][1], steps[i][2]));
    read_answer(connection);
  }
}

static void read_to_the_end(const char *asked, int copy) {
  int connection = open_connection();
  send_request(connection, asked);
  size_t n = receive(connection, answer, sizeof answer - 1);
  answer[n] = '\0';
  expect_success();
  while ((n = receive(connection, stream, sizeof stream)) > 0)
    if (copy >= 0 && write(copy, stream, n) != (ssize_t)n) fail("write");
  close(connection);
}

static void logs(void) {
  read_to_the_end(request("GET", setting("BENCH_LOG_CONTAINER"), "/logs?stdout=1&stderr=1", "Connection: close\r\n"),
                  -1);
}

static void copy_from(void) {
  int copy = open(setting("BENCH_COPY_TARGET"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (copy < 0) fail(setting("BENCH_COPY_TARGET"));
  read_to_the_end(request("GET", setting("BENCH_COPY_CONTAINER"), "/archive?path=/big", "Connection: close\r\n"), copy);
  close(copy);
}

/* A tar archive of one file: its header, the file by sendfile, and the blocks of zeros at the end. */
static void copy_to(void) {
  static const char zeros[1536];
  int file = open(setting("BENCH_COPY_FILE"), O_RDONLY);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) fail(setting("BENCH_COPY_FILE"));
  char header[512] = "big", headers[100];
  snprintf(header + 100, 8, "%07o", 0644);
  snprintf(header + 108, 8, "%07o", 0);
  snprintf(header + 116, 8, "%07o", 0);
  snprintf(header + 124, 12, "%011llo", (unsigned long long)facts.st_size);
  snprintf(header + 136, 12, "%011o", 0);
  memcpy(header + 148, "        ", 8);
  header[156] = '0';
  memcpy(header + 257, "ustar\00000", 8);
  unsigned sum = 0;
  for (size_t i = 0; i < sizeof header; i++) sum += (unsigned char)header[i];
  snprintf(header + 148, 8, "%06o", sum);
  size_t padding = (size_t)(-facts.st_size & 511) + 1024;
  snprintf(headers, sizeof headers, "Content-Type: application/x-tar\r\nContent-Length: %llu\r\n",
           (unsigned long long)(sizeof header + (size_t)facts.st_size + padding));
  int connection = open_connection();
  send_request(connection, request("PUT", setting("BENCH_COPY_CONTAINER"), "/archive?path=/", headers));
  send_bytes(connection, header, sizeof header);
  for (off_t sent = 0; sent < facts.st_size;)
    if (sendfile(connection, file, &sent, (size_t)(facts.st_size - sent)) < 0) fail("sendfile");
  send_bytes(connection, zeros, padding);
  read_answer(connection);
  close(connection);
  close(file);
}

/* One line there and back through a container that runs cat: a frame of 8 bytes and the line. */
static void echo(void) {
  static int connection = -1;
  if (connection < 0) {
    connection = open_connection();
    send_request(connection,
                 request("POST", setting("BENCH_ECHO_CONTAINER"), "/attach?stream=1&stdin=1&stdout=1&stderr=1",
                         "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n"));
    size_t n = receive(connection, answer, sizeof answer - 1);
    answer[n] = '\0';
    expect_success();
  }
  send_bytes(connection, "0123456789abcde\n", 16);
  for (size_t size = 0; size < 24;) {
    size_t n = receive(connection, stream, sizeof stream);
    if (n == 0) fail("the echo has ended");
    size += n;
  }
}

int main(void) {
  return serve((struct action[]){{"lifecycle", lifecycle},
                                 {"logs", logs},
                                 {"copy_to", copy_to},
                                 {"copy_from", copy_from},
                                 {"echo", echo},
                                 {NULL, NULL}});
}
