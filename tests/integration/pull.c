// Pulling: policies, names, platforms, credentials, refusals, progress, breaking off.
#include <unistd.h>

#include "lab.h"
#include "server.h"

static conu_image_t *other;  // of the calls that must fail

static conu_status_t pull(const char *name) {
  conu_image_t *image = image_named(name);
  remove_later(name);
  return conu_image_pull(image, NULL, NULL, &error);
}

// --- policies --------------------------------------------------------------------------------------------------------

static void policy_never_makes_no_request(void **state) {
  (void)state;
  static const struct rule script[] = {PING, END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  int before = requests_with("");
  image_of(mine, "localhost/some/image");
  assert_int_equal(requests_with(""), before);
}

static void policy_if_not_present_pulls_what_is_missing(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", "conu/layers:latest");
  assert_false(is_present(image_named(name)));
  remove_later(name);
  ok(conu_image_new(engine, name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &other, &error));
  assert_true(is_present(kept_image(other)));
}

static void policy_if_not_present_does_not_pull_what_is_there(void **state) {
  (void)state;
  // A pull would fail: nobody listens there.
  const char *name = text("127.0.0.1:9/%s:1.0", fresh("down"));
  tagged(name);
  ok(conu_image_new(engine, name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &other, &error));
  kept_image(other);
}

static void policy_always_pulls_what_is_there(void **state) {
  (void)state;
  const char *name = text("127.0.0.1:9/%s:1.0", fresh("down"));
  tagged(name);
  fails(CONU_ERROR_ENGINE, conu_image_new(engine, name, NULL, CONU_PULL_ALWAYS, NULL, &other, &error), name);
  assert_null(other);
  pulled(in_registry("CONU_TEST_REGISTRY", "conu/busybox:1.35"));
}

// --- names and platforms ---------------------------------------------------------------------------------------------

static void pull_by_tag_brings_that_image(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/busybox:1.35"));
  assert_true(is_present(image));
  assert_string_equal(conu_metadata_get_label(metadata_of(image), "org.example.purpose"), "tests");
}

static void pull_by_digest_brings_that_very_image(void **state) {
  (void)state;
  conu_image_t *by_tag = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  const char *by_digest = text("%s", conu_metadata_get_digest(metadata_of(by_tag)));
  const char *id = text("%s", conu_metadata_get_identifier(metadata_of(by_tag)));
  ok(conu_image_rmi(by_tag, true, false, NULL, &error));
  conu_image_t *image = pulled(by_digest);
  assert_string_equal(conu_image_get_full_name(image), by_digest);
  assert_string_equal(conu_metadata_get_identifier(metadata_of(image)), id);
  assert_false(is_present(by_tag));
}

static void pull_by_tag_and_digest_goes_by_the_digest(void **state) {
  (void)state;
  conu_image_t *by_tag = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  const char *digest = strchr(conu_metadata_get_digest(metadata_of(by_tag)), '@') + 1;
  const char *id = id_of(by_tag);
  ok(conu_image_rmi(by_tag, true, false, NULL, &error));
  conu_image_t *image = pulled(text("%s@%s", in_registry("CONU_TEST_REGISTRY", "conu/layers:other"), digest));
  assert_string_equal(id_of(image), id);
  assert_string_equal(conu_image_get_tag(image), "other");
  ok(conu_image_rmi(image, true, false, NULL, &error));
}

static conu_pull_options_t *platform(const char *name) {
  conu_pull_options_t *options = conu_pull_options_new();
  ok(conu_pull_options_set_platform(options, name, &error));
  return options;
}

static conu_status_t pull_platform(conu_image_t *image, const char *name) {
  conu_pull_options_t *options = platform(name);
  conu_status_t status = conu_image_pull(image, options, NULL, &error);
  conu_pull_options_free(options);
  return status;
}

static void pull_brings_the_platform_that_was_asked_for(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", "conu/platforms:latest");
  conu_image_t *image = image_named(name);
  remove_later(name);
  for (int round = 0; round < 2; round++) {
    const char *architecture = round == 0 ? "arm64" : "amd64";
    ok(pull_platform(image, text("linux/%s", architecture)));
    char *document;
    ok(conu_image_inspect(image, false, NULL, &document, &error));
    contains(taken(document), text("\"Architecture\":\"%s\"", architecture));
    ok(conu_image_rmi(image, true, false, NULL, &error));
  }
}

static void pull_of_a_platform_that_does_not_exist_is_not_found(void **state) {
  (void)state;
  conu_image_t *image = image_named(in_registry("CONU_TEST_REGISTRY", "conu/platforms:latest"));
  fails(CONU_ERROR_NOT_FOUND, pull_platform(image, "linux/s390x"), conu_image_get_full_name(image));
  hints("platform");
  assert_false(is_present(image));
}

static void a_malformed_platform_is_refused(void **state) {
  (void)state;
  conu_pull_options_t *options = conu_pull_options_new();
  const char *const names[] = {"", "linux/", "/amd64", "linux/amd64/v8/x", "linux amd64"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    fails(CONU_ERROR_INVALID_ARGUMENT, conu_pull_options_set_platform(options, names[i], &error), "platform");
  conu_pull_options_free(options);
}

// --- refusals --------------------------------------------------------------------------------------------------------

static void pull_reports_not_found_for_a_missing_tag(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", "conu/busybox:missing");
  fails(CONU_ERROR_NOT_FOUND, pull(name), name);
  fails(CONU_ERROR_NOT_FOUND, conu_image_new(engine, name, NULL, CONU_PULL_ALWAYS, NULL, &other, &error), name);
  assert_null(other);
  fails(CONU_ERROR_NOT_FOUND, conu_image_new(engine, name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &other, &error), name);
  assert_null(other);
}

static void pull_reports_not_found_for_a_missing_repository(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", "missing/repository:latest");
  fails(CONU_ERROR_NOT_FOUND, pull(name), name);
}

static void pull_reports_not_found_for_a_missing_digest(void **state) {
  (void)state;
  const char *digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  const char *name = text("%s@%s", in_registry("CONU_TEST_REGISTRY", "conu/busybox"), digest);
  fails(CONU_ERROR_NOT_FOUND, pull(name), digest);
}

static void pull_from_a_registry_that_is_down_is_an_error_of_the_engine(void **state) {
  (void)state;
  fails(CONU_ERROR_ENGINE, pull("127.0.0.1:9/some/image:1.0"), "127.0.0.1:9/some/image:1.0");
  says("connection refused");
  hints("cannot reach the registry");
}

static void pull_from_a_host_that_does_not_exist_is_an_error_of_the_engine(void **state) {
  (void)state;
  fails(CONU_ERROR_ENGINE, pull("registry.invalid/some/image:1.0"), "registry.invalid/some/image:1.0");
}

static void pull_reports_a_rate_limit(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_LIMITED_REGISTRY", "conu/busybox:latest");
  fails(CONU_ERROR_RATE_LIMITED, pull(name), name);
  hints("registry");
}

static void pull_of_an_image_without_a_name_is_refused(void **state) {
  (void)state;
  conu_image_list_t *layers;
  ok(conu_image_layers(busybox, true, NULL, &layers, &error));
  ok(conu_image_list_get(layers, 0, &other, &error));
  conu_image_list_free(layers);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_pull(kept_image(other), NULL, NULL, &error), "no name");
  conu_progress_t *progress;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_pull_progress(other, NULL, NULL, &progress, &error), "no name");
  assert_null(progress);
}

