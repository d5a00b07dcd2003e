// Engines: opening, discovery, versions, facts, lists, logins, threads and forks.
#include <dirent.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lab.h"
#include "server.h"

static conu_engine_t *other;  // of the calls that must fail

static conu_status_t open_url(const char *url) { return conu_engine_open(url, NULL, &other, &error); }

// --- opening ---------------------------------------------------------------------------------------------------------

static void open_by_url_agrees_on_a_version(void **state) {
  (void)state;
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  assert_string_equal(conu_engine_get_url(mine), setting("CONU_HOST"));
  assert_string_equal(conu_engine_get_api_version(mine), "1.41");
  contains(conu_engine_get_discovery_json(mine), "\"argument\"");
  contains(conu_engine_get_discovery_json(mine), "\"chosen\"");
}

static void ping_info_and_version_answer(void **state) {
  (void)state;
  char *document;
  ok(conu_engine_ping(engine, NULL, &error));
  ok(conu_engine_info(engine, NULL, &document, &error));
  contains(taken(document), "\"OperatingSystem\"");
  ok(conu_engine_version(engine, NULL, &document, &error));
  contains(taken(document), "\"ApiVersion\"");
}

static void malformed_urls_are_refused_before_any_request(void **state) {
  (void)state;
  static const char *const urls[][2] = {
      {"", "empty"},
      {"/var/run/docker.sock", "no scheme"},
      {"unix://relative.sock", "not absolute"},
      {"ftp://127.0.0.1", "ftp://"},
      {"tcp://", "no host"},
      {"tcp://127.0.0.1:port", "port"},
      {"tcp://127.0.0.1:0", "port"},
      {"tcp://127.0.0.1:65536", "port"},
      {"tcp://[::1:2375", "bracket"},
      {"tcp://user@127.0.0.1:2375", "a user and a password"},
      {"tcp://a b:2375", "host name"},
  };
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, open_url(urls[i][0]), urls[i][1]);
    assert_null(other);
    answered(0);
  }
}

static void ssh_and_embedded_engines_are_unsupported_and_say_so(void **state) {
  (void)state;
  fails(CONU_ERROR_UNSUPPORTED, open_url("ssh://user@host"), "ssh://");
  fails(CONU_ERROR_UNSUPPORTED, open_url("embedded:"), "embedded:");
}

static void a_socket_that_does_not_exist_is_unreachable(void **state) {
  (void)state;
  fails(CONU_ERROR_UNREACHABLE, open_url("unix:///nowhere/engine.sock"), "/nowhere/engine.sock");
  says("No such file");
  hints("start the engine");
  answered(0);
}

static void a_socket_that_nobody_listens_on_is_unreachable_with_another_hint(void **state) {
  (void)state;
  const char *path = text("%s/stale.sock", fresh_folder());
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
  close(fd);
  fails(CONU_ERROR_UNREACHABLE, open_url(text("unix://%s", path)), path);
  says("refused");
  hints("nobody listens");
}

static void a_path_too_long_for_a_socket_is_refused(void **state) {
  (void)state;
  fails(CONU_ERROR_INVALID_ARGUMENT, open_url(text("unix:///%0200d", 0)), "longer than 107 bytes");
}

static void open_as_nobody(void) {
  child_expects(setgid(65534) == 0 && setuid(65534) == 0);
  child_expects(open_url(setting("CONU_HOST")) == CONU_ERROR_PERMISSION);
  child_expects(strstr(conu_error_get_message(error), setting("CONU_HOST")) != NULL);
  child_expects(strstr(conu_error_get_hint(error), "may not open the socket") != NULL);
  child_expects(other == NULL);
}

static void a_socket_that_may_not_be_opened_is_a_matter_of_permission(void **state) {
  (void)state;
  in_child(open_as_nobody);
}

static void open_heeds_the_cancel_object(void **state) {
  (void)state;
  conu_cancel_t *cancel = new_cancel();
  conu_cancel_trigger(cancel);
  fails(CONU_ERROR_CANCELLED, conu_engine_open(setting("CONU_HOST"), cancel, &other, &error), "cancelled");
}

// --- discovery -------------------------------------------------------------------------------------------------------

