// Images: names, presence, documents, metadata, names to give, removal, layers.
#include "lab.h"

static conu_image_t *other;  // of the calls that must fail

static char *inspect(conu_image_t *image, bool refresh) {
  char *document;
  ok(conu_image_inspect(image, refresh, NULL, &document, &error));
  return taken(document);
}

// Tags behind the library's back.
static void tag_directly(const char *name, const char *repository, const char *tag) {
  remove_later(text("%s:%s", repository, tag));
  ask("POST", text("/images/%s/tag?repo=%s&tag=%s", name, repository, tag));
}

// --- names -----------------------------------------------------------------------------------------------------------

static conu_status_t make(const char *repository, const char *tag) {
  return conu_image_new(engine, repository, tag, CONU_PULL_NEVER, NULL, &other, &error);
}

static void a_handle_is_made_without_any_request(void **state) {
  (void)state;
  static const struct {
    const char *repository, *tag, *full_name, *alone, *its_tag;
  } names[] = {
      {"fedora", NULL, "fedora:latest", "fedora", "latest"},
      {"fedora", "33", "fedora:33", "fedora", "33"},
      {"fedora:33", NULL, "fedora:33", "fedora", "33"},
      {"quay.io/fedora/fedora", "33", "quay.io/fedora/fedora:33", "quay.io/fedora/fedora", "33"},
      {"localhost:5000/x", NULL, "localhost:5000/x:latest", "localhost:5000/x", "latest"},
      {"[::1]:5000/x", "1", "[::1]:5000/x:1", "[::1]:5000/x", "1"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    ok(make(names[i].repository, names[i].tag));
    assert_string_equal(conu_image_get_full_name(other), names[i].full_name);
    assert_string_equal(conu_image_get_repository(other), names[i].alone);
    assert_string_equal(conu_image_get_tag(other), names[i].its_tag);
    conu_image_free(other);
  }
}

static void a_digest_is_part_of_the_name(void **state) {
  (void)state;
  const char *digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  ok(make("fedora", digest));
  assert_string_equal(conu_image_get_full_name(other), text("fedora@%s", digest));
  assert_string_equal(conu_image_get_tag(other), digest);
  conu_image_free(other);
  ok(make(text("fedora:33@%s", digest), NULL));
  assert_string_equal(conu_image_get_full_name(other), text("fedora:33@%s", digest));
  assert_string_equal(conu_image_get_tag(other), "33");
  conu_image_free(other);
}

static void malformed_names_are_refused_by_the_part_that_is_wrong(void **state) {
  (void)state;
  static const char *const names[][3] = {
      {"", NULL, "empty"},
      {"Fedora", NULL, "lower case"},
      {"fedora:", NULL, "tag"},
      {"fedora:a b", NULL, "tag"},
      {"fedora", "a/b", "tag"},
      {"fedora@sha256:123", NULL, "digest"},
      {"fedora//x", NULL, "fedora//x"},
      {"fedora:33", "34", "besides"},
      {"-fedora", NULL, "-fedora"},
      {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL, "0123456789abcdef"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, make(names[i][0], names[i][1]), names[i][2]);
    assert_null(other);
    answered(0);
  }
}

static void a_pull_policy_out_of_range_is_refused(void **state) {
  (void)state;
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_image_new(engine, "fedora", NULL, (conu_pull_policy_t)3, NULL, &other, &error), "pull_policy");
  fails(CONU_ERROR_INVALID_ARGUMENT,
        conu_image_new(engine, "fedora", NULL, (conu_pull_policy_t)-1, NULL, &other, &error), "pull_policy");
}

static void parse_reference_shows_the_parts(void **state) {
  (void)state;
  char *json;
  ok(conu_parse_reference("fedora", &json, &error));
  contains(json, "\"docker.io/library/fedora:latest\"");
  contains(taken(json), "\"familiar\"");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_parse_reference("fedora:a b", &json, &error), "tag");
  assert_null(json);
}

// --- presence --------------------------------------------------------------------------------------------------------

static void is_present_tells_what_the_engine_has(void **state) {
  (void)state;
  assert_true(is_present(busybox));
  assert_false(is_present(image_named("localhost/missing/image:1.0")));
  conu_image_t *image = tagged(text("%s:1.0", fresh("localhost/present")));
  assert_true(is_present(image));
  ok(conu_image_rmi(image, false, true, NULL, &error));
  assert_false(is_present(image));
}

static void is_present_finds_an_image_by_its_digest(void **state) {
  (void)state;
  const char *digest = conu_metadata_get_digest(metadata_of(busybox));
  assert_true(is_present(image_named(digest)));
}