// --- credentials -----------------------------------------------------------------------------------------------------

static const char *locked(void) { return in_registry("CONU_TEST_AUTH_REGISTRY", "conu/busybox:latest"); }

// A Docker configuration of the test's own, and a folder for programs at the head of PATH.
static void configure(const char *config) {
  char *folder = fresh_folder();
  set_variable("DOCKER_CONFIG", folder);
  file_in(folder, "config.json", config);
}

static void add_helper(const char *name, const char *script) {
  char *folder = fresh_folder();
  const char *path = file_in(folder, text("docker-credential-%s", name), text("#!/bin/sh\n%s\n", script));
  shell("chmod +x %s", path);
  set_variable("PATH", text("%s:%s", folder, getenv("PATH")));
}

// What a credential helper answers that knows the registry.
static const char *knowing_helper(void) {
  return text(
      "test \"$1\" = get && test \"$(cat)\" = '%s' && echo '{\"ServerURL\":\"x\",\"Username\":\"%s\","
      "\"Secret\":\"%s\"}'",
      setting("CONU_TEST_AUTH_REGISTRY"), setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"));
}

// A configuration with `auths` for the registry that wants a password.
static const char *auths(const char *password) {
  char *encoded = shell("printf %%s '%s:%s' | base64 -w0", setting("CONU_TEST_AUTH_USER"), password);
  return text("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}", setting("CONU_TEST_AUTH_REGISTRY"), encoded);
}

static void pull_without_a_password_is_unauthorized(void **state) {
  (void)state;
  fails(CONU_ERROR_UNAUTHORIZED, pull(locked()), locked());
  hints("conu_engine_login");
}

static void pull_works_after_a_login_of_this_engine_alone(void **state) {
  (void)state;
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  ok(conu_engine_login(mine, setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"),
                       setting("CONU_TEST_AUTH_REGISTRY"), NULL, &error));
  remove_later(locked());
  ok(conu_image_pull(image_of(mine, locked()), NULL, NULL, &error));
  fails(CONU_ERROR_UNAUTHORIZED, pull(locked()), locked());
}

static void a_login_that_failed_is_not_kept(void **state) {
  (void)state;
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  configure(auths(setting("CONU_TEST_AUTH_PASSWORD")));
  fails(CONU_ERROR_UNAUTHORIZED,
        conu_engine_login(mine, setting("CONU_TEST_AUTH_USER"), "wrong", setting("CONU_TEST_AUTH_REGISTRY"), NULL,
                          &error),
        setting("CONU_TEST_AUTH_REGISTRY"));
  remove_later(locked());
  ok(conu_image_pull(image_of(mine, locked()), NULL, NULL, &error));
}

static void pull_takes_credentials_from_the_configuration(void **state) {
  (void)state;
  configure(auths(setting("CONU_TEST_AUTH_PASSWORD")));
  ok(pull(locked()));
}

static void pull_with_a_wrong_password_is_unauthorized(void **state) {
  (void)state;
  configure(auths("wrong-password"));
  fails(CONU_ERROR_UNAUTHORIZED, pull(locked()), locked());
  lacks(conu_error_get_message(failure()), "wrong-password");
}

static void credentials_of_the_variable_stand_before_the_configuration(void **state) {
  (void)state;
  configure(auths("wrong-password"));
  set_variable("DOCKER_AUTH_CONFIG", auths(setting("CONU_TEST_AUTH_PASSWORD")));
  ok(pull(locked()));
}

static void broken_credentials_are_refused_by_their_place(void **state) {
  (void)state;
  set_variable("DOCKER_AUTH_CONFIG", "{\"auths\": secret");
  fails(CONU_ERROR_INVALID_ARGUMENT, pull(locked()), "DOCKER_AUTH_CONFIG");
  lacks(conu_error_get_message(failure()), "secret");
}

static void pull_asks_the_credential_helper_of_the_registry(void **state) {
  (void)state;
  add_helper("lab", knowing_helper());
  configure(text("{\"credHelpers\":{\"%s\":\"lab\"}}", setting("CONU_TEST_AUTH_REGISTRY")));
  ok(pull(locked()));
}

static void pull_asks_the_credential_store(void **state) {
  (void)state;
  add_helper("lab", knowing_helper());
  configure("{\"credsStore\":\"lab\"}");
  ok(pull(locked()));
}

static void a_credential_helper_that_fails_is_warned_of_and_the_pull_goes_on_without(void **state) {
  (void)state;
  static const struct {
    const char *name, *script, *warning;
  } helpers[] = {
      {"failing", "echo 'the vault is shut' >&2; exit 3", "the vault is shut"},
      {"chatting", "echo 'a secret that is no JSON'", "JSON"},
      {"missing", NULL, "no program docker-credential-missing"},
      {"killed", "kill -9 $$", "137"},
  };
  for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++) {
    if (helpers[i].script != NULL) add_helper(helpers[i].name, helpers[i].script);
    configure(text("{\"credsStore\":\"%s\"}", helpers[i].name));
    note_log(CONU_LOG_WARNING);
    // The open registry needs none, the other one wants some.
    ok(pull(in_registry("CONU_TEST_REGISTRY", "conu/busybox:1.35")));
    contains(noted, helpers[i].warning);
    contains(noted, helpers[i].name);
    lacks(noted, "secret");
    fails(CONU_ERROR_UNAUTHORIZED, pull(locked()), locked());
    says(helpers[i].warning);
  }
}

