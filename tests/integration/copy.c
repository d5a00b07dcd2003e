// Copying into containers and out of them, beside `docker cp`; folders of the host for volumes.
#include "lab.h"

// --- trees and what they are -----------------------------------------------------------------------------------------

// A folder with a folder "tree" of all that can be copied.
static char *fresh_tree(void) {
  char *folder = fresh_folder();
  shell(
      "cd %s && umask 022 && mkdir -p tree/empty tree/sub/deeper && cd tree &&"
      " echo content > file && echo more > sub/deeper/other && : > nothing &&"
      " ln -s file relative && ln -s /etc/passwd absolute && ln -s nowhere dangling && ln -s sub linked-folder &&"
      " ln file hard && ln file sub/hard && ln -h /dev/null 2>/dev/null;"
      " head -c 3000000 /dev/urandom > big && head -c 65536 /dev/urandom > edge && head -c 511 big > odd &&"
      " truncate -s 5000000 sparse && echo end >> sparse &&"
      " touch \"$(printf 'n%%0150d' 0)\" 'with blank' \"$(printf 'not\\377utf8')\" \"$(printf 'gr\\303\\274n')\" &&"
      " deep=$(printf 'd%%050d/d%%050d/d%%050d' 1 2 3) && mkdir -p $deep && echo far > $deep/file &&"
      " ln -s $(printf 'l%%0140d' 0) long-link &&"
      " mkfifo pipe && mknod device c 1 3 && echo 1 > program && echo 2 > secret && echo 3 > read-only &&"
      " chown 1000:1001 secret sub && chown 3000000:3000001 sub/deeper && chown -h 5:6 relative &&"
      " chmod 4755 program && chmod 0 secret && chmod 444 read-only && chmod 2775 sub && chmod 1777 empty &&"
      " touch -d '1999-12-31 23:59:59.123' file sub && touch -d '2040-01-01' odd && touch -d '1970-01-02' nothing",
      folder);
  return folder;
}

// All that is known of what is at the path, but for the time of folders made by copying around it.
static char *listing(const char *path) {
  return shell(
      "cd %s && find . -printf '%%p %%y %%m %%U:%%G %%n %%l %%Ts\\n' | sort && "
      "find . -type f -exec sha256sum {} + | sort -k2",
      path);
}

static char *in(const char *folder, const char *name) { return text("%s/%s", folder, name); }
static conu_container_t *created(void) { return run("", "exec sleep 300"); }

static char *inside(const char *host_variable, const char *id, const char *script) {
  return shell("docker --host %s exec %s sh -c '%s'", setting(host_variable), id, script);
}

// The same of a folder in a container.
static char *listing_inside(const char *host_variable, const char *id, const char *path) {
  char *lines = file_in(fresh_folder(), "lines",
                        inside(host_variable, id,
                               text("cd %s && find . -exec stat -c \"%%N %%A %%u:%%g %%h %%t,%%T %%Y\" {} + && "
                                    "find . -type f -exec sha256sum {} +",
                                    path)));
  return shell("LC_ALL=C sort %s", lines);
}

static char *inside_ours(conu_container_t *container, const char *script) {
  return inside("CONU_HOST", conu_container_get_id(container), script);
}

static char *inside_theirs(const char *id, const char *script) { return inside("CONU_TEST_DOCKER", id, script); }

static void copy_to(conu_container_t *container, const char *src, const char *dest) {
  ok(conu_container_copy_to(container, src, dest, NULL, &error));
}

static void copy_from(conu_container_t *container, const char *src, const char *dest) {
  ok(conu_container_copy_from(container, src, dest, NULL, &error));
}

// --- docker cp -------------------------------------------------------------------------------------------------------

static void remove_reference(void *id) { shell("docker --host %s rm -f %s", setting("CONU_TEST_DOCKER"), (char *)id); }