// A handle of an engine that is dead when the test gets it.
static conu_image_t *image_of_a_dead_engine(void) {
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, "localhost/some/image");
  assert_false(is_present(image));
  kill_spare(spare);
  return image;
}

static void every_question_to_an_engine_that_has_died_is_unreachable(void **state) {
  (void)state;
  conu_image_t *image = image_of_a_dead_engine();
  bool present = true;
  char *answer;
  conu_string_list_t *ids;
  fails(CONU_ERROR_UNREACHABLE, conu_image_is_present(image, NULL, &present, &error), "cannot connect");
  assert_false(present);
  hints("engine");
  fails(CONU_ERROR_UNREACHABLE, conu_image_get_id(image, NULL, &answer, &error), "cannot connect");
  fails(CONU_ERROR_UNREACHABLE, conu_image_inspect(image, true, NULL, &answer, &error), "cannot connect");
  fails(CONU_ERROR_UNREACHABLE, conu_image_get_layer_ids(image, true, NULL, &ids, &error), "cannot connect");
  fails(CONU_ERROR_UNREACHABLE, conu_image_tag_image(image, NULL, "1", NULL, &other, &error), "cannot connect");
  fails(CONU_ERROR_UNREACHABLE, conu_image_rmi(image, true, true, NULL, &error), "cannot connect");
  fails(CONU_ERROR_UNREACHABLE, conu_image_pull(image, NULL, NULL, &error), "cannot connect");
  const char *path = text("%s/image.tar", fresh_folder());
  fails(CONU_ERROR_UNREACHABLE, conu_image_save(image, path, NULL, &error), "cannot connect");
  assert_string_equal(shell("ls -A $(dirname %s)", path), "");
}

// --- documents and metadata ------------------------------------------------------------------------------------------

static void inspect_is_cached_until_it_is_refreshed(void **state) {
  (void)state;
  conu_image_t *image = image_named(setting("CONU_TEST_IMAGE"));
  const char *repository = fresh("localhost/cached"), *before = inspect(image, false);
  tag_directly(setting("CONU_TEST_IMAGE"), repository, "1.0");
  assert_string_equal(inspect(image, false), before);
  contains(inspect(image, true), repository);
  contains(inspect(image, false), repository);
}

static void get_metadata_is_cached_until_it_is_refreshed(void **state) {
  (void)state;
  conu_image_t *image = image_named(setting("CONU_TEST_IMAGE"));
  const char *repository = fresh("localhost/cached");
  conu_metadata_t *metadata[3];
  ok(conu_image_get_metadata(image, false, NULL, &metadata[0], &error));
  tag_directly(setting("CONU_TEST_IMAGE"), repository, "1.0");
  ok(conu_image_get_metadata(image, false, NULL, &metadata[1], &error));
  ok(conu_image_get_metadata(image, true, NULL, &metadata[2], &error));
  size_t names[3];
  for (int i = 0; i < 3; i++) {
    names[i] = conu_string_list_size(conu_metadata_get_image_names(metadata[i]));
    conu_metadata_free(metadata[i]);
  }
  assert_int_equal(names[1], names[0]);
  assert_int_equal(names[2], names[0] + 1);
}

static void inspect_of_a_missing_image_is_not_found(void **state) {
  (void)state;
  char *document;
  conu_metadata_t *metadata;
  conu_image_t *missing = image_named("localhost/missing/image:1.0");
  fails(CONU_ERROR_NOT_FOUND, conu_image_inspect(missing, false, NULL, &document, &error),
        "localhost/missing/image:1.0");
  answered(404);
  assert_null(document);
  fails(CONU_ERROR_NOT_FOUND, conu_image_get_metadata(missing, false, NULL, &metadata, &error), "localhost/missing");
  assert_null(metadata);
  fails(CONU_ERROR_NOT_FOUND, conu_image_get_id(missing, NULL, &document, &error), "localhost/missing");
  assert_null(document);
}

static bool list_has(const conu_string_list_t *list, const char *item) {
  for (size_t i = 0; i < conu_string_list_size(list); i++)
    if (strcmp(conu_string_list_get(list, i), item) == 0) return true;
  return false;
}