static void a_credential_helper_that_knows_nothing_is_no_cause_for_a_warning(void **state) {
  (void)state;
  add_helper("empty", "echo 'credentials not found in native keychain'; exit 1");
  configure("{\"credsStore\":\"empty\"}");
  note_log(CONU_LOG_WARNING);
  ok(pull(in_registry("CONU_TEST_REGISTRY", "conu/busybox:1.35")));
  assert_string_equal(noted, "");
}

static void a_credential_helper_that_hangs_is_ended_with_the_pull(void **state) {
  (void)state;
  const char *mark = text("%s/pid", fresh_folder());
  add_helper("hanging", text("echo $$ > %s; exec sleep 60", mark));
  configure("{\"credsStore\":\"hanging\"}");
  conu_image_t *image = image_named(locked());
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_image_pull(image, NULL, cancel_within(500), &error), "deadline");
  assert_in_range(now_ms() - start, 400, 2000);
  char *pid = shell("cat %s", mark);
  assert_int_not_equal(access(text("/proc/%d", atoi(pid)), F_OK), 0);
}

static void the_log_tells_requests_and_no_secrets(void **state) {
  (void)state;
  configure(auths("wrong-password"));
  note_log(CONU_LOG_DEBUG);
  conu_engine_t *mine = opened(setting("CONU_HOST"));
  fails(CONU_ERROR_UNAUTHORIZED, conu_image_pull(image_of(mine, locked()), NULL, NULL, &error), locked());
  ok(conu_engine_login(mine, setting("CONU_TEST_AUTH_USER"), setting("CONU_TEST_AUTH_PASSWORD"),
                       setting("CONU_TEST_AUTH_REGISTRY"), NULL, &error));
  remove_later(locked());
  ok(conu_image_pull(image_of(mine, locked()), NULL, NULL, &error));
  contains(noted, "POST /v1.41/auth");
  contains(noted, "/images/create");
  lacks(noted, setting("CONU_TEST_AUTH_PASSWORD"));
  lacks(noted, "wrong-password");
  lacks(noted, "\n");
}

