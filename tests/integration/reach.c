// Reaching a service in a container: whether its port is open, connections, HTTP.
#include <fcntl.h>

#include "lab.h"

static const char httpd[] = "mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www";

static conu_container_t *serving(const char *options) {
  conu_container_t *container = run(options, httpd);
  bool open = false;
  for (int i = 0; i < 200 && !open; i++) {
    ok(conu_container_is_port_open(container, 8080, 1000, NULL, &open, &error));
    if (!open) sleep_ms(10);
  }
  assert_true(open);
  return container;
}

static void a_port_where_nobody_listens_is_not_open(void **state) {
  (void)state;
  bool open = true;
  ok(conu_container_is_port_open(serving("-p 127.0.0.1::8080"), 81, 1000, NULL, &open, &error));
  assert_false(open);
}

static void http_gives_status_headers_and_body(void **state) {
  (void)state;
  conu_container_t *container = serving("");
  conu_http_response_t *response;
  ok(conu_container_http_request(container, "GET", "index.html", 8080, NULL, 0, NULL, &response, &error));
  size_t size;
  const void *body = conu_http_response_get_body(response, &size);
  assert_int_equal(conu_http_response_get_status(response), 200);
  assert_int_equal(size, 6);
  assert_memory_equal(body, "hello\n", 6);
  assert_string_equal(conu_http_response_get_header(response, "CONTENT-TYPE"), "text/html");
  contains(conu_http_response_get_headers_json(response), "\"text/html\"");
  conu_http_response_free(response);
  ok(conu_container_http_request(container, "GET", "/none", 8080, NULL, 0, NULL, &response, &error));
  assert_int_equal(conu_http_response_get_status(response), 404);
  conu_http_response_free(response);
}

static void a_connection_blocks_and_is_closed_in_programs(void **state) {
  (void)state;
  int fd;
  ok(conu_container_open_connection(serving(""), 8080, NULL, &fd, &error));
  assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
  assert_true(write(fd, "GET / HTTP/1.0\r\n\r\n", 18) == 18);
  char answer[5];
  assert_true(read(fd, answer, 5) == 5);
  assert_memory_equal(answer, "HTTP/", 5);
  close(fd);
}

static void what_cannot_be_reached_says_why(void **state) {
  (void)state;
  int fd;
  bool open;
  conu_container_t *container = run("", "exec sleep 60");
  fails(CONU_ERROR_UNREACHABLE, conu_container_open_connection(container, 80, NULL, &fd, &error), "refused");
  says(text("port 80 of the container %s cannot be reached", conu_container_get_name(container)));
  container = run("--network none", "exec sleep 60");
  fails(CONU_ERROR_STATE, conu_container_open_connection(container, 80, NULL, &fd, &error), "no network");
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for_port(container, 80, 300, NULL, &error), "port 80");
  conu_container_t *guest = run(text("--network container:%s", conu_container_get_id(container)), "exec sleep 60");
  fails(CONU_ERROR_STATE, conu_container_is_port_open(guest, 80, 1000, NULL, &open, &error), "no network");
  container = run("", "exit 3");
  assert_int_equal(waited(container), 3);
  fails(CONU_ERROR_STATE, conu_container_is_port_open(container, 80, 1000, NULL, &open, &error), "exit code 3");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_is_port_open(container, 0, 1000, NULL, &open, &error), "port");
}

// --- networks
// ---------------------------------------------------------------------------------------------------------

static bool is_open(conu_container_t *container, int port) {
  bool open = false;
  ok(conu_container_is_port_open(container, port, 2000, NULL, &open, &error));
  return open;
}

static void wait_for(conu_container_t *container, int port) {
  ok(conu_container_wait_for_port(container, port, 20000, NULL, &error));
}

static void remove_network(void *name) { shell("docker --host %s network rm %s", setting("CONU_HOST"), (char *)name); }

static void a_service_on_ipv6_alone_is_reached(void **state) {
  (void)state;
  char *name = fresh("conu-network");
  put_off(remove_network, name);
  shell("docker --host %s network create --ipv6 --subnet 172.31.208.0/24 --subnet fd00:208::/64 %s",
        setting("CONU_HOST"), name);
  conu_container_t *container =
      run(text("--network %s", name),
          "mkdir /www; echo six > /www/index.html; for i in $(seq 100); do address=$(ip -6 addr show dev eth0 scope "
          "global | grep -v tentative | grep -o 'fd00:208:[^/]*'); test -n \"$address\" && break; sleep 0.1; done; "
          "exec httpd -f -p \"[$address]:8080\" -h /www");
  wait_for(container, 8080);
  // A bridge that has just come up takes a second or two to find its neighbours.
  bool open = false;
  for (int i = 0; i < 20 && !open; i++) ok(conu_container_is_port_open(container, 8080, 500, NULL, &open, &error));
  assert_true(open);
  conu_http_response_t *response;
  ok(conu_container_http_request(container, "GET", "/", 8080, NULL, 0, NULL, &response, &error));
  assert_string_equal(conu_http_response_get_body(response, NULL), "six\n");
  conu_http_response_free(response);
  ok(conu_container_delete(container, true, true, NULL, &error));
}

