// Images and containers as files of this host: by each way there is, with one layer and with many, and what is left
// afterwards, which is nothing.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lab.h"

// --- helpers ---------------------------------------------------------------------------------------------------------

static void free_filesystem(void *filesystem) { conu_filesystem_free(filesystem); }
static void free_options(void *options) { conu_mount_options_free(options); }

// NULL for the first that works.
static conu_mount_options_t *by(const char *method) {
  conu_mount_options_t *options = conu_mount_options_new();
  assert_non_null(options);
  put_off(free_options, options);
  ok(conu_mount_options_set_method(options, method, &error));
  return options;
}

static conu_filesystem_t *kept_filesystem(conu_filesystem_t *filesystem) {
  assert_non_null(filesystem);
  put_off(free_filesystem, filesystem);
  return filesystem;
}

static conu_filesystem_t *mounted(conu_image_t *image, const char *method) {
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(image, NULL, by(method), NULL, &filesystem, &error));
  if (method != NULL) assert_string_equal(conu_filesystem_get_method(filesystem), method);
  return kept_filesystem(filesystem);
}

static conu_filesystem_t *mounted_container(conu_container_t *container, const char *method) {
  conu_filesystem_t *filesystem;
  ok(conu_container_mount(container, NULL, by(method), NULL, &filesystem, &error));
  if (method != NULL) assert_string_equal(conu_filesystem_get_method(filesystem), method);
  return kept_filesystem(filesystem);
}

// What is in a file below the mount point; "(none)" where there is no such file.
static char *content(const conu_filesystem_t *filesystem, const char *path) {
  FILE *file = fopen(text("%s/%s", conu_filesystem_get_mount_point(filesystem), path), "r");
  if (file == NULL) return text("(none)");
  char buffer[4096];
  size_t size = fread(buffer, 1, sizeof buffer - 1, file);
  fclose(file);
  return text("%.*s", (int)size, buffer);
}

static bool is_there(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0;
}

static bool is_mount_point(const char *path) {
  return strstr(shell("cat /proc/self/mountinfo"), text(" %s ", path)) != NULL;
}

// The name of an image of so many layers, of which layered.py makes an archive.
static char *layered_in(const char *archive, int count) {
  char *name = text("conu/layered-%d:latest", count);
  shell("PYTHONDONTWRITEBYTECODE=1 python3 $(dirname %s)/layered.py %d %s %s", setting("CONU_TEST_LAB"), count, name,
        archive);
  return name;
}

static conu_image_t *layered(int count) {
  char *archive = text("%s/layered.tar", fresh_folder()), *name = layered_in(archive, count);
  conu_image_list_t *list;
  remove_later(name);
  ok(conu_image_load(engine, archive, NULL, &list, &error));
  conu_image_t *image;
  ok(conu_image_list_get(list, 0, &image, &error));
  conu_image_list_free(list);
  return kept_image(image);
}

static void shows_layers(conu_filesystem_t *filesystem, int count) {
  assert_string_equal(content(filesystem, "newest"), text("%d\n", count));
  assert_string_equal(content(filesystem, text("layers/%d", count)), text("%d\n", count));
  assert_string_equal(content(filesystem, "layers/1"), "1\n");
  if (count > 1) assert_string_equal(content(filesystem, text("passing-%d", count - 1)), "(none)");
  assert_string_equal(content(filesystem, text("passing-%d", count)), "");
}

// --- images ----------------------------------------------------------------------------------------------------------

static void an_image_of_one_layer_is_bound(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(layered(1), NULL);
  assert_string_equal(conu_filesystem_get_method(filesystem), "bind");
  shows_layers(filesystem, 1);
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
}

static void layers_lie_one_above_the_other(void **state) {
  (void)state;
  // More than fit into the options of a mount by their paths.
  conu_filesystem_t *filesystem = mounted(layered(60), NULL);
  assert_string_equal(conu_filesystem_get_method(filesystem), "overlay");
  shows_layers(filesystem, 60);
}

static void each_way_shows_the_same(void **state) {
  (void)state;
  conu_image_t *image = layered(3);
  shows_layers(mounted(image, "overlay"), 3);
  shows_layers(mounted(image, "fuse"), 3);
  shows_layers(mounted(image, "extract"), 3);
}

