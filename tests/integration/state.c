// Containers: finding them by id or name, and what can be told of their state, in every state.
#include "lab.h"

static char *told(conu_status_t (*call)(conu_container_t *, conu_cancel_t *, char **, conu_error_t **),
                  conu_container_t *container) {
  char *answer;
  ok(call(container, NULL, &answer, &error));
  return taken(answer);
}

static char *status_of(conu_container_t *container) { return told(conu_container_get_status, container); }

static bool runs(conu_container_t *container) {
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  return running;
}

static int pid_of(conu_container_t *container) {
  int pid;
  ok(conu_container_get_pid(container, NULL, &pid, &error));
  return pid;
}

static int exit_code_of(conu_container_t *container) {
  int code;
  ok(conu_container_exit_code(container, NULL, &code, &error));
  return code;
}

static char *document_of(conu_container_t *container, bool refresh) {
  char *document;
  ok(conu_container_inspect(container, refresh, NULL, &document, &error));
  return taken(document);
}

static char *mappings_of(conu_container_t *container, int port) {
  char *mappings;
  ok(conu_container_get_port_mappings(container, port, NULL, &mappings, &error));
  return taken(mappings);
}

static char *joined(const conu_string_list_t *list) {
  char *all = text("%s", "");
  for (size_t i = 0; i < conu_string_list_size(list); i++)
    all = text("%s%s%s", all, i > 0 ? " " : "", conu_string_list_get(list, i));
  return all;
}

static char *list_of(conu_status_t (*call)(conu_container_t *, conu_cancel_t *, conu_string_list_t **, conu_error_t **),
                     conu_container_t *container) {
  conu_string_list_t *list;
  ok(call(container, NULL, &list, &error));
  char *all = joined(list);
  conu_string_list_free(list);
  return all;
}

static conu_container_t *found(const char *id_or_name) {
  conu_container_t *container;
  ok(conu_container_from_id(engine, id_or_name, NULL, &container, &error));
  return container;
}

static void free_container(void *container) { conu_container_free(container); }

// A handle to a container that the end of the test removes anyway.
static conu_container_t *seen_again(const char *id_or_name) {
  conu_container_t *container = found(id_or_name);
  put_off(free_container, container);
  return container;
}

// The docker program makes the container; the library has no part in it.
static conu_container_t *made_by_docker(const char *options_and_command) {
  char *id = shell("docker --host %s %s", setting("CONU_HOST"), options_and_command);
  id[strcspn(id, "\n")] = '\0';
  return kept_container(found(id));
}

static conu_container_t *created_only(const char *options) {
  return made_by_docker(text("create %s %s sleep 60", options, setting("CONU_TEST_IMAGE")));
}

// --- finding ---------------------------------------------------------------------------------------------------------

static void a_container_is_found_by_id_short_id_and_name(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  const char *id = conu_container_get_id(container), *name = conu_container_get_name(container);
  const char *keys[] = {id, text("%.12s", id), name, text("/%s", name)};
  for (size_t i = 0; i < 4; i++) {
    conu_container_t *again = seen_again(keys[i]);
    assert_string_equal(conu_container_get_id(again), id);
    assert_string_equal(conu_container_get_name(again), name);
    assert_true(runs(again));
  }
}

static void a_container_that_docker_made_is_found_and_its_log_is_read(void **state) {
  (void)state;
  conu_container_t *plain = made_by_docker(text("run -d %s echo one", setting("CONU_TEST_IMAGE")));
  conu_container_t *terminal = made_by_docker(text("run -dt %s echo two", setting("CONU_TEST_IMAGE")));
  waited(plain);
  waited(terminal);
  assert_string_equal(logs(plain), "one\n");
  assert_string_equal(logs(terminal), "two\r\n");
}

static void from_id_of_nothing_is_not_found(void **state) {
  (void)state;
  conu_container_t *container = (void *)1;
  fails(CONU_ERROR_NOT_FOUND, conu_container_from_id(engine, "no-such-container", NULL, &container, &error),
        "no-such-container");
  assert_null(container);
  answered(404);
  // What would lead a path astray is refused before any request.
  const char *names[] = {"", "/", "../images", "a/b?c=d", "%2e", "-a", "white space", "\n"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_from_id(engine, names[i], NULL, &container, &error),
          "cannot be the name of a container");
    answered(0);
  }
  fails(CONU_ERROR_NOT_FOUND, conu_container_from_id(engine, "json", NULL, &container, &error), "json");
}

// --- what it tells ---------------------------------------------------------------------------------------------------