static void metadata_has_every_field_of_the_image(void **state) {
  (void)state;
  conu_metadata_t *metadata = metadata_of(busybox);
  const char *name = setting("CONU_TEST_IMAGE");
  const char *repository = text("%.*s", (int)(strrchr(name, ':') - name), name);
  assert_true(list_has(conu_metadata_get_image_names(metadata), name));
  contains(conu_metadata_get_name(metadata), "conu/busybox");
  contains(conu_metadata_get_identifier(metadata), "sha256:");
  assert_string_equal(conu_metadata_get_identifier(metadata), id_of(busybox));
  assert_string_equal(conu_metadata_get_creation_timestamp(metadata), "2024-01-02T03:04:05Z");
  contains(conu_metadata_get_digest(metadata), text("%s@sha256:", repository));
  assert_true(list_has(conu_metadata_get_repo_digests(metadata), conu_metadata_get_digest(metadata)));
  assert_string_equal(conu_metadata_get_label(metadata, "org.example.purpose"), "tests");
  assert_string_equal(conu_metadata_get_label(metadata, "org.example.unicode"), "žluťoučký kůň");
  assert_string_equal(conu_metadata_get_label(metadata, "org.example.empty"), "");
  assert_null(conu_metadata_get_label(metadata, "org.example.missing"));
  contains(conu_metadata_get_labels_json(metadata), "\"org.example.purpose\":");
  assert_string_equal(conu_metadata_get_env(metadata, "GREETING"), "hello from busybox");
  assert_null(conu_metadata_get_env(metadata, "MISSING"));
  contains(conu_metadata_get_env_json(metadata), "\"GREETING\":");
  assert_int_equal(conu_string_list_size(conu_metadata_get_command(metadata)), 1);
  assert_string_equal(conu_string_list_get(conu_metadata_get_command(metadata), 0), "sh");
  assert_int_equal(conu_string_list_size(conu_metadata_get_exposed_ports(metadata)), 2);
  assert_true(list_has(conu_metadata_get_exposed_ports(metadata), "80/tcp"));
  assert_true(list_has(conu_metadata_get_exposed_ports(metadata), "53/udp"));
}

static void metadata_of_an_image_has_nothing_that_only_containers_have(void **state) {
  (void)state;
  conu_metadata_t *metadata = metadata_of(busybox);
  assert_null(conu_metadata_get_hostname(metadata));
  assert_null(conu_metadata_get_status(metadata));
  assert_null(conu_metadata_get_port_mappings_json(metadata));
  assert_null(conu_metadata_get_ipv4_addresses(metadata));
  assert_null(conu_metadata_get_ipv6_addresses(metadata));
}

// --- by ID -----------------------------------------------------------------------------------------------------------

static void an_image_is_opened_by_its_id_and_has_its_name(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  char *id = id_of(image);
  const char *shapes[] = {id, id + strlen("sha256:"), text("%.12s", id + strlen("sha256:"))};
  for (int i = 0; i < 3; i++) {
    conu_image_t *same;
    ok(conu_image_from_id(engine, shapes[i], NULL, &same, &error));
    kept_image(same);
    assert_string_equal(conu_image_get_full_name(same), conu_image_get_full_name(image));
    assert_string_equal(id_of(same), id);
  }
}

static void an_id_that_does_not_exist_is_not_found(void **state) {
  (void)state;
  const char *id = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  fails(CONU_ERROR_NOT_FOUND, conu_image_from_id(engine, id, NULL, &other, &error), id);
  answered(404);
  assert_null(other);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_from_id(engine, "", NULL, &other, &error), "id");
}

static void what_is_no_id_is_refused_before_any_request(void **state) {
  (void)state;
  const char *samples[] = {"a b", "../containers", "/version", "a?all=1", "a\nb", "\xff"};
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_from_id(engine, samples[i], NULL, &other, &error), "is no id");
    answered(0);
  }
}

// --- tagging ---------------------------------------------------------------------------------------------------------

static conu_status_t tag(conu_image_t *image, const char *repository, const char *with) {
  return conu_image_tag_image(image, repository, with, NULL, &other, &error);
}

static void tag_image_gives_a_name_and_the_image_under_it(void **state) {
  (void)state;
  const char *repository = fresh("localhost/tagged");
  remove_later(text("%s:1.0", repository));
  ok(tag(busybox, repository, "1.0"));
  kept_image(other);
  assert_string_equal(conu_image_get_full_name(other), text("%s:1.0", repository));
  assert_string_equal(id_of(other), id_of(busybox));
}

static void tag_image_without_a_tag_takes_latest(void **state) {
  (void)state;
  const char *repository = fresh("localhost/tagged");
  remove_later(text("%s:latest", repository));
  ok(tag(busybox, repository, NULL));
  assert_string_equal(conu_image_get_full_name(kept_image(other)), text("%s:latest", repository));
  assert_true(is_present(other));
}