// With users of its own an engine has others for owners on the disk; with a program for its layers it has marks of
// removed files in them that the kernel does not know.
static void layers_that_are_not_for_the_kernel_are_shown_in_another_way(void **state) {
  (void)state;
  struct spare *spare = spare_engine_of(on_podman() ? "podman-fuse" : "docker-users");
  const char *why = on_podman() ? "marks that the kernel does not know" : "the owners of a user namespace";
  for (int count = 1; count <= 3; count += 2) {
    char *archive = text("%s/layered.tar", fresh_folder());
    char *name = layered_in(archive, count);
    shell("docker --host %s load -i %s", spare->url, archive);
    conu_image_t *image = image_of(spare->engine, text("%s%s", on_podman() ? "localhost/" : "", name));
    conu_filesystem_t *filesystem = mounted(image, NULL);
    assert_string_equal(conu_filesystem_get_method(filesystem), on_podman() ? "fuse" : "extract");
    shows_layers(filesystem, count);
    assert_string_equal(content(filesystem, ".wh.passing-2"), "(none)");
    char *status;
    ok(conu_filesystem_stat(filesystem, "/set-uid", NULL, &status, &error));
    status = taken(status);
    contains(status, "\"mode_octal\":\"4755\"");
    contains(status, "\"uid\":0,\"gid\":0");
    fails(CONU_ERROR_UNSUPPORTED,
          conu_image_mount(image, NULL, by(count == 1 ? "bind" : "overlay"), NULL, &filesystem, &error), why);
  }
}

static void one_layer_can_be_an_overlay_too(void **state) {
  (void)state;
  shows_layers(mounted(layered(1), "overlay"), 1);
}

static void files_are_read_only_and_keep_their_set_uid_bits(void **state) {
  (void)state;
  const char *methods[] = {"bind", "overlay"};
  conu_image_t *image = layered(1);
  for (size_t i = 0; i < 2; i++) {
    const char *folder = conu_filesystem_get_mount_point(mounted(image, methods[i]));
    struct stat status;
    assert_int_equal(stat(text("%s/set-uid", folder), &status), 0);
    assert_int_equal(status.st_mode & 07777, 04755);
    assert_int_equal(open(text("%s/new", folder), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), -1);
    assert_int_equal(errno, EROFS);
    const char *line = shell("grep ' %s ' /proc/self/mountinfo", folder);
    contains(line, "ro,nosuid,nodev");
  }
}

static void a_way_that_is_asked_for_fails_for_its_own_reason(void **state) {
  (void)state;
  conu_image_t *image = layered(3);
  conu_filesystem_t *filesystem;
  fails(CONU_ERROR_UNSUPPORTED, conu_image_mount(image, NULL, by("bind"), NULL, &filesystem, &error),
        "there are 3 layers");
  says("conu/layered-3:latest cannot be mounted at ");
  assert_null(filesystem);
  fails(CONU_ERROR_UNSUPPORTED, conu_image_mount(image, NULL, by("merged"), NULL, &filesystem, &error),
        "cannot be mounted by \"merged\"");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_mount_options_set_method(by(NULL), "magic", &error),
        "there is no method \"magic\"");
}

static void an_extraction_keeps_to_its_limits(void **state) {
  (void)state;
  conu_mount_options_t *options = by("extract");
  conu_mount_options_set_limits(options, 3, -1);
  conu_filesystem_t *filesystem;
  fails(CONU_ERROR_IO, conu_image_mount(layered(3), NULL, options, NULL, &filesystem, &error), "extract: ");
  char *folder = fresh_folder();
  fails(CONU_ERROR_IO, conu_image_mount(layered(3), folder, options, NULL, &filesystem, &error), folder);
  assert_string_equal(shell("ls -A %s", folder), "");
}

// As if it were on another machine.
static conu_engine_t *afar(void) {
  set_variable("DOCKER_TLS_VERIFY", on_podman() ? NULL : "1");
  set_variable("DOCKER_CERT_PATH", on_podman() ? NULL : setting("CONU_TEST_TLS_CERTIFICATES"));
  return opened(setting(on_podman() ? "CONU_TEST_TCP_HOST" : "CONU_TEST_TLS_HOST"));
}

// What an engine that is not of this machine allows.
static void files_come_from_afar(void **state) {
  (void)state;
  conu_image_t *image = image_of(afar(), setting("CONU_TEST_IMAGE"));
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(image, NULL, NULL, NULL, &filesystem, &error));
  kept_filesystem(filesystem);
  assert_string_equal(conu_filesystem_get_method(filesystem), "extract");
  contains(content(filesystem, "etc/os-release"), "conu busybox");
  fails(CONU_ERROR_UNSUPPORTED, conu_image_mount(image, NULL, by("overlay"), NULL, &filesystem, &error),
        "may be on another machine");
}