// --- progress --------------------------------------------------------------------------------------------------------

static conu_progress_t *begun(const char *name) {
  conu_progress_t *progress;
  remove_later(name);
  ok(conu_image_pull_progress(image_named(name), NULL, NULL, &progress, &error));
  return kept_progress(progress);
}

static const char *slow(void) { return in_registry("CONU_TEST_SLOW_REGISTRY", "conu/random:latest"); }

// Reads until a layer is on its way.
static void read_half_way(conu_progress_t *progress) {
  do assert_true(next_step(progress));
  while (conu_progress_get_current(progress) == 0);
}

static void pull_progress_tells_layers_with_bytes_and_gives_the_image(void **state) {
  (void)state;
  conu_progress_t *progress = begun(slow());
  int with_bytes = 0;
  conu_image_list_t *images;
  bool more = true;
  while (next_step(progress)) {
    assert_null(conu_progress_get_text(progress));
    assert_true(conu_progress_get_status(progress) != NULL || conu_progress_get_layer(progress) != NULL);
    if (conu_progress_get_total(progress) > 0) {
      assert_non_null(conu_progress_get_layer(progress));
      assert_in_range(conu_progress_get_current(progress), 0, conu_progress_get_total(progress));
      with_bytes++;
    }
    fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &other, &error), "no image");
    assert_null(other);
  }
  assert_true(with_bytes > 0);
  ok(conu_progress_take_image(progress, &other, &error));
  assert_true(is_present(kept_image(other)));
  fails(CONU_ERROR_STATE, conu_progress_take_images(progress, &images, &error), "no images");
  // At its end it stays there.
  ok(conu_progress_next(progress, -1, NULL, &more, &error));
  assert_false(more);
  ok(conu_progress_cancel(progress, &error));
}