static void inspect_is_remembered_until_it_is_refreshed(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  char *before = document_of(container, false);
  contains(before, "\"running\"");
  contains(before, conu_container_get_id(container));
  ok(conu_container_kill(container, NULL, NULL, &error));
  waited(container);
  assert_string_equal(document_of(container, false), before);
  contains(document_of(container, true), "\"exited\"");
  contains(document_of(container, false), "\"exited\"");
}

static void metadata_has_every_field(void **state) {
  (void)state;
  conu_container_t *container = run("--name conu-told -e COLOUR=blue -l taste=sweet -p 127.0.0.1::80", "exec sleep 60");
  conu_metadata_t *facts;
  ok(conu_container_get_metadata(container, true, NULL, &facts, &error));
  assert_string_equal(conu_metadata_get_name(facts), "conu-told");
  assert_string_equal(conu_metadata_get_identifier(facts), conu_container_get_id(container));
  contains(conu_metadata_get_creation_timestamp(facts), "T");
  assert_string_equal(conu_metadata_get_hostname(facts), text("%.12s", conu_container_get_id(container)));
  assert_string_equal(conu_metadata_get_status(facts), "running");
  assert_string_equal(conu_metadata_get_label(facts, "taste"), "sweet");
  assert_string_equal(conu_metadata_get_label(facts, "org.example.purpose"), "tests");
  assert_string_equal(conu_metadata_get_env(facts, "COLOUR"), "blue");
  assert_string_equal(conu_metadata_get_env(facts, "GREETING"), "hello from busybox");
  contains(conu_metadata_get_labels_json(facts), "\"taste\":\"sweet\"");
  contains(conu_metadata_get_env_json(facts), "\"COLOUR\":\"blue\"");
  assert_string_equal(joined(conu_metadata_get_command(facts)), "sh -c exec sleep 60");
  contains(joined(conu_metadata_get_exposed_ports(facts)), "80/tcp");
  contains(conu_metadata_get_port_mappings_json(facts), "\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"");
  contains(conu_metadata_get_port_mappings_json(facts), "\"53/udp\":[]");
  assert_string_equal(joined(conu_metadata_get_ipv4_addresses(facts)), list_of(conu_container_get_IPv4s, container));
  assert_int_equal(conu_string_list_size(conu_metadata_get_ipv4_addresses(facts)), 1);
  assert_int_equal(conu_string_list_size(conu_metadata_get_ipv6_addresses(facts)), 0);
  contains(joined(conu_metadata_get_image_names(facts)), setting("CONU_TEST_IMAGE"));
  assert_null(conu_metadata_get_digest(facts));
  assert_null(conu_metadata_get_repo_digests(facts));
  conu_metadata_free(facts);
}

static void the_image_is_the_one_that_the_container_was_made_from(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  assert_string_equal(told(conu_container_get_image_name, container), setting("CONU_TEST_IMAGE"));
  conu_image_t *image;
  ok(conu_container_get_image(container, NULL, &image, &error));
  kept_image(image);
  assert_string_equal(id_of(image), id_of(busybox));
  assert_string_equal(conu_image_get_full_name(image), setting("CONU_TEST_IMAGE"));
}

static void an_image_that_lost_its_name_to_another_is_still_the_containers(void **state) {
  (void)state;
  tagged("localhost/conu-moving:1");
  conu_image_t *moving = image_named("localhost/conu-moving:1");
  conu_container_t *container;
  ok(conu_image_run_via_api(moving, builder("", "exec sleep 60"), NULL, &container, &error));
  kept_container(container);
  conu_image_t *layers = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest")), *image;
  ok(conu_image_tag_image(layers, "localhost/conu-moving", "1", NULL, &image, &error));
  conu_image_free(image);
  ok(conu_container_get_image(container, NULL, &image, &error));
  kept_image(image);
  assert_string_equal(id_of(image), id_of(busybox));
}

static void the_addresses_are_those_that_the_container_has(void **state) {
  (void)state;
  conu_container_t *container = run("", "ip -4 addr show eth0; exec sleep 60");
  char *addresses = list_of(conu_container_get_IPv4s, container);
  assert_true(strlen(addresses) >= 7);
  for (int i = 0; i < 100 && strstr(logs(container), "inet") == NULL; i++) sleep_ms(20);
  contains(logs(container), text("inet %s/", addresses));
  assert_string_equal(list_of(conu_container_get_IPv4s, run("--network none", "exec sleep 60")), "");
}

static void remove_network(void *name) { ask("DELETE", text("/networks/%s", (char *)name)); }

static void each_network_gives_its_addresses_of_both_families(void **state) {
  (void)state;
  char *name = fresh("conu-network");
  put_off(remove_network, name);
  shell("docker --host %s network create --ipv6 --subnet 172.31.207.0/24 --subnet fd00:207::/64 %s",
        setting("CONU_HOST"), name);
  conu_container_t *container = run(text("--network %s", name), "exec sleep 60");
  contains(list_of(conu_container_get_IPv4s, container), "172.31.207.");
  contains(list_of(conu_container_get_IPv6s, container), "fd00:207::");
  conu_metadata_t *facts;
  ok(conu_container_get_metadata(container, true, NULL, &facts, &error));
  char *told = joined(conu_metadata_get_ipv6_addresses(facts));
  conu_metadata_free(facts);
  assert_string_equal(told, list_of(conu_container_get_IPv6s, container));
  shell("docker --host %s network connect %s %s", setting("CONU_HOST"), on_podman() ? "podman" : "bridge",
        conu_container_get_id(container));
  contains(list_of(conu_container_get_IPv4s, container), "172.31.207.");
  contains(list_of(conu_container_get_IPv4s, container), " ");
  ok(conu_container_delete(container, true, true, NULL, &error));
}

// --- ports -----------------------------------------------------------------------------------------------------------

static void ports_and_mappings_are_told_in_conus_form(void **state) {
  (void)state;
  conu_container_t *container = run("-p 127.0.0.1:39081:8081", "exec sleep 60");
  assert_string_equal(list_of(conu_container_get_ports, container), "53 80 8081");
  assert_string_equal(mappings_of(container, 8081), "[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"39081\"}]");
  assert_string_equal(mappings_of(container, 80), "[]");
  assert_string_equal(mappings_of(container, 1234), "[]");
  contains(mappings_of(container, 0), "\"80/tcp\":[]");
  contains(mappings_of(container, 0), "\"8081/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"39081\"}]");
}

static int host_port_of(conu_container_t *container, int port) {
  int result;
  ok(conu_container_get_host_port(container, port, NULL, &result, &error));
  return result;
}

static void a_host_port_leads_to_the_service_at_once_after_the_start(void **state) {
  (void)state;
  for (int i = 0; i < 5; i++) {
    conu_container_t *container = run("-p 127.0.0.1::80 -p 8080", "exec httpd -f -h /var/www");
    int port = host_port_of(container, 80);
    assert_true(port > 0);
    assert_true(host_port_of(container, 8080) > 0);
    if (i == 0)
      contains(shell("for i in 1 2 3 4 5 6; do wget -qO- http://127.0.0.1:%d/ && exit; sleep 0.2; done", port),
               "hello");
    ok(conu_container_delete(container, true, true, NULL, &error));
  }
}

static void a_host_port_is_that_of_ipv4(void **state) {
  (void)state;
  conu_container_t *container = run("-p [::1]:39082:80 -p 127.0.0.1:39083:80", "exec sleep 60");
  assert_int_equal(host_port_of(container, 80), 39083);
  conu_container_t *other = run("-p [::1]:39084:80", "exec sleep 60");
  int port = 1;
  fails(CONU_ERROR_STATE, conu_container_get_host_port(other, 80, NULL, &port, &error), "\"::1\" alone");
  assert_int_equal(port, 0);
}

static void in_the_network_of_the_host_a_port_is_itself(void **state) {
  (void)state;
  assert_int_equal(host_port_of(run("--network host", "exec sleep 60"), 1234), 1234);
}

static void a_port_that_is_not_published_is_an_error_that_says_so_at_once(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  int port;
  int64_t start = now_ms();
  fails(CONU_ERROR_STATE, conu_container_get_host_port(container, 80, NULL, &port, &error),
        "exposed, but not published");
  hints("-p 80");
  fails(CONU_ERROR_STATE, conu_container_get_host_port(container, 81, NULL, &port, &error), "not published");
  assert_true(now_ms() - start < 500);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_get_host_port(container, 0, NULL, &port, &error), "port");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_get_host_port(container, 65536, NULL, &port, &error), "65536");
  char *mappings;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_container_get_port_mappings(container, -1, NULL, &mappings, &error), "-1");
}