static void conu_host_stands_before_docker_host(void **state) {
  (void)state;
  set_variable("DOCKER_HOST", "unix:///nowhere/docker.sock");
  conu_engine_t *found = opened(NULL);
  assert_string_equal(conu_engine_get_url(found), setting("CONU_HOST"));
  contains(conu_engine_get_discovery_json(found), "CONU_HOST");
  lacks(conu_engine_get_discovery_json(found), "nowhere");
}

static void docker_host_stands_before_the_context(void **state) {
  (void)state;
  set_variable("DOCKER_HOST", setting("CONU_HOST"));
  set_variable("CONU_HOST", "");
  set_variable("DOCKER_CONTEXT", "missing");
  conu_engine_t *found = opened(NULL);
  contains(conu_engine_get_discovery_json(found), "DOCKER_HOST");
}

static void a_named_endpoint_that_fails_is_final_and_tells_who_named_it(void **state) {
  (void)state;
  set_variable("DOCKER_HOST", setting("CONU_HOST"));
  set_variable("CONU_HOST", "unix:///nowhere/engine.sock");
  fails(CONU_ERROR_UNREACHABLE, open_url(NULL), "CONU_HOST");
  says("/nowhere/engine.sock");
  details("\"discovery\"");
  details("\"failed\"");
  set_variable("CONU_HOST", NULL);
  set_variable("DOCKER_HOST", "tcp//typo");
  fails(CONU_ERROR_INVALID_ARGUMENT, open_url(NULL), "DOCKER_HOST");
}

// A Docker configuration with one context, called "lab".
static char *folder_with_context(const char *endpoint) {
  char *folder = fresh_folder();
  set_variable("DOCKER_CONFIG", folder);
  // The folder of a context is the SHA-256 of its name.
  char *id = shell("printf lab | sha256sum | cut -c 1-64 | tr -d '\\n'");
  file_in(folder, text("contexts/meta/%s/meta.json", id),
          text("{\"Name\":\"lab\",\"Metadata\":{},\"Endpoints\":{\"docker\":{%s}}}", endpoint));
  return folder;
}

static char *host_member(const char *url) { return text("\"Host\":\"%s\",\"SkipTLSVerify\":false", url); }

static void a_context_is_opened_by_its_name(void **state) {
  (void)state;
  folder_with_context(host_member(setting("CONU_HOST")));
  conu_engine_t *found = opened("context:lab");
  assert_string_equal(conu_engine_get_url(found), setting("CONU_HOST"));
  ok(conu_engine_ping(found, NULL, &error));
}

static void the_context_of_the_variable_stands_before_the_current_one(void **state) {
  (void)state;
  char *folder = folder_with_context(host_member(setting("CONU_HOST")));
  file_in(folder, "config.json", "{\"currentContext\":\"missing\"}");
  set_variable("CONU_HOST", NULL);
  set_variable("DOCKER_CONTEXT", "lab");
  contains(conu_engine_get_discovery_json(opened(NULL)), "DOCKER_CONTEXT");
}

static void the_current_context_of_the_configuration_is_used(void **state) {
  (void)state;
  char *folder = folder_with_context(host_member(setting("CONU_HOST")));
  file_in(folder, "config.json", "{\"currentContext\":\"lab\"}");
  set_variable("CONU_HOST", NULL);
  contains(conu_engine_get_discovery_json(opened(NULL)), "current context");
}

static void a_context_that_does_not_exist_is_not_found(void **state) {
  (void)state;
  folder_with_context(host_member(setting("CONU_HOST")));
  fails(CONU_ERROR_NOT_FOUND, open_url("context:missing"), "no context missing");
  hints("docker context ls");
  set_variable("CONU_HOST", NULL);
  set_variable("DOCKER_CONTEXT", "missing");
  fails(CONU_ERROR_NOT_FOUND, open_url(NULL), "DOCKER_CONTEXT");
}

static void a_context_without_an_endpoint_is_refused(void **state) {
  (void)state;
  folder_with_context("");
  fails(CONU_ERROR_INVALID_ARGUMENT, open_url("context:lab"), "names no Docker endpoint");
}