// A container of Docker, whatever the engine under test: what `docker cp` does with it is how it is to be.
static char *reference(void) {
  const char *host = setting("CONU_TEST_DOCKER"), *image = setting("CONU_TEST_IMAGE");
  shell("docker --host %s image inspect %s >/dev/null 2>&1 || docker --host %s pull -q %s", host, image, host, image);
  char *id = shell("docker --host %s run -d %s sleep 300 | tr -d '\n'", host, image);
  put_off(remove_reference, id);
  return id;
}

// Whether it is done, or refused.
static bool docker_copies(const char *from, const char *to) {
  const char *said = shell("docker --host %s cp '%s' '%s' >/dev/null 2>&1 && echo yes || echo no",
                           setting("CONU_TEST_DOCKER"), from, to);
  return strcmp(said, "yes\n") == 0;
}

static char *in_container(const char *id, const char *path) { return text("%s:%s", id, path); }

// --- in --------------------------------------------------------------------------------------------------------------

static void a_tree_copied_in_is_what_docker_cp_makes_of_it(void **state) {
  (void)state;
  char *folder = fresh_tree(), *theirs = reference();
  conu_container_t *container = created();
  copy_to(container, in(folder, "tree"), "/");
  assert_true(docker_copies(in(folder, "tree"), in_container(theirs, "/")));
  char *ours = listing_inside("CONU_HOST", conu_container_get_id(container), "/tree");
  assert_string_equal(ours, listing_inside("CONU_TEST_DOCKER", theirs, "/tree"));
  contains(ours, "./secret ---------- 1000:1001 1 ");
  contains(ours, "./hard -rw-r--r-- 0:0 3 ");
  contains(ours, "./pipe prw-r--r-- ");
}

// Where a source ends up, and what is refused. Each pair of a source and a destination has a folder of its own.
static void destinations_in_are_taken_as_docker_cp_takes_them(void **state) {
  (void)state;
  static const char *const sources[] = {"file", "folder", "folder/.", "link", "link/", "file/", "dangling"};
  static const char *const destinations[] = {"there",     "there/",   "new",    "new/",        "existing",
                                             "existing/", "to-there", "to-new", "to-existing", "missing/in"};
  const int source_count = sizeof sources / sizeof *sources, count = sizeof destinations / sizeof *destinations;
  char *folder = fresh_folder();
  shell(
      "cd %s && echo file > file && mkdir folder && echo inner > folder/inner && ln -s folder link && "
      "ln -s nowhere dangling",
      folder);
  const char *prepare = text(
      "for i in $(seq 0 %d); do mkdir -p /$i/there; cd /$i; echo old > existing; ln -s /$i/there to-there; "
      "ln -s new to-new; ln -s existing to-existing; done",
      source_count * count);
  char *id = reference();
  conu_container_t *container = created();
  inside_theirs(id, prepare);
  inside_ours(container, prepare);
  for (int i = 0; i < source_count * count; i++) {
    const char *source = in(folder, sources[i / count]), *destination = text("/%d/%s", i, destinations[i % count]);
    bool theirs = docker_copies(source, in_container(id, destination));
    bool ours = conu_container_copy_to(container, source, destination, NULL, NULL) == CONU_OK;
    if (ours != theirs) fail_msg("%s to %s: docker cp %s", source, destination, theirs ? "succeeds" : "refuses");
  }
  const char *look = "cd / && find [0-9]* -exec stat -c \"%N %A %u:%g\" {} + ; find [0-9]* -type f -exec grep . {} +";
  char *ours = file_in(folder, "ours", inside_ours(container, look));
  char *theirs = file_in(folder, "theirs", inside_theirs(id, look));
  assert_string_equal(shell("sort %s > %s.sorted; sort %s | diff - %s.sorted || true", ours, ours, theirs, ours), "");
}

// --- out -------------------------------------------------------------------------------------------------------------