static void in_the_network_of_the_host_localhost_is_enough(void **state) {
  (void)state;
  conu_container_t *container = run("--network host", "exec httpd -f -p 127.0.0.1:18765");
  wait_for(container, 18765);
  assert_true(is_open(container, 18765));
  assert_false(is_open(container, 18766));
  // So it is for those that use its network.
  conu_container_t *guest = run(text("--network container:%s", conu_container_get_id(container)), "exec sleep 60");
  wait_for(guest, 18765);
  assert_true(is_open(guest, 18765));
}

static void a_service_in_the_network_of_another_container_is_reached(void **state) {
  (void)state;
  conu_container_t *host = run("", "exec sleep 60");
  conu_container_t *guest = run(text("--network container:%s", conu_container_get_name(host)), httpd);
  wait_for(guest, 8080);
  assert_true(is_open(guest, 8080));
  assert_true(is_open(host, 8080));
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for_port(guest, 81, 300, NULL, &error), "nobody listens at port 81");
}

static void free_container(void *container) { conu_container_free(container); }

// The container by way of the same engine's TCP port.
static conu_container_t *by_tcp(conu_container_t *container) {
  if (!on_podman()) set_variable("DOCKER_CERT_PATH", setting("CONU_TEST_TLS_CERTIFICATES"));
  conu_engine_t *remote = opened(setting(on_podman() ? "CONU_TEST_TCP_HOST" : "CONU_TEST_TLS_HOST"));
  conu_container_t *same;
  ok(conu_container_from_id(remote, conu_container_get_id(container), NULL, &same, &error));
  put_off(free_container, same);
  return same;
}

static void an_engine_at_a_port_of_localhost_needs_no_published_ports(void **state) {
  (void)state;
  conu_container_t *container = by_tcp(run("", httpd));
  wait_for(container, 8080);
  assert_true(is_open(container, 8080));
  assert_false(is_open(container, 81));
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for_port(container, 81, 300, NULL, &error),
        "nobody listens at port 81");
  container = by_tcp(run("--network host", "exec httpd -f -p 18767"));
  wait_for(container, 18767);
  assert_true(is_open(container, 18767));
}

static void a_container_that_restarts_again_and_again_is_not_reached(void **state) {
  (void)state;
  conu_container_t *container = run("--restart always", "exit 3");
  conu_status_t status = CONU_OK;
  for (int i = 0; i < 100 && status == CONU_OK; i++) {
    bool open;
    status = conu_container_is_port_open(container, 80, 1000, NULL, &open, &error);
    sleep_ms(20);
  }
  fails(CONU_ERROR_STATE, status, "does not run: its state is ");
  says(conu_container_get_name(container));
  says("its exit code");
  fails(CONU_ERROR_TIMEOUT, conu_container_wait_for_port(container, 80, 1500, NULL, &error), "1500 ms");
  details("exit code 3");
  ok(conu_container_delete(container, true, true, NULL, &error));
}

static bool third_time(void *count) { return ++*(int *)count == 3; }

static void a_probe_runs_until_it_is_true_or_was_run_often_enough(void **state) {
  (void)state;
  int count = 0;
  ok(conu_probe_run(third_time, &count, 5000, 1, -1, NULL, &error));
  assert_int_equal(count, 3);
  count = 5;
  fails(CONU_ERROR_STATE, conu_probe_run(third_time, &count, 5000, 1, 2, NULL, &error), "2 times");
  fails(CONU_ERROR_TIMEOUT, conu_probe_run(third_time, &count, 30, 5, -1, NULL, &error), "never true");
}

static void check_port_tells_a_port_of_any_host(void **state) {
  (void)state;
  bool open;
  ok(conu_check_port("127.0.0.1", 5000, 1000, NULL, &open, &error));
  assert_true(open);
  ok(conu_check_port("127.0.0.1", 1, 1000, NULL, &open, &error));
  assert_false(open);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_port_where_nobody_listens_is_not_open),
      TEST(http_gives_status_headers_and_body),
      TEST(a_connection_blocks_and_is_closed_in_programs),
      TEST(what_cannot_be_reached_says_why),
      TEST(a_service_on_ipv6_alone_is_reached),
      TEST(in_the_network_of_the_host_localhost_is_enough),
      TEST(a_service_in_the_network_of_another_container_is_reached),
      TEST(an_engine_at_a_port_of_localhost_needs_no_published_ports),
      TEST(a_container_that_restarts_again_and_again_is_not_reached),
      TEST(a_probe_runs_until_it_is_true_or_was_run_often_enough),
      TEST(check_port_tells_a_port_of_any_host),
  };
  return RUN_LAB_TESTS(tests);
}