static void what_is_known_of_an_image_is_not_asked_again(void **state) {
  (void)state;
  const char *name = "conu/passing:1";
  conu_engine_t *engines[] = {afar(), engine};
  for (size_t i = 0; i < 2; i++) {
    conu_image_t *tagged;
    ok(conu_image_tag_image(busybox, "conu/passing", "1", NULL, &tagged, &error));
    kept_image(tagged);
    conu_image_t *image = image_of(engines[i], name);
    ok(conu_filesystem_unmount(mounted(image, NULL), NULL, &error));
    // The engine would not find it by its name any more.
    ask("DELETE", text("/images/%s", on_podman() ? "localhost/conu/passing:1" : name));
    contains(content(mounted(image, NULL), "etc/os-release"), "conu busybox");
  }
}

// An ordinary user who reaches the engine and may not mount.
static void as_a_user(void) {
  child_expects(setgroups(0, NULL) == 0 && setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0);
  conu_filesystem_t *filesystem = NULL;
  conu_status_t status = conu_image_mount(busybox, NULL, NULL, NULL, &filesystem, &error);
  if (status != CONU_OK) dprintf(STDERR_FILENO, "%s\n", conu_error_get_message(error));
  child_expects(status == CONU_OK);
  child_expects(strcmp(conu_filesystem_get_method(filesystem), "extract") == 0);
  child_expects(strstr(content(filesystem, "etc/os-release"), "conu busybox") != NULL);
  child_expects(strcmp(content(filesystem, "etc/shadow"), "root:*:::::::\n") == 0);
  child_expects(conu_filesystem_unmount(filesystem, NULL, &error) == CONU_OK);
  conu_filesystem_free(filesystem);
}

static const char *engine_socket(void) { return setting("CONU_HOST") + strlen("unix://"); }

static void lock_engine(void *mode) { shell("chmod %s %s", (char *)mode, engine_socket()); }

static void an_ordinary_user_has_the_files_extracted(void **state) {
  (void)state;
  char *mode = shell("stat -c %%a %s", engine_socket());
  mode[strcspn(mode, "\n")] = '\0';
  put_off(lock_engine, mode);
  lock_engine("0666");
  in_child(as_a_user);
}

static void an_image_that_is_not_there_is_not_mounted(void **state) {
  (void)state;
  conu_filesystem_t *filesystem;
  fails(CONU_ERROR_NOT_FOUND, conu_image_mount(image_named("conu/nowhere:1"), NULL, NULL, NULL, &filesystem, &error),
        "conu/nowhere");
  hints("pull, load or build it first");
  assert_null(filesystem);
  set_variable("TMPDIR", "/nonexistent/folder");
  fails(CONU_ERROR_NOT_FOUND, conu_image_mount(busybox, NULL, NULL, NULL, &filesystem, &error), "/nonexistent/folder");
  hints("TMPDIR");
}

static void an_image_that_came_anew_is_found_again(void **state) {
  (void)state;
  conu_image_t *image = layered(3);
  ok(conu_filesystem_unmount(mounted(image, NULL), NULL, &error));
  ask("DELETE", "/images/conu/layered-3:latest?force=1");
  layered(3);
  shows_layers(mounted(image, "overlay"), 3);
}

// --- mount points ----------------------------------------------------------------------------------------------------

static void a_folder_of_the_user_stays(void **state) {
  (void)state;
  char *folder = fresh_folder();
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(layered(3), folder, NULL, NULL, &filesystem, &error));
  kept_filesystem(filesystem);
  assert_string_equal(conu_filesystem_get_mount_point(filesystem), folder);
  shows_layers(filesystem, 3);
  conu_filesystem_t *second;
  fails(CONU_ERROR_CONFLICT, conu_image_mount(layered(1), folder, NULL, NULL, &second, &error),
        "something is mounted there already");
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
  assert_false(is_mount_point(folder));
  assert_true(is_there(folder));
}

static void a_folder_that_is_missing_is_made_and_removed(void **state) {
  (void)state;
  char *above = fresh_folder(), *folder = text("%s/a/b", above);
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(layered(3), folder, NULL, NULL, &filesystem, &error));
  kept_filesystem(filesystem);
  assert_true(is_mount_point(folder));
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
  assert_false(is_there(text("%s/a", above)));
}