static void a_container_that_ended_has_no_host_port(void **state) {
  (void)state;
  conu_container_t *container = run("-p 127.0.0.1::80", "true");
  waited(container);
  int port;
  fails(CONU_ERROR_STATE, conu_container_get_host_port(container, 80, NULL, &port, &error), "exited");
  assert_string_equal(list_of(conu_container_get_ports, container), "53 80");
}

static void the_ports_of_a_shared_network_are_asked_of_its_owner(void **state) {
  (void)state;
  conu_container_t *owner = run("-p 127.0.0.1::80", "exec sleep 60");
  conu_container_t *guest = run(text("--network container:%s", conu_container_get_id(owner)), "exec sleep 60");
  int port;
  fails(CONU_ERROR_STATE, conu_container_get_host_port(guest, 80, NULL, &port, &error), conu_container_get_id(owner));
}

// --- each state ------------------------------------------------------------------------------------------------------

static void expect(conu_container_t *container, const char *status, bool running, int exit_code) {
  assert_string_equal(status_of(container), status);
  assert_int_equal(runs(container), running);
  assert_int_equal(exit_code_of(container), exit_code);
  assert_int_equal(pid_of(container) > 0, running);
}

static void a_container_that_was_never_started_is_created(void **state) {
  (void)state;
  conu_container_t *container = created_only("");
  expect(container, "created", false, 0);
  assert_string_equal(list_of(conu_container_get_IPv4s, container), "");
}