static void a_configuration_that_is_no_json_is_refused_by_its_path(void **state) {
  (void)state;
  char *folder = fresh_folder();
  set_variable("DOCKER_CONFIG", folder);
  set_variable("CONU_HOST", NULL);
  const char *path = file_in(folder, "config.json", "{\"auths\": {\"x\": \"secret");
  fails(CONU_ERROR_INVALID_ARGUMENT, open_url(NULL), path);
  lacks(conu_error_get_message(failure()), "secret");
}

static void without_a_name_the_default_sockets_are_tried_in_turn(void **state) {
  (void)state;
  char *home = fresh_folder();
  const char *socket = text("%s", setting("CONU_HOST") + strlen("unix://"));
  set_variable("CONU_HOST", NULL);
  set_variable("HOME", home);
  set_variable("XDG_RUNTIME_DIR", text("%s/run", home));
  fails(CONU_ERROR_UNREACHABLE, open_url(NULL), "no container engine was found");
  hints("CONU_HOST");
  details("/var/run/docker.sock");
  details(text("%s/run/docker.sock", home));
  details("/run/podman/podman.sock");
  shell("mkdir -p %s/run/podman && ln -s %s %s/run/podman/podman.sock", home, socket, home);
  conu_engine_t *found = opened(NULL);
  assert_string_equal(conu_engine_get_url(found), text("unix://%s/run/podman/podman.sock", home));
  contains(conu_engine_get_discovery_json(found), "/var/run/docker.sock");
  contains(conu_engine_get_discovery_json(found), "\"failed\"");
  contains(conu_engine_get_discovery_json(found), "rootless Podman");
  shell("ln -s %s %s/run/docker.sock", socket, home);
  assert_string_equal(conu_engine_get_url(opened(NULL)), text("unix://%s/run/docker.sock", home));
}

static void the_default_engine_is_discovered_once_and_a_failure_is_not_kept(void **state) {
  (void)state;
  conu_engine_t *first, *second;
  set_variable("CONU_HOST", "unix:///nowhere/engine.sock");
  fails(CONU_ERROR_UNREACHABLE, conu_engine_default(NULL, &first, &error), "/nowhere/engine.sock");
  fails(CONU_ERROR_UNREACHABLE, conu_engine_ping(NULL, NULL, &error), "/nowhere/engine.sock");
  set_variable("CONU_HOST", conu_engine_get_url(engine));
  ok(conu_engine_default(NULL, &first, &error));
  ok(conu_engine_default(NULL, &second, &error));
  assert_string_equal(conu_engine_get_url(first), conu_engine_get_url(engine));
  // The same engine behind two handles: its texts are shared.
  assert_ptr_equal(conu_engine_get_url(first), conu_engine_get_url(second));
  conu_engine_free(first);
  conu_engine_free(second);
  ok(conu_engine_ping(NULL, NULL, &error));
  conu_image_t *image;
  ok(conu_image_new(NULL, setting("CONU_TEST_IMAGE"), NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &image, &error));
  conu_image_free(image);
}

// --- TCP and TLS -----------------------------------------------------------------------------------------------------

static void an_engine_is_reached_over_tcp(void **state) {
  (void)state;
  conu_engine_t *found = opened(setting("CONU_TEST_TCP_HOST"));
  char *document;
  ok(conu_engine_info(found, NULL, &document, &error));
  contains(taken(document), "\"OperatingSystem\"");
}

static void a_tcp_port_that_nobody_listens_on_is_unreachable(void **state) {
  (void)state;
  fails(CONU_ERROR_UNREACHABLE, open_url("tcp://127.0.0.1:9"), "tcp://127.0.0.1:9");
  says("refused");
}

static void a_host_name_that_does_not_exist_is_unreachable(void **state) {
  (void)state;
  fails(CONU_ERROR_UNREACHABLE, open_url("tcp://engine.invalid:2375"), "engine.invalid");
}

static void a_host_name_is_looked_up(void **state) {
  (void)state;
  const char *port = strrchr(setting("CONU_TEST_TCP_HOST"), ':');
  ok(conu_engine_ping(opened(text("tcp://localhost%s", port)), NULL, &error));
}

// Certificates from this folder, verified.
static void use_certificates(const char *folder) {
  set_variable("DOCKER_TLS_VERIFY", "1");
  set_variable("DOCKER_CERT_PATH", folder);
}