static void a_folder_with_files_is_refused(void **state) {
  (void)state;
  char *folder = fresh_folder();
  file_in(folder, "mine", "mine");
  conu_filesystem_t *filesystem;
  fails(CONU_ERROR_CONFLICT, conu_image_mount(layered(3), folder, NULL, NULL, &filesystem, &error), "is not empty");
  assert_true(is_there(text("%s/mine", folder)));
  fails(CONU_ERROR_CONFLICT, conu_image_mount(layered(3), text("%s/mine", folder), NULL, NULL, &filesystem, &error),
        "it is something else");
}

static void a_relative_mount_point_is_one_of_the_working_folder(void **state) {
  (void)state;
  char *folder = fresh_folder(), before[4096];
  assert_non_null(getcwd(before, sizeof before));
  assert_int_equal(chdir(folder), 0);
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(layered(3), "here", NULL, NULL, &filesystem, &error));
  kept_filesystem(filesystem);
  assert_int_equal(chdir(before), 0);
  assert_string_equal(conu_filesystem_get_mount_point(filesystem), text("%s/here", folder));
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
  assert_false(is_there(text("%s/here", folder)));
}

// --- the end ---------------------------------------------------------------------------------------------------------

static void unmounting_twice_does_no_harm(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(layered(3), NULL);
  char *folder = text("%s", conu_filesystem_get_mount_point(filesystem));
  assert_true(is_mount_point(folder));
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
  assert_false(is_there(folder));
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
}

static void what_others_unmounted_needs_no_unmounting(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(layered(3), NULL);
  char *folder = text("%s", conu_filesystem_get_mount_point(filesystem));
  assert_int_equal(umount2(folder, MNT_DETACH), 0);  // the library has the root open itself
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
  assert_false(is_there(folder));
}

static void a_mount_in_use_says_by_whom_and_goes_on_working(void **state) {
  (void)state;
  const char *methods[] = {"overlay", "fuse"};
  conu_image_t *image = layered(3);
  for (size_t i = 0; i < 2; i++) {
    conu_filesystem_t *filesystem = mounted(image, methods[i]);
    const char *folder = conu_filesystem_get_mount_point(filesystem);
    int fd = open(text("%s/newest", folder), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    fails(CONU_ERROR_CONFLICT, conu_filesystem_unmount(filesystem, NULL, &error), "it is in use by this process");
    says("newest\"");
    hints("close what is open there");
    close(fd);
    shows_layers(filesystem, 3);

    pid_t child = fork();
    if (child == 0) {
      if (chdir(folder) != 0) _exit(1);
      pause();
      _exit(0);
    }
    while (strcmp(shell("readlink /proc/%d/cwd", child), text("%s\n", folder)) != 0) sleep_ms(5);
    fails(CONU_ERROR_CONFLICT, conu_filesystem_unmount(filesystem, NULL, &error),
          text("it is in use by process %d (", child));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ok(conu_filesystem_unmount(filesystem, NULL, &error));
  }
}

static void freeing_a_mount_in_use_takes_it_away(void **state) {
  (void)state;
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(layered(3), NULL, NULL, NULL, &filesystem, &error));
  char *folder = text("%s", conu_filesystem_get_mount_point(filesystem));
  int fd = open(text("%s/newest", folder), O_RDONLY | O_CLOEXEC);
  conu_filesystem_free(filesystem);
  assert_false(is_there(folder));
  char byte;
  assert_int_equal(read(fd, &byte, 1), 1);
  assert_int_equal(close(fd), 0);
}

static void a_child_leaves_the_mounts_of_its_parent_alone(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(layered(3), NULL);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    bool is_refused = conu_filesystem_unmount(filesystem, NULL, NULL) == CONU_ERROR_STATE;
    conu_filesystem_free(filesystem);
    _exit(is_refused && conu_filesystem_sweep(NULL, NULL) == CONU_OK ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  shows_layers(filesystem, 3);
}

// --- what the dead leave ---------------------------------------------------------------------------------------------

// A process that mounts and is killed. Gives where the mount was; `mount_point` NULL for a fresh one.
static char *left_by_a_dead_process(conu_image_t *image, const char *mount_point, const char *method) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    conu_filesystem_t *filesystem = NULL;
    if (conu_image_mount(image, mount_point, by(method), NULL, &filesystem, &error) != CONU_OK) _exit(1);
    const char *folder = conu_filesystem_get_mount_point(filesystem);
    if (write(ends[1], folder, strlen(folder) + 1) < 0) _exit(1);
    pause();
    _exit(0);
  }
  close(ends[1]);
  char folder[4096];
  assert_true(read(ends[0], folder, sizeof folder) > 0);
  close(ends[0]);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  assert_true(is_mount_point(folder) == (method == NULL || strcmp(method, "extract") != 0));
  return text("%s", folder);
}