static void tag_image_without_a_repository_takes_its_own(void **state) {
  (void)state;
  const char *repository = fresh("localhost/tagged");
  conu_image_t *image = tagged(text("%s:1.0", repository));
  remove_later(text("%s:2.0", repository));
  ok(tag(image, NULL, "2.0"));
  assert_string_equal(conu_image_get_full_name(kept_image(other)), text("%s:2.0", repository));
  assert_true(is_present(other));
}

static void tag_image_refuses_what_is_no_name_to_give(void **state) {
  (void)state;
  const char *digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  fails(CONU_ERROR_INVALID_ARGUMENT, tag(busybox, NULL, NULL), "missing");
  assert_null(other);
  fails(CONU_ERROR_INVALID_ARGUMENT, tag(busybox, "Upper", NULL), "Upper");
  fails(CONU_ERROR_INVALID_ARGUMENT, tag(busybox, "x", "a b"), "tag");
  fails(CONU_ERROR_INVALID_ARGUMENT, tag(busybox, "x", digest), digest);
  fails(CONU_ERROR_NOT_FOUND, tag(image_named("localhost/missing/image:1.0"), NULL, "2.0"), "localhost/missing");
}

// --- removing --------------------------------------------------------------------------------------------------------

static void rmi_by_name_removes_the_name_alone(void **state) {
  (void)state;
  conu_image_t *image = tagged(text("%s:1.0", fresh("localhost/removed")));
  ok(conu_image_rmi(image, false, true, NULL, &error));
  assert_false(is_present(image));
  assert_true(is_present(busybox));
}

static void rmi_by_id_removes_the_image(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  ok(conu_image_rmi(image, false, false, NULL, &error));
  assert_false(is_present(image));
}

static void rmi_by_id_of_an_image_with_two_names_takes_force(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  const char *repository = fresh("localhost/two");
  tag_directly(conu_image_get_full_name(image), repository, "1.0");
  fails(CONU_ERROR_CONFLICT, conu_image_rmi(image, false, false, NULL, &error), conu_image_get_full_name(image));
  hints("force");
  assert_true(is_present(image));
  ok(conu_image_rmi(image, true, false, NULL, &error));
  assert_false(is_present(image));
  assert_false(is_present(image_named(text("%s:1.0", repository))));
}

static void rmi_of_a_missing_image_is_not_found(void **state) {
  (void)state;
  conu_image_t *missing = image_named("localhost/missing/image:1.0");
  for (int variant = 0; variant < 4; variant++) {
    fails(CONU_ERROR_NOT_FOUND, conu_image_rmi(missing, variant & 1, variant & 2, NULL, &error), "localhost/missing");
    answered(404);
  }
}

static void rmi_by_name_takes_an_image_with_a_name(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest")), *by_id;
  conu_image_list_t *layers;
  ok(conu_image_layers(image, true, NULL, &layers, &error));
  ok(conu_image_list_get(layers, 0, &by_id, &error));
  conu_image_list_free(layers);
  kept_image(by_id);
  assert_null(conu_image_get_repository(by_id));
  assert_null(conu_image_get_tag(by_id));
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_image_rmi(by_id, false, true, NULL, &error), "no name");
}

// A container of an image of its own, which stands in the way of removing it.
static conu_container_t *container_in_the_way(conu_image_t **image, const char *script) {
  *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/platforms:latest"));
  conu_container_t *container;
  conu_run_builder_t *options = builder(text("--name %s", fresh("way")), script);
  ok(conu_image_run_via_api(*image, options, NULL, &container, &error));
  return kept_container(container);
}

static void rmi_names_the_container_that_is_in_the_way(void **state) {
  (void)state;
  conu_image_t *image;
  conu_container_t *container = container_in_the_way(&image, "sleep 60");
  for (int by_name = 0; by_name < 2; by_name++) {
    fails(CONU_ERROR_CONFLICT, conu_image_rmi(image, false, by_name, NULL, &error), conu_image_get_full_name(image));
    answered(409);
    says(conu_container_get_name(container));
    says("running");
    hints("force");
    details("\"containers\"");
    details(conu_container_get_id(container));
    details(text("\"%s\"", conu_container_get_name(container)));
  }
  assert_true(is_present(image));
}

static void rmi_with_force_leaves_a_running_container_alone(void **state) {
  (void)state;
  conu_image_t *image;
  conu_container_t *container = container_in_the_way(&image, "sleep 60");
  fails(CONU_ERROR_CONFLICT, conu_image_rmi(image, true, false, NULL, &error), conu_container_get_name(container));
  details(conu_container_get_id(container));
  bool running;
  ok(conu_container_is_running(container, NULL, &running, &error));
  assert_true(running);
}