static void tls_works_with_the_right_certificates(void **state) {
  (void)state;
  use_certificates(setting("CONU_TEST_TLS_CERTIFICATES"));
  conu_engine_t *found = opened(setting("CONU_TEST_TLS_HOST"));
  char *document;
  for (int i = 0; i < 3; i++) {  // the second and third on a warm connection
    ok(conu_engine_info(found, NULL, &document, &error));
    contains(taken(document), "\"OperatingSystem\"");
  }
}

static void tls_carries_large_bodies_both_ways(void **state) {
  (void)state;
  use_certificates(setting("CONU_TEST_TLS_CERTIFICATES"));
  conu_engine_t *found = opened(setting("CONU_TEST_TLS_HOST"));
  conu_image_list_t *list;
  ok(conu_image_load(found, setting("CONU_TEST_IMAGE_TAR"), NULL, &list, &error));
  conu_image_t *image;
  ok(conu_image_list_get(list, 0, &image, &error));
  conu_image_list_free(list);
  kept_image(image);
  const char *path = text("%s/saved.tar", fresh_folder());
  ok(conu_image_save(image, path, NULL, &error));
  contains(shell("tar -tf %s", path), "manifest.json");
  ok(conu_image_rmi(image, true, true, NULL, &error));
}

static void tls_refuses_an_authority_that_did_not_sign_the_certificate(void **state) {
  (void)state;
  use_certificates(text("%s/other", setting("CONU_TEST_TLS_CERTIFICATES")));
  fails(CONU_ERROR_UNAUTHORIZED, open_url(setting("CONU_TEST_TLS_HOST")), "certificate");
  says(setting("CONU_TEST_TLS_HOST"));
  hints("ca.pem");
}

static void tls_without_a_client_certificate_is_refused_by_the_engine(void **state) {
  (void)state;
  char *folder = fresh_folder();
  shell("cp %s/ca.pem %s", setting("CONU_TEST_TLS_CERTIFICATES"), folder);
  use_certificates(folder);
  fails(CONU_ERROR_UNREACHABLE, open_url(setting("CONU_TEST_TLS_HOST")), setting("CONU_TEST_TLS_HOST"));
  says("certificate");
  hints("client's certificate");
}

static void tls_without_any_authority_is_refused(void **state) {
  (void)state;
  use_certificates(text("%s/missing", fresh_folder()));
  fails(CONU_ERROR_UNAUTHORIZED, open_url(setting("CONU_TEST_TLS_HOST")), "certificate");
  hints("no ca.pem was found");
}

static void tls_refuses_a_host_name_that_the_certificate_does_not_have(void **state) {
  (void)state;
  use_certificates(setting("CONU_TEST_TLS_CERTIFICATES"));
  const char *port = strrchr(setting("CONU_TEST_TLS_HOST"), ':');
  fails(CONU_ERROR_UNAUTHORIZED, open_url(text("tcp://localhost%s", port)), "localhost");
  says("mismatch");
}

static void tls_is_told_from_a_server_that_speaks_plain_http(void **state) {
  (void)state;
  use_certificates(setting("CONU_TEST_TLS_CERTIFICATES"));
  fails(CONU_ERROR_UNREACHABLE, open_url(setting("CONU_TEST_TCP_HOST")), "TLS");
  hints("TLS");
}

static void plain_http_to_a_tls_port_is_told(void **state) {
  (void)state;
  fails(CONU_ERROR_INVALID_ARGUMENT, open_url(setting("CONU_TEST_TLS_HOST")), "HTTP request to an HTTPS server");
  answered(400);
  hints("DOCKER_TLS_VERIFY");
}

static void https_checks_the_server_even_without_the_variable(void **state) {
  (void)state;
  const char *authority = strstr(setting("CONU_TEST_TLS_HOST"), "127");
  fails(CONU_ERROR_UNAUTHORIZED, open_url(text("https://%s", authority)), "certificate");
}