static void a_sweep_removes_what_the_dead_left(void **state) {
  (void)state;
  conu_image_t *image = layered(3);
  conu_filesystem_t *alive = mounted(image, NULL);
  char *given = fresh_folder();
  char *fresh_one = left_by_a_dead_process(image, NULL, NULL);
  char *made = left_by_a_dead_process(image, text("%s/made", fresh_folder()), NULL);
  // The next mount has removed the first of them already, and the next one this.
  assert_false(is_there(fresh_one));
  char *chosen = left_by_a_dead_process(image, given, NULL);
  assert_false(is_there(made));
  char *fuse = left_by_a_dead_process(image, NULL, "fuse");
  assert_false(is_mount_point(chosen));
  assert_true(is_there(chosen));
  char *extracted = left_by_a_dead_process(image, NULL, "extract");
  assert_false(is_there(fuse));
  char *extracted_here = left_by_a_dead_process(image, given, "extract");
  assert_false(is_there(extracted));
  assert_true(is_there(text("%s/newest", extracted_here)));
  ok(conu_filesystem_sweep(NULL, &error));
  assert_false(is_there(text("%s/newest", extracted_here)));
  assert_true(is_there(extracted_here));
  shows_layers(alive, 3);
}

// Kills a process while it mounts, after so many microseconds. Whether it had done it by then.
static bool killed_while_mounting(conu_image_t *image, const char *mount_point, const char *method, int after_us) {
  int ends[2];
  assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    conu_filesystem_t *filesystem = NULL;
    conu_status_t status = conu_image_mount(image, mount_point, by(method), NULL, &filesystem, &error);
    if (write(ends[1], status == CONU_OK ? "y" : "n", 1) < 0) _exit(1);
    for (;;) pause();
  }
  usleep(after_us);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  char answer = '-';
  bool is_done = read(ends[0], &answer, 1) == 1;
  assert_int_not_equal(answer, 'n');
  close(ends[0]);
  close(ends[1]);
  return is_done;
}

static void a_process_that_is_killed_while_it_mounts_leaves_nothing(void **state) {
  (void)state;
  const struct {
    const char *method;
    int step_us;
  } ways[] = {{"overlay", 300}, {"fuse", 500}, {"extract", 20000}};
  conu_image_t *image = layered(3);
  set_variable("TMPDIR", fresh_folder());
  for (size_t i = 0; i < 2 * sizeof ways / sizeof *ways; i++) {
    bool is_chosen = i % 2 == 1, is_done = false;
    char *chosen = is_chosen ? fresh_folder() : NULL;
    for (int us = 0; !is_done; us += ways[i / 2].step_us) {
      is_done = killed_while_mounting(image, chosen, ways[i / 2].method, us);
      // What the process had started may be at its mount for some moments more.
      bool is_gone = false;
      for (int64_t start = now_ms(); !is_gone && now_ms() - start < 5000; sleep_ms(is_gone ? 0 : 20)) {
        ok(conu_filesystem_sweep(NULL, &error));
        is_gone = strcmp(shell("ls -A $TMPDIR/conu-0 2>/dev/null || true"), "") == 0;
      }
      assert_string_equal(shell("ls -A $TMPDIR/conu-0 2>/dev/null || true"), "");
      lacks(shell("cat /proc/self/mountinfo"), getenv("TMPDIR"));
      if (chosen == NULL) continue;
      assert_false(is_mount_point(chosen));
      assert_string_equal(shell("ls -A %s", chosen), "");
    }
    sleep_ms(100);
    if (is_chosen) assert_false(is_mount_point(chosen));
  }
  // The containers of the dead go with the next extraction.
  ok(conu_filesystem_unmount(mounted(image, "extract"), NULL, &error));
}

