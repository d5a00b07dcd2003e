// What running a container does besides creating it: files, volumes, pulling, and refusals before any request.
#include <sys/stat.h>

#include "lab.h"

static bool is_there(const char *path) { return access(path, F_OK) == 0; }

static bool volume_exists(const char *name) {
  return strstr(ask("GET", "/v1.41/volumes"), text("\"Name\":\"%s\"", name)) != NULL;
}

static void remove_volume(void *name) { ask("DELETE", text("/v1.41/volumes/%s?force=1", (char *)name)); }

// A builder whose run must fail.
static void run_fails(conu_status_t code, const char *part, const char *options, const char *script) {
  conu_container_t *container = NULL;
  fails(code, conu_image_run_via_api(busybox, builder(options, script), NULL, &container, &error), part);
}

static void the_id_is_written_to_a_file(void **state) {
  (void)state;
  char *path = text("%s/id", fresh_folder());
  conu_container_t *container = run(text("--cidfile %s", path), "sleep 60");
  assert_string_equal(shell("cat %s", path), conu_container_get_id(container));
}

static void a_file_for_the_id_that_is_there_is_refused(void **state) {
  (void)state;
  char *path = file_in(fresh_folder(), "id", "mine");
  char *name = fresh("run");
  run_fails(CONU_ERROR_INVALID_ARGUMENT, "--cidfile", text("--name %s --cidfile %s", name, path), "true");
  assert_false(container_exists(name));
  assert_string_equal(shell("cat %s", path), "mine");
  run_fails(CONU_ERROR_NOT_FOUND, "--cidfile", "--cidfile /no/such/folder/id", "true");
}

static void a_failed_run_leaves_no_file_and_no_volume(void **state) {
  (void)state;
  char *path = text("%s/id", fresh_folder());
  char *volume = fresh("volume");
  char *options = text("--cidfile %s -v %s:/data --entrypoint /no/such/program", path, volume);
  run_fails(CONU_ERROR_COMMAND_MISSING, "no", options, "true");
  assert_false(is_there(path));
  assert_false(volume_exists(volume));
}

static void a_volume_that_was_there_stays(void **state) {
  (void)state;
  char *volume = fresh("volume");
  put_off(remove_volume, volume);
  shell("docker -H %s volume create %s", setting("CONU_HOST"), volume);
  run_fails(CONU_ERROR_COMMAND_MISSING, "no", text("-v %s:/data --entrypoint /no/such/program", volume), "true");
  assert_true(volume_exists(volume));
  lacks(ask("GET", text("/v1.41/volumes/%s", volume)), "conu.session");
}

static void a_run_cancelled_at_any_moment_leaves_no_volume(void **state) {
  (void)state;
  for (int64_t moment = 0; moment <= 60; moment += 6) {
    conu_cancel_t *cancel = new_cancel();
    char *volume = fresh("volume");
    put_off(remove_volume, volume);
    conu_run_builder_t *with_volume = builder(text("-v %s:/data", volume), "exec sleep 60");
    trigger_after(cancel, moment);
    conu_container_t *container = NULL;
    conu_status_t status = conu_image_run_via_api(busybox, with_volume, cancel, &container, &error);
    if (status == CONU_OK) {
      kept_container(container);
      continue;
    }
    fails(CONU_ERROR_CANCELLED, status, "cancelled");
    assert_false(volume_exists(volume));
  }
}

static void a_new_volume_is_made_as_the_mount_says(void **state) {
  (void)state;
  char *volume = fresh("volume");
  put_off(remove_volume, volume);
  run(text("--mount src=%s,dst=/data,volume-label=purpose=test,volume-opt=type=tmpfs,volume-opt=device=tmpfs", volume),
      "sleep 60");
  char *document = ask("GET", text("/v1.41/volumes/%s", volume));
  contains(document, "\"purpose\":\"test\"");
  contains(document, "\"conu.session\":\"");
  contains(document, "\"type\":\"tmpfs\"");
}

static void an_image_is_pulled_where_the_options_say_so(void **state) {
  (void)state;
  char *name = in_registry("CONU_TEST_REGISTRY", "conu/busybox:1.35");
  conu_image_t *image = image_named(name);
  conu_container_t *container = NULL;
  fails(CONU_ERROR_NOT_FOUND, conu_image_run_via_api(image, builder("--pull never", "true"), NULL, &container, &error),
        "");
  remove_later(name);
  ok(conu_image_run_via_api(image, builder("--pull missing", "true"), NULL, &container, &error));
  kept_container(container);
  ok(conu_image_run_via_api(image, builder("--pull always", "true"), NULL, &container, &error));
  kept_container(container);
}