static void a_context_brings_its_own_certificates(void **state) {
  (void)state;
  char *folder = folder_with_context(host_member(setting("CONU_TEST_TLS_HOST")));
  char *material =
      text("%s/contexts/tls/%s/docker", folder, shell("printf lab | sha256sum | cut -c 1-64 | tr -d '\\n'"));
  shell("mkdir -p %s && cp %s/ca.pem %s/cert.pem %s/key.pem %s", material, setting("CONU_TEST_TLS_CERTIFICATES"),
        setting("CONU_TEST_TLS_CERTIFICATES"), setting("CONU_TEST_TLS_CERTIFICATES"), material);
  ok(conu_engine_ping(opened("context:lab"), NULL, &error));
}

// --- versions --------------------------------------------------------------------------------------------------------

static void the_version_of_the_variable_is_spoken(void **state) {
  (void)state;
  set_variable("DOCKER_API_VERSION", "1.40");
  conu_engine_t *found = opened(setting("CONU_HOST"));
  assert_string_equal(conu_engine_get_api_version(found), "1.40");
  ok(conu_engine_ping(found, NULL, &error));
  set_variable("DOCKER_API_VERSION", "newest");
  fails(CONU_ERROR_INVALID_ARGUMENT, open_url(setting("CONU_HOST")), "DOCKER_API_VERSION");
}

#define VERSIONED(version) "HTTP/1.1 200 OK\r\nApi-Version: " version "\r\nContent-Length: 0\r\n\r\n"

static void an_engine_that_is_too_old_is_unsupported_with_both_ranges(void **state) {
  (void)state;
  static const struct rule script[] = {{"/_ping", VERSIONED("1.24"), GO_ON}, END_OF_SCRIPT};
  fails(CONU_ERROR_UNSUPPORTED, open_url(scripted(script)), "1.24");
  says("1.41");
  hints("newer version");
}

static void an_engine_that_is_too_new_is_unsupported_with_both_ranges(void **state) {
  (void)state;
  static const struct rule script[] = {{"/_ping", VERSIONED("1.99"), GO_ON},
                                       {"/version", "200 {\"ApiVersion\":\"1.99\",\"MinAPIVersion\":\"1.90\"}", GO_ON},
                                       END_OF_SCRIPT};
  fails(CONU_ERROR_UNSUPPORTED, open_url(scripted(script)), "1.90 to 1.99");
  says("1.41");
}

static void a_newer_engine_that_still_speaks_ours_is_met_at_ours(void **state) {
  (void)state;
  static const struct rule script[] = {{"/_ping", VERSIONED("1.99"), GO_ON},
                                       {"/version", "200 {\"ApiVersion\":\"1.99\",\"MinAPIVersion\":\"1.44\"}", GO_ON},
                                       END_OF_SCRIPT};
  conu_engine_t *found = opened(scripted(script));
  assert_true(atof(conu_engine_get_api_version(found)) < 1.99);
  ok(conu_engine_ping(found, NULL, &error));
}

// --- logins ----------------------------------------------------------------------------------------------------------

static void login_with_the_right_password_is_accepted(void **state) {
  (void)state;
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  ok(conu_engine_login(mine, setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"),
                       setting("CONU_TEST_AUTH_REGISTRY"), NULL, &error));
}

static void login_with_a_wrong_password_is_unauthorized_and_does_not_tell_it(void **state) {
  (void)state;
  fails(CONU_ERROR_UNAUTHORIZED,
        conu_engine_login(engine, setting("CONU_TEST_AUTH_USER"), "wrong-password", setting("CONU_TEST_AUTH_REGISTRY"),
                          NULL, &error),
        setting("CONU_TEST_AUTH_REGISTRY"));
  says(setting("CONU_TEST_AUTH_USER"));
  hints("password");
  lacks(conu_error_get_message(failure()), "wrong-password");
}

static void login_to_a_registry_that_is_down_is_an_error_of_the_engine(void **state) {
  (void)state;
  fails(CONU_ERROR_ENGINE, conu_engine_login(engine, "user", "password", "127.0.0.1:9", NULL, &error), "127.0.0.1:9");
  hints("cannot reach the registry");
}

// --- lists -----------------------------------------------------------------------------------------------------------