// A program that mounts for us does so when it likes, and may well outlive us.
static void a_mount_that_comes_after_the_death_of_its_process_is_removed(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  char *folder = fresh_folder(), *chosen = fresh_folder();
  char *program = file_in(folder, "fuse-overlayfs",
                          text("#!/bin/sh\ncd %s; touch started\nwhile [ ! -e go ]; do sleep 0.01; done\n"
                               "mount -t tmpfs -o ro,nosuid,nodev conu $3; touch mounted\n",
                               folder));
  assert_int_equal(chmod(program, 0755), 0);
  conu_image_t *image = layered(3);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    setenv("PATH", text("%s:%s", folder, getenv("PATH")), 1);
    conu_filesystem_t *filesystem = NULL;
    conu_image_mount(image, chosen, by("fuse"), NULL, &filesystem, &error);
    _exit(1);
  }
  for (int i = 0; i < 1000 && !is_there(text("%s/started", folder)); i++) sleep_ms(10);
  kill(child, SIGKILL);
  assert_int_equal(waitpid(child, NULL, 0), child);
  ok(conu_filesystem_sweep(NULL, &error));
  file_in(folder, "go", "");
  for (int i = 0; i < 1000 && !is_there(text("%s/mounted", folder)); i++) sleep_ms(10);
  assert_true(is_mount_point(chosen));
  for (int i = 0; i < 500 && is_mount_point(chosen); i++) {
    sleep_ms(10);
    ok(conu_filesystem_sweep(NULL, &error));
  }
  bool is_left = is_mount_point(chosen);
  if (is_left) umount2(chosen, MNT_DETACH);
  assert_false(is_left);
  assert_string_equal(shell("ls -A $TMPDIR/conu-0"), "");
}

#define DOCKER text("docker --host %s", setting("CONU_HOST"))

static bool has_container(pid_t pid) {
  return strcmp(shell("%s ps -aq --filter label=conu.files --filter label=conu.pid=%d", DOCKER, pid), "") != 0;
}

static void end_child(void *pid) {
  kill(*(pid_t *)pid, SIGKILL);
  waitpid(*(pid_t *)pid, NULL, 0);
}

// A process that is stopped in the middle of an extraction.
static pid_t *stopped_while_extracting(conu_image_t *image) {
  pid_t *child = malloc(sizeof *child);
  put_off(free, child);
  fflush(NULL);
  *child = fork();
  if (*child == 0) {
    for (;;) {
      conu_filesystem_t *filesystem = NULL;
      if (conu_image_mount(image, NULL, by("extract"), NULL, &filesystem, &error) != CONU_OK) _exit(1);
      conu_filesystem_free(filesystem);
    }
  }
  put_off(end_child, child);
  for (int64_t start = now_ms(); now_ms() - start < 20000;) {
    kill(*child, SIGSTOP);
    if (has_container(*child)) return child;
    kill(*child, SIGCONT);
    sleep_ms(20);
  }
  fail_msg("no container was seen");
  return NULL;
}

static char *labelled_container(const char *maker) {
  return strtok(shell("%s create --label conu.files=%s %s true", DOCKER, maker, setting("CONU_TEST_IMAGE")), "\n");
}

static void an_extraction_removes_the_containers_of_the_dead_alone(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  conu_image_t *image = pulled(in_registry("CONU_TEST_REGISTRY", "conu/random"));
  pid_t *dead = stopped_while_extracting(image), *alive = stopped_while_extracting(image);
  kill(*dead, SIGKILL);
  waitpid(*dead, NULL, 0);
  assert_true(has_container(*dead));
  char *boot = strtok(shell("cat /proc/sys/kernel/random/boot_id"), "\n");
  // Of another space of process numbers, and of another machine.
  char *elsewhere = labelled_container(text("2147483646.1.1.%s", boot)), *afar = labelled_container("1.1.1.no-boot");
  char *gone =
      labelled_container(text("2147483646.1.%s.%s", strtok(shell("stat -Lc %%i /proc/self/ns/pid"), "\n"), boot));
  ok(conu_filesystem_unmount(mounted(image, "extract"), NULL, &error));
  bool dead_is_left = has_container(*dead), alive_is_left = has_container(*alive);
  end_child(alive);
  bool others_are_left = container_exists(elsewhere) && container_exists(afar), gone_is_left = container_exists(gone);
  shell("%s rm -f %s %s", DOCKER, elsewhere, afar);
  ok(conu_filesystem_unmount(mounted(image, "extract"), NULL, &error));
  assert_false(dead_is_left);
  assert_true(alive_is_left);
  assert_true(others_are_left);
  assert_false(gone_is_left);
  assert_false(has_container(*alive));
}