static void a_running_container_has_its_process(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  expect(container, "running", true, 0);
  // It becomes the program a little after its start.
  int pid = pid_of(container);
  char *command = shell("tr '\\0' ' ' < /proc/%d/cmdline", pid);
  for (int i = 0; i < 100 && strncmp(command, "sleep", 5) != 0; i++) {
    sleep_ms(20);
    command = shell("tr '\\0' ' ' < /proc/%d/cmdline", pid);
  }
  contains(command, "sleep 60");
}

static void a_container_that_ended_tells_its_code(void **state) {
  (void)state;
  conu_container_t *container = run("", "exit 9");
  waited(container);
  expect(container, "exited", false, 9);
}

static void a_killed_container_tells_its_signal(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  ok(conu_container_kill(container, NULL, NULL, &error));
  waited(container);
  expect(container, "exited", false, 137);
}

// What the engine does to a container that fails and is to be started again, over and over.
static void a_restarting_container_is_one_of_three_things(void **state) {
  (void)state;
  conu_container_t *container = made_by_docker(text("run -d --restart always %s false", setting("CONU_TEST_IMAGE")));
  for (int i = 0; i < 10; i++) {
    const char *status = status_of(container);
    bool is_known =
        strcmp(status, "running") == 0 || strcmp(status, "restarting") == 0 || strcmp(status, "exited") == 0;
    if (!is_known) fail_msg("it is %s", status);
    runs(container);
    exit_code_of(container);
    sleep_ms(50);
  }
}

static void a_container_removed_by_others_is_not_found_by_any_call(void **state) {
  (void)state;
  conu_container_t *container = run("", "exec sleep 60");
  shell("docker --host %s rm -f %s", setting("CONU_HOST"), conu_container_get_id(container));
  char *words;
  int number;
  conu_string_list_t *list;
  conu_image_t *image;
  conu_metadata_t *facts;
  const char *name = conu_container_get_name(container);
  fails(CONU_ERROR_NOT_FOUND, conu_container_inspect(container, true, NULL, &words, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_metadata(container, true, NULL, &facts, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_status(container, NULL, &words, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_pid(container, NULL, &number, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_image(container, NULL, &image, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_image_name(container, NULL, &words, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_IPv4s(container, NULL, &list, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_IPv6s(container, NULL, &list, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_ports(container, NULL, &list, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_port_mappings(container, 0, NULL, &words, &error), name);
  fails(CONU_ERROR_NOT_FOUND, conu_container_get_host_port(container, 80, NULL, &number, &error), name);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_container_is_found_by_id_short_id_and_name),
      TEST(a_container_that_docker_made_is_found_and_its_log_is_read),
      TEST(from_id_of_nothing_is_not_found),
      TEST(inspect_is_remembered_until_it_is_refreshed),
      TEST(metadata_has_every_field),
      TEST(the_image_is_the_one_that_the_container_was_made_from),
      TEST(an_image_that_lost_its_name_to_another_is_still_the_containers),
      TEST(the_addresses_are_those_that_the_container_has),
      TEST(each_network_gives_its_addresses_of_both_families),
      TEST(ports_and_mappings_are_told_in_conus_form),
      TEST(a_host_port_leads_to_the_service_at_once_after_the_start),
      TEST(a_host_port_is_that_of_ipv4),
      TEST(in_the_network_of_the_host_a_port_is_itself),
      TEST(a_port_that_is_not_published_is_an_error_that_says_so_at_once),
      TEST(a_container_that_ended_has_no_host_port),
      TEST(the_ports_of_a_shared_network_are_asked_of_its_owner),
      TEST(a_container_that_was_never_started_is_created),
      TEST(a_running_container_has_its_process),
      TEST(a_container_that_ended_tells_its_code),
      TEST(a_killed_container_tells_its_signal),
      TEST(a_restarting_container_is_one_of_three_things),
      TEST(a_container_removed_by_others_is_not_found_by_any_call),
  };
  return RUN_LAB_TESTS(tests);
}
