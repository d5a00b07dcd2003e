// The scripted engine.
#include "server.h"

#include <pthread.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

const char RAW[] = "raw";
struct raw raw;

enum { most_connections = 64, most_requests = 256, longest_head = 16384 };

static struct server {
  bool is_running;
  const struct rule *script;
  char *path;
  int listener;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_t threads[most_connections];
  int sockets[most_connections];
  int connections;
  char requests[most_requests][256];
  int request_count;
} server;

static void send_all(int socket, const char *bytes, size_t size, size_t at_once) {
  while (size > 0) {
    ssize_t n = send(socket, bytes, size < at_once ? size : at_once, MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes += n;
    size -= (size_t)n;
    if (at_once == 1) nanosleep(&(struct timespec){0, 20000}, NULL);
  }
}

// Reads one request with its body, and keeps its first line.
static bool read_request(int socket, char *line, size_t size) {
  char head[longest_head + 1];
  size_t length = 0;
  char *end = NULL;
  while (end == NULL) {
    // Byte by byte: what follows the head is the body's or the next request's.
    if (length == longest_head || recv(socket, head + length, 1, 0) != 1) return false;
    head[++length] = '\0';
    if (length >= 4 && memcmp(head + length - 4, "\r\n\r\n", 4) == 0) end = head + length;
  }
  const char *field = strcasestr(head, "\r\nContent-Length:");
  long left = field != NULL ? atol(field + 17) : 0;
  char body[4096];
  while (left > 0) {
    ssize_t n = recv(socket, body, left < (long)sizeof body ? (size_t)left : sizeof body, 0);
    if (n <= 0) return false;
    left -= n;
  }
  snprintf(line, size, "%.*s", (int)strcspn(head, "\r"), head);
  pthread_mutex_lock(&server.mutex);
  if (server.request_count < most_requests)
    snprintf(server.requests[server.request_count++], sizeof server.requests[0], "%s", line);
  pthread_mutex_unlock(&server.mutex);
  return true;
}

static const struct rule *rule_for(const char *line) {
  for (const struct rule *rule = server.script; rule->request != NULL; rule++)
    if (strstr(line, rule->request) != NULL) return rule;
  return NULL;
}

// Messages "1:a\n2:b\n" in frames, until the connection is closed.
static void send_log(int socket, const char *message) {
  static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
  send_all(socket, head, sizeof head - 1, sizeof head);
  while (*message != '\0') {
    const char *text = message + 2;
    size_t size = strcspn(text, "\n") + 1;
    char header[8] = {(char)(*message - '0'), 0, 0, 0, 0, 0, (char)(size >> 8), (char)size};
    send_all(socket, header, sizeof header, sizeof header);
    send_all(socket, text, size, size);
    message = text + size;
  }
}

// Sends the answer of a rule, with a head if it has none of its own.
static void answer(int socket, const char *line, const struct rule *rule) {
  if (rule->answer == NULL) return;
  size_t at_once = rule->then == TRICKLE ? 1 : 65536;
  if (rule->answer == RAW) {
    send_all(socket, raw.data, raw.size, at_once);
  } else if (strncmp(rule->answer, "log ", 4) == 0) {
    send_log(socket, rule->answer + 4);
  } else if (strncmp(rule->answer, "HTTP/", 5) != 0) {
    const char *body = strchr(rule->answer, ' ') + 1;
    char head[256];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %.3s Status\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        rule->answer, strlen(body));
    send_all(socket, head, (size_t)size, at_once);
    if (strncmp(line, "HEAD", 4) != 0) send_all(socket, body, strlen(body), at_once);
  } else {
    send_all(socket, rule->answer, strlen(rule->answer), at_once);
  }
}

static void *serve(void *argument) {
  static const struct rule unknown = {"", "404 {\"message\":\"not scripted\"}", GO_ON};
  static const char flood[65536];
  int socket = (int)(intptr_t)argument;
  char line[256], byte;
  if (server.script[0].then == RESET) {
    recv(socket, &byte, 1, MSG_PEEK);
    close(socket);  // with the request unread, this resets
    return NULL;
  }
  while (read_request(socket, line, sizeof line)) {
    const struct rule *rule = rule_for(line);
    if (rule == NULL) rule = &unknown;
    answer(socket, line, rule);
    while (rule->then == FLOOD && send(socket, flood, sizeof flood, MSG_NOSIGNAL) > 0) {
    }
    while (rule->then == HANG && recv(socket, &byte, 1, 0) > 0) {
    }
    if (rule->then != GO_ON) break;
  }
  shutdown(socket, SHUT_RDWR);
  return NULL;
}

static void *accept_all(void *unused) {
  int socket;
  while ((socket = accept(server.listener, NULL, NULL)) >= 0 && server.connections < most_connections) {
    int number = server.connections;
    server.sockets[number] = socket;
    pthread_create(&server.threads[number], NULL, serve, (void *)(intptr_t)socket);
    server.connections++;
  }
  return unused;
}

static void stop(void *unused) {
  (void)unused;
  if (!server.is_running) return;
  server.is_running = false;
  shutdown(server.listener, SHUT_RDWR);
  pthread_join(server.thread, NULL);
  for (int i = 0; i < server.connections; i++) {
    shutdown(server.sockets[i], SHUT_RDWR);
    pthread_join(server.threads[i], NULL);
    if (server.script[0].then != RESET) close(server.sockets[i]);
  }
  close(server.listener);
  unlink(server.path);
}

const char *scripted(const struct rule *script) {
  stop(NULL);
  server = (struct server){.is_running = true, .script = script, .mutex = PTHREAD_MUTEX_INITIALIZER};
  server.path = text("%s/%s.sock", setting("CONU_TEST_FOLDER"), fresh("s"));
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  assert_true(strlen(server.path) < sizeof address.sun_path);
  strcpy(address.sun_path, server.path);
  server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(server.listener, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(server.listener, 16), 0);
  pthread_create(&server.thread, NULL, accept_all, NULL);
  put_off(stop, NULL);
  return text("unix://%s", server.path);
}

int requests_with(const char *part) {
  int count = 0;
  pthread_mutex_lock(&server.mutex);
  for (int i = 0; i < server.request_count; i++) count += strstr(server.requests[i], part) != NULL;
  pthread_mutex_unlock(&server.mutex);
  return count;
}