// The moment between a mount and the note of it.
static void a_mount_that_a_dead_process_had_not_noted_yet_is_removed(void **state) {
  (void)state;
  set_variable("TMPDIR", fresh_folder());
  ok(conu_filesystem_unmount(mounted(layered(1), NULL), NULL, &error));
  char *records = text("%s/conu-0", getenv("TMPDIR")), *place = fresh_folder(), *living = fresh_folder();
  for (int i = 0; i < 2; i++) {
    char *folder = i == 0 ? place : living;
    file_in(records, text("1.1.1.no-boot.%d.chosen/place", i),
            text("given %s %s", strtok(shell("stat -c '%%d %%i' %s", folder), "\n"), folder));
  }
  assert_int_equal(mount("conu", place, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, NULL), 0);
  conu_filesystem_t *filesystem;
  ok(conu_image_mount(layered(1), living, NULL, NULL, &filesystem, &error));
  kept_filesystem(filesystem);
  ok(conu_filesystem_sweep(NULL, &error));
  bool is_left = is_mount_point(place);
  if (is_left) umount2(place, MNT_DETACH);
  assert_false(is_left);
  shows_layers(filesystem, 1);
  assert_string_equal(shell("ls %s | wc -l", records), "1\n");
}

static void a_sweep_leaves_what_is_no_record_alone(void **state) {
  (void)state;
  char *folder = fresh_folder();
  set_variable("TMPDIR", folder);
  ok(conu_filesystem_sweep(NULL, &error));
  char *records = text("%s/conu-0", folder), *theirs = fresh_folder();
  file_in(records, "note", "mine");
  file_in(records, "1.2.3/file", "mine");
  chmod(records, 0700);
  ok(conu_filesystem_sweep(NULL, &error));
  assert_true(is_there(text("%s/1.2.3/file", records)));

  // Whoever puts a link into the place of the folder leads nowhere.
  shell("rm -r %s && ln -s %s %s", records, theirs, records);
  file_in(theirs, "1.1.1.no-boot.x/file", "theirs");
  fails(CONU_ERROR_PERMISSION, conu_filesystem_sweep(NULL, &error), "somebody else has taken the name");
  conu_filesystem_t *filesystem;
  fails(CONU_ERROR_PERMISSION, conu_image_mount(layered(3), NULL, NULL, NULL, &filesystem, &error),
        "somebody else has taken the name");
  assert_true(is_there(text("%s/1.1.1.no-boot.x/file", theirs)));
}

// --- containers ------------------------------------------------------------------------------------------------------

static void a_running_container_shows_what_it_sees(void **state) {
  (void)state;
  conu_container_t *container =
      run("--tmpfs /scratch", "echo changed > /new; echo volatile > /scratch/file; touch /ready; sleep 100");
  conu_filesystem_t *filesystem = mounted_container(container, NULL);
  assert_string_equal(conu_filesystem_get_method(filesystem), "merged");
  for (int i = 0; i < 1000 && strcmp(content(filesystem, "ready"), "") != 0; i++) sleep_ms(10);
  assert_string_equal(content(filesystem, "new"), "changed\n");
  assert_string_equal(content(filesystem, "scratch/file"), "volatile\n");
  for (int i = 0; i < 1000 && strcmp(content(filesystem, "proc/1/cmdline"), "sleep") != 0; i++) sleep_ms(10);
  assert_string_equal(content(filesystem, "proc/1/cmdline"), "sleep");
  const char *folder = conu_filesystem_get_mount_point(filesystem);
  assert_int_equal(open(text("%s/scratch/mine", folder), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), -1);
  assert_int_equal(errno, EROFS);

  int fd = open(text("%s/scratch/file", folder), O_RDONLY | O_CLOEXEC);
  fails(CONU_ERROR_CONFLICT, conu_filesystem_unmount(filesystem, NULL, &error), "it is in use by this process");
  assert_string_equal(content(filesystem, "scratch/file"), "volatile\n");
  close(fd);
  ok(conu_filesystem_unmount(filesystem, NULL, &error));
  // The container has kept its own.
  ok(conu_container_stop(container, 0, NULL, &error));
}

static void unmounting_takes_nothing_from_the_container(void **state) {
  (void)state;
  conu_container_t *container =
      run("--tmpfs /scratch", "while [ ! -e /tmp/go ]; do sleep 0.02; done; cat /proc/mounts");
  ok(conu_filesystem_unmount(mounted_container(container, "merged"), NULL, &error));
  ok(conu_container_copy_to(container, file_in(fresh_folder(), "go", ""), "/tmp/go", NULL, &error));
  assert_int_equal(waited(container), 0);
  contains(logs(container), " /scratch tmpfs");
  contains(logs(container), " /proc proc");
}