static void a_tree_copied_out_is_what_docker_cp_makes_of_it(void **state) {
  (void)state;
  char *folder = fresh_tree(), *ours = fresh_folder(), *theirs = fresh_folder(), *id = reference();
  conu_container_t *container = created();
  assert_true(docker_copies(in(folder, "tree"), in_container(id, "/tree")));
  copy_to(container, in(folder, "tree"), "/tree");
  copy_from(container, "/tree", ours);
  assert_true(docker_copies(in_container(id, "/tree"), theirs));
  assert_string_equal(listing(in(ours, "tree")), listing(in(theirs, "tree")));
  contains(listing(in(ours, "tree")), text("./sub d 2775 %d:%d", (int)geteuid(), (int)getegid()));
  // It is what it was, but for the owner, who is the one that copies.
  shell("cd %s/tree && chown -hR %d:%d . && chmod 4755 program && chmod 2775 sub", folder, (int)geteuid(),
        (int)getegid());
  assert_string_equal(listing(in(ours, "tree")), listing(in(folder, "tree")));
}

static void sources_and_destinations_out_are_taken_as_docker_cp_takes_them(void **state) {
  (void)state;
  static const char *const sources[] = {"/file", "/folder", "folder/.", "/link/", "/file/", "/missing", "/link"};
  static const char *const destinations[] = {"there",     "there/",   "new",    "new/",        "existing",
                                             "existing/", "to-there", "to-new", "to-existing", "missing/in"};
  const int source_count = sizeof sources / sizeof *sources - (on_podman() ? 1 : 0);  // Podman follows links, alas
  const int count = sizeof destinations / sizeof *destinations;
  const char *fill =
      "echo file > /file; mkdir /folder; echo inner > /folder/inner; ln -s folder /link; "
      "ln -s no /dangling";
  char *id = reference(), *folder = fresh_folder();
  conu_container_t *container = created();
  inside_theirs(id, fill);
  inside_ours(container, fill);
  shell(
      "for i in $(seq 0 %d); do for who in ours theirs; do mkdir -p %s/$who/$i/there; cd %s/$who/$i; echo old > "
      "existing;"
      "ln -s there to-there; ln -s new to-new; ln -s existing to-existing; done; done",
      source_count * count, folder, folder);
  for (int i = 0; i < source_count * count; i++) {
    const char *source = sources[i / count], *destination = destinations[i % count];
    bool theirs = docker_copies(in_container(id, source), text("%s/theirs/%d/%s", folder, i, destination));
    bool ours = conu_container_copy_from(container, source, text("%s/ours/%d/%s", folder, i, destination), NULL,
                                         NULL) == CONU_OK;
    if (ours != theirs) fail_msg("%s to %s: docker cp %s", source, destination, theirs ? "succeeds" : "refuses");
  }
  const char *look = text("find . -printf '%%p %%y %%m %%l\n' | sort; find . -type f -exec grep . {} + | sort");
  assert_string_equal(
      shell("cd %s/ours && { %s; } > ../1; cd ../theirs && { %s; } > ../2; diff ../2 ../1 || true", folder, look, look),
      "");
}

// --- what goes wrong -------------------------------------------------------------------------------------------------

static conu_status_t try_to(conu_container_t *container, const char *src, const char *dest) {
  return conu_container_copy_to(container, src, dest, NULL, &error);
}

static conu_status_t try_from(conu_container_t *container, const char *src, const char *dest) {
  return conu_container_copy_from(container, src, dest, NULL, &error);
}

static void what_is_not_there_is_named(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = file_in(folder, "file", "content");
  conu_container_t *container = created();
  fails(CONU_ERROR_NOT_FOUND, try_to(container, in(folder, "missing"), "/"), in(folder, "missing"));
  answered(0);
  fails(CONU_ERROR_NOT_FOUND, try_to(container, in(folder, "file/below"), "/"), in(folder, "file/below"));
  fails(CONU_ERROR_NOT_FOUND, try_to(container, file, "/no/such/folder"), "/no/such");
  answered(404);
  fails(CONU_ERROR_NOT_FOUND, try_to(container, file, "/no-such-folder/"), "/no-such-folder");
  hints("folder");
  fails(CONU_ERROR_NOT_FOUND, try_from(container, "/no-such-file", folder), "/no-such-file");
  answered(404);
  fails(CONU_ERROR_NOT_FOUND, try_from(container, "/etc/passwd/below", folder), "/etc/passwd/below");
  fails(CONU_ERROR_NOT_FOUND, try_from(container, "/etc/passwd", in(folder, "no/such")), in(folder, "no"));
  answered(0);
  fails(CONU_ERROR_INVALID_ARGUMENT, try_to(container, text("%s/", file), "/"), "no folder");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_to(container, "", "/"), "src");
  fails(CONU_ERROR_INVALID_ARGUMENT, try_from(container, "/etc", ""), "dest");
}