static bool lists(const char *name) {
  conu_image_list_t *list;
  ok(conu_engine_list_images(engine, NULL, &list, &error));
  bool found = false;
  for (size_t i = 0; i < conu_image_list_size(list); i++) {
    conu_image_t *image;
    ok(conu_image_list_get(list, i, &image, &error));
    if (strcmp(conu_image_get_full_name(image), name) == 0) found = true;
    conu_image_free(image);
  }
  conu_image_list_free(list);
  return found;
}

static void list_images_has_each_image_once(void **state) {
  (void)state;
  assert_true(lists(setting("CONU_TEST_IMAGE")));
  tagged(text("%s:1.0", fresh("localhost/twice")));
  conu_image_list_t *list;
  ok(conu_engine_list_images(engine, NULL, &list, &error));
  conu_image_t *image;
  char *id, *ids = text("%s", "");
  for (size_t i = 0; i < conu_image_list_size(list); i++) {
    ok(conu_image_list_get(list, i, &image, &error));
    ok(conu_image_get_id(image, NULL, &id, &error));
    lacks(ids, id);
    ids = text("%s %s", ids, taken(id));
    conu_image_free(image);
  }
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_list_get(list, conu_image_list_size(list), &image, &error), "index");
  assert_null(image);
  conu_image_list_free(list);
}

// --- handles, threads, processes -------------------------------------------------------------------------------------

static void objects_live_on_when_their_engine_is_freed(void **state) {
  (void)state;
  conu_engine_t *mine;
  ok(conu_engine_open(setting("CONU_HOST"), NULL, &mine, &error));
  conu_image_t *image = image_of(mine, setting("CONU_TEST_IMAGE"));
  conu_engine_free(mine);
  bool present;
  ok(conu_image_is_present(image, NULL, &present, &error));
  assert_true(present);
}

static void ask_often(void *failures) {
  for (int i = 0; i < 50; i++) {
    char *document = NULL;
    if (conu_image_inspect(busybox, true, NULL, &document, NULL) != CONU_OK || strstr(document, "\"Id\"") == NULL ||
        conu_engine_ping(engine, NULL, NULL) != CONU_OK)
      __atomic_add_fetch((int *)failures, 1, __ATOMIC_SEQ_CST);
    conu_string_free(document);
  }
}

static void many_threads_use_one_engine(void **state) {
  (void)state;
  enum { count = 16 };
  int failures = 0;
  struct thread *threads[count];
  for (int i = 0; i < count; i++) threads[i] = in_thread(ask_often, &failures);
  for (int i = 0; i < count; i++) join(threads[i]);
  assert_int_equal(failures, 0);
}

static void run_in_child(void) {
  conu_container_t *container;
  int exit_code;
  char *document;
  child_expects(conu_engine_ping(engine, NULL, NULL) == CONU_OK);
  child_expects(conu_image_inspect(busybox, true, NULL, &document, NULL) == CONU_OK);
  conu_string_free(document);
  child_expects(conu_image_run_via_api(busybox, builder("", "exit 3"), NULL, &container, NULL) == CONU_OK);
  child_expects(conu_container_wait(container, 30000, NULL, &exit_code, NULL) == CONU_OK);
  child_expects(exit_code == 3);
  child_expects(conu_container_delete(container, true, true, NULL, NULL) == CONU_OK);
}

static void a_forked_child_uses_the_engine_while_the_parent_goes_on(void **state) {
  (void)state;
  int failures = 0;
  struct thread *threads[4];
  for (int i = 0; i < 4; i++) threads[i] = in_thread(ask_often, &failures);
  in_child(run_in_child);
  for (int i = 0; i < 4; i++) join(threads[i]);
  assert_int_equal(failures, 0);
  ok(conu_engine_ping(engine, NULL, &error));
}

static conu_progress_t *parents;

static void read_parents_progress(void) {
  bool more;
  child_expects(conu_progress_next(parents, 1000, NULL, &more, &error) == CONU_ERROR_STATE);
  child_expects(strstr(conu_error_get_message(error), "fork") != NULL);
  conu_progress_free(parents);
}

static void a_progress_of_the_parent_is_no_use_to_a_forked_child(void **state) {
  (void)state;
  ok(conu_image_load_progress(engine, setting("CONU_TEST_IMAGE_TAR"), NULL, &parents, &error));
  kept_progress(parents);
  remove_later("conu/loaded:1.0");
  in_child(read_parents_progress);
  read_to_end(parents);
}