static void a_platform_is_asked_of_the_engine(void **state) {
  (void)state;
  conu_container_t *container = run("--platform linux/amd64", "sleep 60");
  assert_non_null(container);
  run_fails(CONU_ERROR_INVALID_ARGUMENT, "--platform", "--platform a/b/c/d", "true");
}

static void what_the_engine_would_leave_out_is_unsupported(void **state) {
  (void)state;
  run_fails(CONU_ERROR_UNSUPPORTED, "option --annotation of docker run needs version 1.43", "--annotation a=b", "true");
  run_fails(CONU_ERROR_UNSUPPORTED, "--health-start-interval", "--health-start-interval 1s", "true");
}

static void malformed_options_are_told_before_any_request(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, "conu/busybox");
  kill_spare(spare);
  conu_container_t *container = NULL;
  for (const char **option =
           (const char *[]){"--no-such-option", "--memory=x", "-p=x", "--env-file=/no/such/file", NULL};
       *option != NULL; option++) {
    conu_run_builder_t *malformed = builder(*option, "true");
    fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_run_via_api(image, malformed, NULL, &container, &error),
          "docker run");
  }
}

static void a_seccomp_profile_is_in_force(void **state) {
  (void)state;
  const char *profile =
      "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mkdir\", \"mkdirat\"], \"action\": "
      "\"SCMP_ACT_ERRNO\"}]}";
  char *path = file_in(fresh_folder(), "profile.json", profile);
  conu_container_t *container = run(text("--security-opt seccomp=%s", path), "mkdir /tmp/x");
  assert_int_equal(waited(container), 1);
}

static void remove_file(void *path) { unlink(path); }

static void the_engine_is_shared_with_the_credentials_of_its_user(void **state) {
  (void)state;
  static char socket[] = "/run/docker.sock";
  set_variable("DOCKER_AUTH_CONFIG", NULL);
  // In the engine's own words; Podman makes a folder of what is not there.
  if (!on_podman())
    run_fails(CONU_ERROR_INVALID_ARGUMENT, "does not exist: /var/run/docker.sock", "--use-api-socket", "true");
  assert_int_equal(symlink(setting("CONU_HOST") + strlen("unix://"), socket), 0);
  put_off(remove_file, socket);
  const char *script =
      "exec 2>/dev/null; test -S /var/run/docker.sock && echo socket; echo \"config: $DOCKER_CONFIG\";"
      " stat -c %a $DOCKER_CONFIG/config.json; cat $DOCKER_CONFIG/config.json";
  conu_container_t *container = run("--use-api-socket", script);
  waited(container);
  contains(logs(container), "socket\nconfig: \n");
  set_variable("DOCKER_AUTH_CONFIG",
               "{\"auths\":{\"registry.example.org\":{\"auth\":\"dXNlcjpwYXNz\"},"
               "\"token.example.org\":{\"identitytoken\":\"abc\"}}}");
  container = run("--use-api-socket", script);
  waited(container);
  contains(logs(container), "socket\nconfig: /run/secrets/docker\n600\n{\"auths\":{");
  contains(logs(container), "\"registry.example.org\":{\"auth\":\"dXNlcjpwYXNz\"}");
  contains(logs(container), "\"token.example.org\":{\"identitytoken\":\"abc\"}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_id_is_written_to_a_file),
      TEST(a_file_for_the_id_that_is_there_is_refused),
      TEST(a_failed_run_leaves_no_file_and_no_volume),
      TEST(a_volume_that_was_there_stays),
      TEST(a_run_cancelled_at_any_moment_leaves_no_volume),
      TEST(a_new_volume_is_made_as_the_mount_says),
      TEST(an_image_is_pulled_where_the_options_say_so),
      TEST(a_platform_is_asked_of_the_engine),
      TEST(what_the_engine_would_leave_out_is_unsupported),
      TEST(malformed_options_are_told_before_any_request),
      TEST(a_seccomp_profile_is_in_force),
      TEST(the_engine_is_shared_with_the_credentials_of_its_user),
  };
  return RUN_LAB_TESTS(tests);
}