static void a_file_and_a_folder_stand_in_each_others_way(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = file_in(folder, "file", "content");
  shell("mkdir -p %s/folder/etc %s/sub/folder/inner", folder, folder);
  conu_container_t *container = created();
  inside_ours(container, "echo old > /file; mkdir -p /there/file; mkdir /folder; echo old > /folder/inner");
  fails(CONU_ERROR_CONFLICT, try_to(container, in(folder, "folder"), "/file"), "/file");
  fails(CONU_ERROR_CONFLICT, try_to(container, file, "/there"), "file");
  hints("folder");
  fails(CONU_ERROR_CONFLICT, try_to(container, in(folder, "sub/folder"), "/"), "inner");
  fails(CONU_ERROR_CONFLICT, try_from(container, "/folder", file), file);
  fails(CONU_ERROR_CONFLICT, try_from(container, "/folder", in(folder, "sub")), "inner");
  fails(CONU_ERROR_CONFLICT, try_from(container, "/file", text("%s/below", file)), file);
  assert_string_equal(shell("cat %s", file), "content");
  assert_string_equal(inside_ours(container, "cat /file /folder/inner"), "old\nold\n");
}

static void a_read_only_root_is_refused(void **state) {
  (void)state;
  char *file = file_in(fresh_folder(), "file", "content");
  conu_container_t *container = run("--read-only", "exec sleep 300");
  fails(CONU_ERROR_PERMISSION, try_to(container, file, "/file"), "read-only");
  hints("volume");
  copy_from(container, "/etc/passwd", file);
}

static void a_container_that_has_stopped_is_copied_from_and_one_that_is_gone_is_not_found(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = file_in(folder, "file", "content");
  conu_container_t *container = run("", "true");
  waited(container);
  copy_to(container, file, "/copied");
  copy_from(container, "/copied", in(folder, "back"));
  assert_string_equal(shell("cat %s/back", folder), "content");
  ok(conu_container_delete(container, true, true, NULL, &error));
  fails(CONU_ERROR_NOT_FOUND, try_to(container, file, "/copied"), conu_container_get_name(container));
  fails(CONU_ERROR_NOT_FOUND, try_to(container, file, "/new/copied"), conu_container_get_name(container));
  fails(CONU_ERROR_NOT_FOUND, try_from(container, "/copied", folder), conu_container_get_name(container));
}

static void a_place_where_nothing_can_be_written_is_told(void **state) {
  (void)state;
  conu_container_t *container = created();
  fails(CONU_ERROR_PERMISSION, try_from(container, "/etc/passwd", "/sys/kernel/conu"), "/sys/kernel/conu");
  fails(CONU_ERROR_CONFLICT, try_from(container, "/etc/passwd", "/dev/null"), "device");
}

// --- large files -----------------------------------------------------------------------------------------------------

static const int megabytes = 200;

static char *large_file(const char *folder) {
  shell("head -c %dM /dev/zero > %s/large", megabytes, folder);
  return in(folder, "large");
}

static int peak_kilobytes(void) { return atoi(shell("grep VmHWM /proc/%d/status | tr -dc 0-9", (int)getpid())); }

static void a_large_file_takes_little_memory(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = large_file(folder);
  conu_container_t *container = created();
  int before = peak_kilobytes();
  copy_to(container, file, "/large");
  copy_from(container, "/large", in(folder, "back"));
  assert_true(peak_kilobytes() - before < 10000);  // the kernel counts in steps, and may step back
  shell("cmp %s %s/back", file, folder);
}