static void pull_progress_tells_a_failure_at_the_end_or_at_once(void **state) {
  (void)state;
  const char *name = in_registry("CONU_TEST_REGISTRY", "conu/busybox:missing");
  conu_progress_t *progress;
  conu_status_t status = conu_image_pull_progress(image_named(name), NULL, NULL, &progress, &error);
  bool more = true;
  if (status == CONU_OK) {
    kept_progress(progress);
    while (more && status == CONU_OK) status = conu_progress_next(progress, -1, NULL, &more, &error);
  }
  fails(CONU_ERROR_NOT_FOUND, status, name);
  if (progress == NULL) return;
  assert_false(more);
  fails(CONU_ERROR_NOT_FOUND, conu_progress_next(progress, -1, NULL, &more, &error), name);
  fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &other, &error), "no image");
}

static void next_that_times_out_or_is_cancelled_leaves_the_pull_going(void **state) {
  (void)state;
  conu_progress_t *progress = begun(slow());
  conu_cancel_t *cancelled = new_cancel();
  conu_cancel_trigger(cancelled);
  bool more = true;
  int timeouts = 0, cancels = 0;
  while (more) {
    conu_status_t status = conu_progress_next(progress, 5, NULL, &more, &error);
    if (status == CONU_OK) continue;
    fails(CONU_ERROR_TIMEOUT, status, "within 5 ms");
    assert_false(more);
    more = true;
    timeouts++;
    fails(CONU_ERROR_CANCELLED, conu_progress_next(progress, -1, cancelled, &more, &error), "cancelled");
    more = true;
    cancels++;
  }
  assert_true(timeouts > 0 && cancels > 0);
  ok(conu_progress_take_image(progress, &other, &error));
  assert_true(is_present(kept_image(other)));
}

// --- breaking off ----------------------------------------------------------------------------------------------------

static void a_pull_that_is_cancelled_half_way_ends_at_once(void **state) {
  (void)state;
  conu_image_t *image = image_named(slow());
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 1000);
  int64_t start = now_ms();
  fails(CONU_ERROR_CANCELLED, conu_image_pull(image, NULL, cancel, &error), "cancelled");
  assert_in_range(now_ms() - start, 1000, 1500);
  assert_false(is_present(image));
  ok(conu_engine_ping(engine, NULL, &error));
}

static void progress_cancel_ends_the_pull(void **state) {
  (void)state;
  conu_progress_t *progress = begun(slow());
  read_half_way(progress);
  int64_t start = now_ms();
  ok(conu_progress_cancel(progress, &error));
  assert_in_range(now_ms() - start, 0, 500);
  bool more = true;
  // CANCELLED would mean that the work goes on.
  fails(CONU_ERROR_STATE, conu_progress_next(progress, -1, NULL, &more, &error), "cancelled");
  assert_false(more);
  fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &other, &error), "no image");
  ok(conu_progress_cancel(progress, &error));
  assert_false(is_present(image_named(slow())));
}

static void cancel_later(void *progress) {
  sleep_ms(500);
  conu_progress_cancel(progress, NULL);
}

static void progress_cancel_reaches_a_next_that_waits_on_another_thread(void **state) {
  (void)state;
  conu_progress_t *progress = begun(slow());
  read_half_way(progress);
  struct thread *canceller = in_thread(cancel_later, progress);
  int64_t start = now_ms();
  conu_status_t status = CONU_OK;
  bool more = true;
  while (status == CONU_OK && more) status = conu_progress_next(progress, -1, NULL, &more, &error);
  fails(CONU_ERROR_STATE, status, "cancelled");
  assert_in_range(now_ms() - start, 400, 1500);
  join(canceller);
}

static void a_progress_that_is_freed_half_way_stops_the_pull(void **state) {
  (void)state;
  const char *name = slow();
  conu_progress_t *progress;
  remove_later(name);
  ok(conu_image_pull_progress(image_named(name), NULL, NULL, &progress, &error));
  read_half_way(progress);
  int64_t start = now_ms();
  conu_progress_free(progress);
  assert_in_range(now_ms() - start, 0, 200);
  ok(conu_engine_ping(engine, NULL, &error));
  sleep_ms(6000);  // long enough for all of it
  assert_false(is_present(image_named(name)));
}

static struct shared_progress {
  conu_progress_t *progress;
  int ends;
} shared;

static void read_shared(void *unused) {
  (void)unused;
  bool more = true;
  while (more)
    if (conu_progress_next(shared.progress, -1, NULL, &more, NULL) != CONU_OK) return;
  __atomic_add_fetch(&shared.ends, 1, __ATOMIC_SEQ_CST);
}