static void rmi_of_an_image_that_a_stopped_container_uses_takes_force(void **state) {
  (void)state;
  conu_image_t *image;
  conu_container_t *container = container_in_the_way(&image, "exit 0");
  assert_int_equal(waited(container), 0);
  fails(CONU_ERROR_CONFLICT, conu_image_rmi(image, false, false, NULL, &error), conu_container_get_name(container));
  ok(conu_image_rmi(image, true, false, NULL, &error));
  assert_false(is_present(image));
}

// --- layers ----------------------------------------------------------------------------------------------------------

static void layer_ids_come_in_both_directions(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest"));
  conu_string_list_t *down, *up;
  ok(conu_image_get_layer_ids(image, true, NULL, &down, &error));
  ok(conu_image_get_layer_ids(image, false, NULL, &up, &error));
  assert_int_equal(conu_string_list_size(down), 3);
  assert_int_equal(conu_string_list_size(up), 3);
  assert_string_equal(conu_string_list_get(down, 0), id_of(image));
  assert_string_equal(conu_string_list_get(down, 1), "<missing>");
  for (size_t i = 0; i < 3; i++) assert_string_equal(conu_string_list_get(down, i), conu_string_list_get(up, 2 - i));
  conu_string_list_free(down);
  conu_string_list_free(up);
}

static void layers_are_the_images_of_the_history_that_the_engine_has(void **state) {
  (void)state;
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/layers:latest")), *layer;
  for (int newest_first = 0; newest_first < 2; newest_first++) {
    conu_image_list_t *list;
    ok(conu_image_layers(image, newest_first, NULL, &list, &error));
    size_t count = conu_image_list_size(list);
    // Podman also knows images whose last layer is one of this image's.
    assert_true(count == 1 || (on_podman() && count <= 3));
    for (size_t i = 0; i < count; i++) {
      ok(conu_image_list_get(list, i, &layer, &error));
      assert_true(is_present(kept_image(layer)));
      if (i == (newest_first ? 0 : count - 1)) assert_string_equal(conu_image_get_full_name(layer), id_of(image));
    }
    conu_image_list_free(list);
  }
}

static void layers_of_a_missing_image_are_not_found(void **state) {
  (void)state;
  conu_image_t *missing = image_named("localhost/missing/image:1.0");
  conu_string_list_t *ids;
  conu_image_list_t *list;
  fails(CONU_ERROR_NOT_FOUND, conu_image_get_layer_ids(missing, true, NULL, &ids, &error), "localhost/missing");
  assert_null(ids);
  fails(CONU_ERROR_NOT_FOUND, conu_image_layers(missing, true, NULL, &list, &error), "localhost/missing");
  assert_null(list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_handle_is_made_without_any_request),
      TEST(a_digest_is_part_of_the_name),
      TEST(malformed_names_are_refused_by_the_part_that_is_wrong),
      TEST(a_pull_policy_out_of_range_is_refused),
      TEST(parse_reference_shows_the_parts),
      TEST(is_present_tells_what_the_engine_has),
      TEST(is_present_finds_an_image_by_its_digest),
      TEST(every_question_to_an_engine_that_has_died_is_unreachable),
      TEST(inspect_is_cached_until_it_is_refreshed),
      TEST(get_metadata_is_cached_until_it_is_refreshed),
      TEST(inspect_of_a_missing_image_is_not_found),
      TEST(metadata_has_every_field_of_the_image),
      TEST(metadata_of_an_image_has_nothing_that_only_containers_have),
      TEST(an_image_is_opened_by_its_id_and_has_its_name),
      TEST(an_id_that_does_not_exist_is_not_found),
      TEST(what_is_no_id_is_refused_before_any_request),
      TEST(tag_image_gives_a_name_and_the_image_under_it),
      TEST(tag_image_without_a_tag_takes_latest),
      TEST(tag_image_without_a_repository_takes_its_own),
      TEST(tag_image_refuses_what_is_no_name_to_give),
      TEST(rmi_by_name_removes_the_name_alone),
      TEST(rmi_by_id_removes_the_image),
      TEST(rmi_by_id_of_an_image_with_two_names_takes_force),
      TEST(rmi_of_a_missing_image_is_not_found),
      TEST(rmi_by_name_takes_an_image_with_a_name),
      TEST(rmi_names_the_container_that_is_in_the_way),
      TEST(rmi_with_force_leaves_a_running_container_alone),
      TEST(rmi_of_an_image_that_a_stopped_container_uses_takes_force),
      TEST(layer_ids_come_in_both_directions),
      TEST(layers_are_the_images_of_the_history_that_the_engine_has),
      TEST(layers_of_a_missing_image_are_not_found),
  };
  return RUN_LAB_TESTS(tests);
}