// That nothing but what was there is in the folder: neither a file by halves nor what it was made under.
static void expect_alone(const char *folder) { assert_string_equal(shell("ls -A %s", folder), "kept\n"); }

static void a_copy_that_is_cancelled_ends_soon_and_leaves_no_half_file(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = large_file(folder), *to = fresh_folder();
  file_in(to, "kept", "");
  conu_container_t *container = created();
  copy_to(container, file, "/large");
  for (int delay = 0; delay < 60; delay += 20) {
    conu_cancel_t *cancel = new_cancel();
    trigger_after(cancel, delay);
    int64_t start = now_ms();
    conu_status_t status = conu_container_copy_from(container, "/large", in(to, "large"), cancel, &error);
    assert_in_range(now_ms() - start, 0, delay + 1000);
    fails(CONU_ERROR_CANCELLED, status, "cancel");
    expect_alone(to);
  }
  conu_cancel_t *cancel = new_cancel();
  trigger_after(cancel, 20);
  fails(CONU_ERROR_CANCELLED, conu_container_copy_to(container, file, "/again", cancel, &error), "cancel");
}

static void kill_it(void *spare) {
  sleep_ms(60);
  kill_spare(spare);
}

static void an_engine_that_dies_in_the_middle_leaves_no_half_file(void **state) {
  (void)state;
  char *folder = fresh_folder(), *file = large_file(folder), *to = fresh_folder();
  file_in(to, "kept", "");
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE"));
  ok(conu_image_pull(image, NULL, NULL, &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("--stop-signal KILL", "exec sleep 300"), NULL, &container, &error));
  put_off((void (*)(void *))conu_container_free, container);
  copy_to(container, file, "/large");
  struct thread *killer = in_thread(kill_it, spare);
  conu_status_t status = CONU_OK;
  for (int i = 0; i < 20 && status == CONU_OK; i++) {
    shell("rm -f %s/large", to);
    status = try_from(container, "/large", in(to, "large"));
  }
  fails(CONU_ERROR_UNREACHABLE, status, "");  // in a copy, or between two of them
  expect_alone(to);
  join(killer);
  fails(CONU_ERROR_UNREACHABLE, try_to(container, file, "/large"), spare->url);
  start_spare(spare);
  ok(conu_container_delete(container, true, true, NULL, &error));
}

// --- helpers ---------------------------------------------------------------------------------------------------------

static void remove_directory(void *directory) { conu_directory_free(directory); }