static void several_threads_may_read_one_progress(void **state) {
  (void)state;
  shared = (struct shared_progress){begun(in_registry("CONU_TEST_REGISTRY", "conu/random:latest")), 0};
  struct thread *threads[4];
  for (int i = 0; i < 4; i++) threads[i] = in_thread(read_shared, NULL);
  for (int i = 0; i < 4; i++) join(threads[i]);
  assert_int_equal(shared.ends, 4);
}

static void an_engine_that_is_killed_in_the_middle_of_a_pull_is_unreachable_and_can_come_back(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, slow());
  conu_progress_t *progress;
  ok(conu_image_pull_progress(image, NULL, NULL, &progress, &error));
  kept_progress(progress);
  read_half_way(progress);
  kill_spare(spare);
  conu_status_t status = CONU_OK;
  bool more = true;
  while (status == CONU_OK && more) status = conu_progress_next(progress, 5000, NULL, &more, &error);
  fails(CONU_ERROR_UNREACHABLE, status, "/images/create");
  says(slow());
  hints("engine");
  fails(CONU_ERROR_STATE, conu_progress_take_image(progress, &other, &error), "no image");
  fails(CONU_ERROR_UNREACHABLE, conu_engine_ping(spare->engine, NULL, &error), spare->url);
  start_spare(spare);
  ok(conu_engine_ping(spare->engine, NULL, &error));
  assert_false(is_present(image));
  ok(conu_image_pull(image_of(spare->engine, setting("CONU_TEST_IMAGE")), NULL, NULL, &error));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(policy_never_makes_no_request),
      TEST(policy_if_not_present_pulls_what_is_missing),
      TEST(policy_if_not_present_does_not_pull_what_is_there),
      TEST(policy_always_pulls_what_is_there),
      TEST(pull_by_tag_brings_that_image),
      TEST(pull_by_digest_brings_that_very_image),
      TEST(pull_by_tag_and_digest_goes_by_the_digest),
      TEST(pull_brings_the_platform_that_was_asked_for),
      TEST(pull_of_a_platform_that_does_not_exist_is_not_found),
      TEST(a_malformed_platform_is_refused),
      TEST(pull_reports_not_found_for_a_missing_tag),
      TEST(pull_reports_not_found_for_a_missing_repository),
      TEST(pull_reports_not_found_for_a_missing_digest),
      TEST(pull_from_a_registry_that_is_down_is_an_error_of_the_engine),
      TEST(pull_from_a_host_that_does_not_exist_is_an_error_of_the_engine),
      TEST(pull_reports_a_rate_limit),
      TEST(pull_of_an_image_without_a_name_is_refused),
      TEST(pull_without_a_password_is_unauthorized),
      TEST(pull_works_after_a_login_of_this_engine_alone),
      TEST(a_login_that_failed_is_not_kept),
      TEST(pull_takes_credentials_from_the_configuration),
      TEST(pull_with_a_wrong_password_is_unauthorized),
      TEST(credentials_of_the_variable_stand_before_the_configuration),
      TEST(broken_credentials_are_refused_by_their_place),
      TEST(pull_asks_the_credential_helper_of_the_registry),
      TEST(pull_asks_the_credential_store),
      TEST(a_credential_helper_that_fails_is_warned_of_and_the_pull_goes_on_without),
      TEST(a_credential_helper_that_knows_nothing_is_no_cause_for_a_warning),
      TEST(a_credential_helper_that_hangs_is_ended_with_the_pull),
      TEST(the_log_tells_requests_and_no_secrets),
      TEST(pull_progress_tells_layers_with_bytes_and_gives_the_image),
      TEST(pull_progress_tells_a_failure_at_the_end_or_at_once),
      TEST(next_that_times_out_or_is_cancelled_leaves_the_pull_going),
      TEST(a_pull_that_is_cancelled_half_way_ends_at_once),
      TEST(progress_cancel_ends_the_pull),
      TEST(progress_cancel_reaches_a_next_that_waits_on_another_thread),
      TEST(a_progress_that_is_freed_half_way_stops_the_pull),
      TEST(several_threads_may_read_one_progress),
      TEST(an_engine_that_is_killed_in_the_middle_of_a_pull_is_unreachable_and_can_come_back),
  };
  return RUN_LAB_TESTS(tests);
}