static int open_descriptors(void) {
  int count = 0;
  DIR *folder = opendir("/proc/self/fd");
  assert_non_null(folder);
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count;
}

static void no_descriptor_is_left_open(void **state) {
  (void)state;
  int before = 0;
  // The first round makes what is made once for a process.
  for (int round = 0; round < 2; round++) {
    before = open_descriptors();
    conu_engine_t *mine;
    ok(conu_engine_open(setting("CONU_HOST"), NULL, &mine, &error));
    ok(conu_engine_ping(mine, NULL, &error));
    conu_engine_free(mine);
  }
  assert_int_equal(open_descriptors(), before);
}

static void descriptors_are_closed_on_exec(void **state) {
  (void)state;
  ok(conu_engine_ping(engine, NULL, &error));
  lacks(shell("ls -l /proc/self/fd"), "socket:");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(open_by_url_agrees_on_a_version),
      TEST(ping_info_and_version_answer),
      TEST(malformed_urls_are_refused_before_any_request),
      TEST(ssh_and_embedded_engines_are_unsupported_and_say_so),
      TEST(a_socket_that_does_not_exist_is_unreachable),
      TEST(a_socket_that_nobody_listens_on_is_unreachable_with_another_hint),
      TEST(a_path_too_long_for_a_socket_is_refused),
      TEST(a_socket_that_may_not_be_opened_is_a_matter_of_permission),
      TEST(open_heeds_the_cancel_object),
      TEST(conu_host_stands_before_docker_host),
      TEST(docker_host_stands_before_the_context),
      TEST(a_named_endpoint_that_fails_is_final_and_tells_who_named_it),
      TEST(a_context_is_opened_by_its_name),
      TEST(the_context_of_the_variable_stands_before_the_current_one),
      TEST(the_current_context_of_the_configuration_is_used),
      TEST(a_context_that_does_not_exist_is_not_found),
      TEST(a_context_without_an_endpoint_is_refused),
      TEST(a_configuration_that_is_no_json_is_refused_by_its_path),
      TEST(without_a_name_the_default_sockets_are_tried_in_turn),
      TEST(the_default_engine_is_discovered_once_and_a_failure_is_not_kept),
      TEST(an_engine_is_reached_over_tcp),
      TEST(a_tcp_port_that_nobody_listens_on_is_unreachable),
      TEST(a_host_name_that_does_not_exist_is_unreachable),
      TEST(a_host_name_is_looked_up),
      TEST(tls_works_with_the_right_certificates),
      TEST(tls_carries_large_bodies_both_ways),
      TEST(tls_refuses_an_authority_that_did_not_sign_the_certificate),
      TEST(tls_without_a_client_certificate_is_refused_by_the_engine),
      TEST(tls_without_any_authority_is_refused),
      TEST(tls_refuses_a_host_name_that_the_certificate_does_not_have),
      TEST(tls_is_told_from_a_server_that_speaks_plain_http),
      TEST(plain_http_to_a_tls_port_is_told),
      TEST(https_checks_the_server_even_without_the_variable),
      TEST(a_context_brings_its_own_certificates),
      TEST(the_version_of_the_variable_is_spoken),
      TEST(an_engine_that_is_too_old_is_unsupported_with_both_ranges),
      TEST(an_engine_that_is_too_new_is_unsupported_with_both_ranges),
      TEST(a_newer_engine_that_still_speaks_ours_is_met_at_ours),
      TEST(login_with_the_right_password_is_accepted),
      TEST(login_with_a_wrong_password_is_unauthorized_and_does_not_tell_it),
      TEST(login_to_a_registry_that_is_down_is_an_error_of_the_engine),
      TEST(list_images_has_each_image_once),
      TEST(objects_live_on_when_their_engine_is_freed),
      TEST(many_threads_use_one_engine),
      TEST(a_forked_child_uses_the_engine_while_the_parent_goes_on),
      TEST(a_progress_of_the_parent_is_no_use_to_a_forked_child),
      TEST(no_descriptor_is_left_open),
      TEST(descriptors_are_closed_on_exec),
  };
  return RUN_LAB_TESTS(tests);
}