static void a_directory_is_a_volume_and_goes_with_what_the_container_wrote(void **state) {
  (void)state;
  conu_directory_options_t *options = conu_directory_options_new();
  char *parent = fresh_folder();
  ok(conu_directory_options_set_path(options, in(parent, "volume"), &error));
  conu_directory_options_set_mode(options, 01777);
  ok(conu_directory_options_set_owner(options, "1000", "1001", &error));
  ok(conu_directory_options_add_acl_rule(options, "u:26:rwx", &error));
  conu_directory_t *directory = NULL;
  conu_status_t status = conu_directory_new(options, NULL, &directory, &error);
  bool has_setfacl = strcmp(shell("command -v setfacl || echo none"), "none\n") != 0;
  if (!has_setfacl) fails(CONU_ERROR_COMMAND_MISSING, status, "setfacl");
  conu_directory_options_free(options);
  if (!has_setfacl) {
    options = conu_directory_options_new();
    ok(conu_directory_options_set_path(options, in(parent, "volume"), &error));
    conu_directory_options_set_mode(options, 01777);
    ok(conu_directory_options_set_owner(options, "1000", "1001", &error));
    status = conu_directory_new(options, NULL, &directory, &error);
    conu_directory_options_free(options);
  }
  ok(status);
  put_off(remove_directory, directory);
  conu_run_builder_t *options_of_run = builder("",
                                               "mkdir -p /data/a/b && echo new > /data/a/b/file && chmod 500 /data/a; "
                                               "touch /read-only/x 2>/dev/null || stat -c %u:%g:%a /read-only");
  ok(conu_run_builder_add_volume(options_of_run, conu_directory_get_path(directory), "/data", "z", &error));
  ok(conu_run_builder_add_volume(options_of_run, conu_directory_get_path(directory), "/read-only", "ro", &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(busybox, options_of_run, NULL, &container, &error));
  assert_int_equal(waited(kept_container(container)), 0);
  contains(logs(container), "1000:1001:17");
  assert_string_equal(shell("cat %s/a/b/file", conu_directory_get_path(directory)), "new\n");
  ok(conu_container_delete(container, true, true, NULL, &error));
  ok(conu_directory_remove(directory, NULL, &error));
  assert_string_equal(shell("ls -A %s", parent), "");
}

static void a_program_of_the_host_gives_exit_code_and_output(void **state) {
  (void)state;
  conu_exec_result_t *result;
  size_t size;
  conu_string_list_t *command = words("sh -c");
  ok(conu_string_list_append(command, "printf 'a\\0b'; echo err >&2; exit 7", &error));
  ok(conu_run_cmd(command, 10000, NULL, &result, &error));
  assert_int_equal(conu_exec_result_get_exit_code(result), 7);
  assert_memory_equal(conu_exec_result_get_stdout(result, &size), "a\0b", 3);
  assert_int_equal(size, 3);
  assert_memory_equal(conu_exec_result_get_stderr(result, &size), "err\n", 4);
  assert_int_equal(size, 4);
  conu_exec_result_free(result);
  fails(CONU_ERROR_COMMAND_MISSING, conu_run_cmd(words("no-such-program"), -1, NULL, &result, &error),
        "no-such-program");
  assert_null(result);
  fails(CONU_ERROR_TIMEOUT, conu_run_cmd(words("sleep 60"), 100, NULL, &result, &error), "100 ms");
  fails(CONU_ERROR_TIMEOUT, conu_run_cmd(words("sleep 60"), -1, cancel_within(100), &result, &error), "deadline");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_run_cmd(words(""), -1, NULL, &result, &error), "command");
}

static void random_strings_and_the_selinux_status_come_without_an_engine(void **state) {
  (void)state;
  char *string;
  ok(conu_random_string(10, &string, &error));
  assert_int_equal(strspn(taken(string), "abcdefghijklmnopqrstuvwxyz"), 10);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_random_string(SIZE_MAX, &string, &error), "size");
  ok(conu_get_selinux_status(&string, &error));
  const char *status = taken(string);
  assert_true(strcmp(status, "disabled") == 0 || strcmp(status, "permissive") == 0 || strcmp(status, "enforcing") == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_tree_copied_in_is_what_docker_cp_makes_of_it),
      TEST(destinations_in_are_taken_as_docker_cp_takes_them),
      TEST(a_tree_copied_out_is_what_docker_cp_makes_of_it),
      TEST(sources_and_destinations_out_are_taken_as_docker_cp_takes_them),
      TEST(what_is_not_there_is_named),
      TEST(a_file_and_a_folder_stand_in_each_others_way),
      TEST(a_read_only_root_is_refused),
      TEST(a_container_that_has_stopped_is_copied_from_and_one_that_is_gone_is_not_found),
      TEST(a_place_where_nothing_can_be_written_is_told),
      TEST(a_large_file_takes_little_memory),
      TEST(a_copy_that_is_cancelled_ends_soon_and_leaves_no_half_file),
      TEST(an_engine_that_dies_in_the_middle_leaves_no_half_file),
      TEST(a_directory_is_a_volume_and_goes_with_what_the_container_wrote),
      TEST(a_program_of_the_host_gives_exit_code_and_output),
      TEST(random_strings_and_the_selinux_status_come_without_an_engine),
  };
  usual_options = "--network host";
  return RUN_LAB_TESTS(tests);
}