static void a_paused_container_shows_its_files(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo changed > /new; touch /ready; sleep 100");
  conu_filesystem_t *filesystem = mounted_container(container, NULL);
  for (int i = 0; i < 1000 && strcmp(content(filesystem, "ready"), "") != 0; i++) sleep_ms(10);
  ok(conu_container_pause(container, NULL, &error));
  conu_filesystem_t *paused = mounted_container(container, NULL);
  assert_string_equal(conu_filesystem_get_method(paused), "merged");
  assert_string_equal(content(paused, "new"), "changed\n");
  ok(conu_container_unpause(container, NULL, &error));
}

static void a_container_that_has_ended_shows_what_it_left(void **state) {
  (void)state;
  conu_container_t *container = run("", "echo changed > /new; rm /etc/shadow");
  assert_int_equal(waited(container), 0);
  const char *methods[] = {NULL, "overlay", "fuse", "extract"};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    conu_filesystem_t *filesystem = mounted_container(container, methods[i]);
    if (methods[i] == NULL) assert_string_equal(conu_filesystem_get_method(filesystem), "overlay");
    assert_string_equal(content(filesystem, "new"), "changed\n");
    assert_string_equal(content(filesystem, "etc/shadow"), "(none)");
    contains(content(filesystem, "etc/os-release"), "conu busybox");
  }
}

static void the_layers_of_a_running_container_can_be_had(void **state) {
  (void)state;
  conu_container_t *container = run("--tmpfs /scratch", "echo volatile > /scratch/file; sleep 100");
  conu_filesystem_t *filesystem = mounted_container(container, "overlay");
  assert_string_equal(content(filesystem, "scratch/file"), "(none)");
  contains(content(filesystem, "etc/os-release"), "conu busybox");
}

static void a_container_that_is_gone_is_not_mounted(void **state) {
  (void)state;
  conu_container_t *container = run("", "true");
  assert_int_equal(waited(container), 0);
  ok(conu_container_delete(container, true, true, NULL, &error));
  conu_filesystem_t *filesystem;
  fails(CONU_ERROR_NOT_FOUND, conu_container_mount(container, NULL, NULL, NULL, &filesystem, &error), "container");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_image_of_one_layer_is_bound),
      TEST(layers_lie_one_above_the_other),
      TEST(each_way_shows_the_same),
      TEST(layers_that_are_not_for_the_kernel_are_shown_in_another_way),
      TEST(one_layer_can_be_an_overlay_too),
      TEST(files_are_read_only_and_keep_their_set_uid_bits),
      TEST(a_way_that_is_asked_for_fails_for_its_own_reason),
      TEST(an_extraction_keeps_to_its_limits),
      TEST(files_come_from_afar),
      TEST(what_is_known_of_an_image_is_not_asked_again),
      TEST(an_ordinary_user_has_the_files_extracted),
      TEST(an_image_that_is_not_there_is_not_mounted),
      TEST(an_image_that_came_anew_is_found_again),
      TEST(a_folder_of_the_user_stays),
      TEST(a_folder_that_is_missing_is_made_and_removed),
      TEST(a_folder_with_files_is_refused),
      TEST(a_relative_mount_point_is_one_of_the_working_folder),
      TEST(unmounting_twice_does_no_harm),
      TEST(what_others_unmounted_needs_no_unmounting),
      TEST(a_mount_in_use_says_by_whom_and_goes_on_working),
      TEST(freeing_a_mount_in_use_takes_it_away),
      TEST(a_child_leaves_the_mounts_of_its_parent_alone),
      TEST(a_sweep_removes_what_the_dead_left),
      TEST(a_process_that_is_killed_while_it_mounts_leaves_nothing),
      TEST(a_mount_that_comes_after_the_death_of_its_process_is_removed),
      TEST(an_extraction_removes_the_containers_of_the_dead_alone),
      TEST(a_mount_that_a_dead_process_had_not_noted_yet_is_removed),
      TEST(a_sweep_leaves_what_is_no_record_alone),
      TEST(a_running_container_shows_what_it_sees),
      TEST(unmounting_takes_nothing_from_the_container),
      TEST(a_paused_container_shows_its_files),
      TEST(a_container_that_has_ended_shows_what_it_left),
      TEST(the_layers_of_a_running_container_can_be_had),
      TEST(a_container_that_is_gone_is_not_mounted),
  };
  return RUN_LAB_TESTS(tests);
}
