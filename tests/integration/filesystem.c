// What the files of images and containers are, by each way of mounting, beside what a shell in a container says of
// them.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <time.h>

#include "lab.h"

// --- helpers ---------------------------------------------------------------------------------------------------------

static void free_filesystem(void *filesystem) { conu_filesystem_free(filesystem); }
static void free_list(void *list) { conu_string_list_free(list); }

static conu_filesystem_t *kept(conu_filesystem_t *filesystem) {
  assert_non_null(filesystem);
  put_off(free_filesystem, filesystem);
  return filesystem;
}

static conu_filesystem_t *mounted(conu_image_t *image, const char *method) {
  conu_mount_options_t *options = conu_mount_options_new();
  ok(conu_mount_options_set_method(options, method, &error));
  conu_filesystem_t *filesystem = NULL;
  conu_status_t status = conu_image_mount(image, NULL, options, NULL, &filesystem, &error);
  conu_mount_options_free(options);
  ok(status);
  assert_string_equal(conu_filesystem_get_method(filesystem), method);
  return kept(filesystem);
}

// The image whose tree is an attack.
static conu_image_t *hostile(void) { return pulled(in_registry("CONU_TEST_REGISTRY", "conu/hostile-tree")); }

static const char *const methods[] = {"overlay", "fuse", "extract"};
#define EACH_METHOD(filesystem, image)                                            \
  for (size_t i_ = 0; i_ < sizeof methods / sizeof *methods; i_++)                \
    for (conu_filesystem_t *filesystem = mounted(image, methods[i_]); filesystem; \
         ok(conu_filesystem_unmount(filesystem, NULL, &error)), filesystem = NULL)

static char *read_file(conu_filesystem_t *filesystem, const char *path) {
  void *data;
  size_t size;
  ok(conu_filesystem_read_file(filesystem, path, NULL, &data, &size, &error));
  char *content = text("%.*s", (int)size, (char *)data);
  conu_bytes_free(data);
  return content;
}

static char *status_of(conu_filesystem_t *filesystem, const char *path) {
  char *json;
  ok(conu_filesystem_stat(filesystem, path, NULL, &json, &error));
  return taken(json);
}

static char *host_path(conu_filesystem_t *filesystem, const char *path) {
  char *found;
  ok(conu_filesystem_p(filesystem, path, NULL, &found, &error));
  return taken(found);
}

static bool has_file(conu_filesystem_t *filesystem, const char *path) {
  bool is_there;
  ok(conu_filesystem_file_is_present(filesystem, path, NULL, &is_there, &error));
  return is_there;
}

static bool has_directory(conu_filesystem_t *filesystem, const char *path) {
  bool is_there;
  ok(conu_filesystem_directory_is_present(filesystem, path, NULL, &is_there, &error));
  return is_there;
}

static conu_string_list_t *list_of(conu_filesystem_t *filesystem, const char *path) {
  conu_string_list_t *list;
  ok(conu_filesystem_list(filesystem, path, NULL, &list, &error));
  put_off(free_list, list);
  return list;
}

static char *joined(const conu_string_list_t *list) {
  char *all = text("%s", "");
  for (size_t i = 0; i < conu_string_list_size(list); i++)
    all = text("%s%s%s", all, i == 0 ? "" : " ", conu_string_list_get(list, i));
  return all;
}

// A member of a flat JSON object, without the quotes of a text; "" where there is none.
static char *member(const char *json, const char *name) {
  const char *found = strstr(json, text("\"%s\":", name));
  if (found == NULL) return text("%s", "");
  found += strlen(name) + 3;
  if (*found == '"') return text("%.*s", (int)strcspn(found + 1, "\""), found + 1);
  return text("%.*s", (int)strcspn(found, ",}"), found);
}
static long long number(const char *json, const char *name) { return atoll(member(json, name)); }

// What a script writes that runs as root in a container of the image, byte by byte: not all logs are for such.
static char *in_container(conu_image_t *image, const char *script) {
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("--user 0 --workdir /", text("{ %s ; } | base64", script)), NULL, &container,
                            &error));
  kept_container(container);
  assert_int_equal(waited(container), 0);
  return shell("base64 -d < %s", file_in(fresh_folder(), "log", logs(container)));
}

static void free_file(void *file) { fclose(file); }

// --- beside a shell --------------------------------------------------------------------------------------------------

// One line for each file below, as the script of the next test has them.
static void tell(conu_filesystem_t *filesystem, const char *folder, FILE *out) {
  conu_string_list_t *names;
  ok(conu_filesystem_list(filesystem, folder, NULL, &names, &error));
  for (size_t i = 0; i < conu_string_list_size(names); i++) {
    char *path = NULL, *json = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, conu_string_list_get(names, i)) > 0);
    ok(conu_filesystem_stat(filesystem, path, NULL, &json, &error));
    const char *type = member(json, "type");
    long long mode = number(json, "mode"), uid = number(json, "uid"), gid = number(json, "gid");
    long long size = number(json, "size"), mtime = number(json, "mtime");
    if (strcmp(type, "directory") == 0) {
      fprintf(out, "d %llo %lld %lld %lld %s\n", mode, uid, gid, mtime, path);
      tell(filesystem, path, out);
    } else if (strcmp(type, "file") == 0) {
      fprintf(out, "f %llo %lld %lld %lld %lld %lld %s\n", mode, uid, gid, mtime, size, number(json, "nlink"), path);
    } else if (strcmp(type, "symlink") == 0) {
      if (strstr(json, "target_base64") == NULL)
        fprintf(out, "l %lld %lld %lld %s %s\n", uid, gid, mtime, path, member(json, "target"));
    } else {
      fprintf(out, "%s %llo %lld %lld %lld %llx:%llx %s\n", type, mode, uid, gid, mtime, number(json, "major"),
              number(json, "minor"), path);
    }
    conu_string_free(json);
    free(path);
  }
  conu_string_list_free(names);
}

// Each part of the tree that no engine changes.
static const char *const parts[] = {"links", "modes", "owners", "names", "devices", "hard", "attributes", "layers"};

static void stat_and_list_say_what_a_shell_says(void **state) {
  (void)state;
  conu_image_t *image = hostile();
  char *script = text(
      "cd / ; for part in links modes owners names devices hard attributes layers; do p=/hostile/$part; "
      "find $p -mindepth 1 -type d -exec stat -c 'd %%a %%u %%g %%Y %%n' {} ';' ; "
      "find $p -mindepth 1 -type f -exec stat -c 'f %%a %%u %%g %%Y %%s %%h %%n' {} ';' ; "
      "find $p -type c -exec stat -c 'character_device %%a %%u %%g %%Y %%t:%%T %%n' {} ';' ; "
      "find $p -type b -exec stat -c 'block_device %%a %%u %%g %%Y %%t:%%T %%n' {} ';' ; "
      "find $p -type p -exec stat -c 'fifo %%a %%u %%g %%Y %%t:%%T %%n' {} ';' ; "
      "find $p -type l ! -name binary -exec sh -c 'echo \"l $(stat -c \"%%u %%g %%Y\" \"$0\") $0 "
      "$(readlink \"$0\")\"' {} ';' ; done");
  char *folder = fresh_folder();
  file_in(folder, "shell", in_container(image, script));
  shell("LC_ALL=C sort -o %s/shell %s/shell", folder, folder);
  EACH_METHOD(filesystem, image) {
    FILE *out = fopen(text("%s/ours", folder), "w");
    assert_non_null(out);
    put_off(free_file, out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) tell(filesystem, text("/hostile/%s", parts[i]), out);
    fflush(out);
    assert_string_equal(shell("cd %s && LC_ALL=C sort -o ours ours && wc -l < ours | xargs test 100 -lt && "
                              "diff -a shell ours | cut -c1-300 | head -20",
                              folder),
                        "");
  }
}

static void files_hold_what_a_shell_reads(void **state) {
  (void)state;
  conu_image_t *image = hostile();
  char *passwd = in_container(image, "cat /etc/passwd");
  assert_int_not_equal(strcmp(passwd, shell("cat /etc/passwd")), 0);
  EACH_METHOD(filesystem, image) {
    const char *ways[] = {"absolute",
                          "relative",
                          "to-relative",
                          "through",
                          "root/etc/passwd",
                          "up/etc/passwd",
                          "folder/../etc/passwd",
                          "here/here/../links/absolute",
                          "root/../../etc/passwd"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
      assert_string_equal(read_file(filesystem, text("/hostile/links/%s", ways[i])), passwd);
      assert_true(has_file(filesystem, text("hostile/links/%s", ways[i])));
      assert_string_equal(host_path(filesystem, text("/hostile/links/%s", ways[i])),
                          text("%s/etc/passwd", conu_filesystem_get_mount_point(filesystem)));
    }
    assert_string_equal(read_file(filesystem, "/../../hostile/modes/none"), "nobody reads this\n");
    assert_string_equal(read_file(filesystem, "/hostile/modes/closed/file"), "behind a closed folder\n");
    assert_string_equal(read_file(filesystem, "/hostile/empty"), "");
    assert_string_equal(read_file(filesystem, "/hostile/links/chain-7"), "the image's own\n");
  }
}

static void links_lead_nowhere_else(void **state) {
  (void)state;
  conu_image_t *image = hostile();
  EACH_METHOD(filesystem, image) {
    const char *nowhere[] = {"dangling", "process", "descriptor", "dangling/x", "absolute/x"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
      const char *path = text("/hostile/links/%s", nowhere[i]);
      assert_false(has_file(filesystem, path));
      assert_false(has_directory(filesystem, path));
      void *data;
      size_t size;
      fails(CONU_ERROR_NOT_FOUND, conu_filesystem_read_file(filesystem, path, NULL, &data, &size, &error), path);
      assert_null(data);
    }
    const char *circles[] = {"loop", "self", "self/x", "chain-0"};
    for (size_t i = 0; i < sizeof circles / sizeof *circles; i++) {
      bool is_there;
      const char *path = text("/hostile/links/%s", circles[i]);
      fails(CONU_ERROR_IO, conu_filesystem_file_is_present(filesystem, path, NULL, &is_there, &error), path);
    }
    char *json = status_of(filesystem, "/hostile/links/folder/passwd");
    assert_string_equal(member(json, "path"), "/etc/passwd");
    json = status_of(filesystem, "/hostile/links/through");
    assert_string_equal(member(json, "target"), "folder/passwd");
    assert_string_equal(member(json, "resolved"), "/etc/passwd");
    assert_string_equal(member(status_of(filesystem, "/hostile/links/loop"), "resolved"), "");
    assert_string_equal(member(status_of(filesystem, "/hostile/links/binary"), "target_base64"), "Y2Fm6Q==");
  }
}

static void what_is_no_file_is_told_and_never_opened(void **state) {
  (void)state;
  conu_image_t *image = hostile();
  EACH_METHOD(filesystem, image) {
    assert_string_equal(joined(list_of(filesystem, "/hostile/devices")), "loop null null-too pipe");
    const char *names[] = {"loop", "null", "null-too", "pipe"};
    for (size_t i = 0; i < 4; i++) {
      const char *path = text("/hostile/devices/%s", names[i]);
      bool is_there;
      void *data;
      size_t size;
      int fd;
      fails(CONU_ERROR_CONFLICT, conu_filesystem_file_is_present(filesystem, path, NULL, &is_there, &error), "it is a");
      fails(CONU_ERROR_CONFLICT, conu_filesystem_read_file(filesystem, path, NULL, &data, &size, &error), "it is a");
      fails(CONU_ERROR_CONFLICT, conu_filesystem_get_file(filesystem, path, O_RDWR, NULL, &fd, &error), "it is a");
      fails(CONU_ERROR_CONFLICT, conu_filesystem_copy_from(filesystem, path, "/nonexistent/x", NULL, &error),
            "it is a");
    }
    char *json = status_of(filesystem, "/hostile/devices/null");
    assert_string_equal(member(json, "permissions"), "crw-rw-rw-");
    contains(status_of(filesystem, "/hostile/attributes/capable"),
             "\"security.capability\":{\"base64\":\"AQAAAgAgAAAAAAAAAAAAAAAAAAA=\"}");
    assert_string_equal(member(status_of(filesystem, "/hostile/modes/set-uid"), "permissions"), "-rwsr-xr-x");
  }
}

static void folders_and_files_are_no_substitutes(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  bool is_there = true;
  conu_string_list_t *names;
  int fd;
  void *data;
  size_t size;
  fails(CONU_ERROR_CONFLICT, conu_filesystem_file_is_present(filesystem, "/etc", NULL, &is_there, &error), "a folder");
  assert_false(is_there);
  fails(CONU_ERROR_CONFLICT, conu_filesystem_directory_is_present(filesystem, "/etc/passwd", NULL, &is_there, &error),
        "a file");
  fails(CONU_ERROR_CONFLICT, conu_filesystem_list(filesystem, "/etc/passwd", NULL, &names, &error), "a file");
  fails(CONU_ERROR_CONFLICT, conu_filesystem_read_file(filesystem, "/etc", NULL, &data, &size, &error), "a folder");
  fails(CONU_ERROR_CONFLICT, conu_filesystem_get_file(filesystem, "/etc", O_RDONLY, NULL, &fd, &error), "a folder");
  fails(CONU_ERROR_NOT_FOUND, conu_filesystem_list(filesystem, "/nothing", NULL, &names, &error),
        "cannot list \"/nothing\" in the image 127.0.0.1:");
  assert_true(has_directory(filesystem, "/"));
  assert_true(has_directory(filesystem, "hostile/links/root"));
}

static void paths_that_are_none_are_refused(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  char *out, *far = malloc(10001);
  memset(far, 'x', 10000);
  far[10000] = '\0';
  bool is_there;
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_filesystem_p(filesystem, "", NULL, &out, &error), "path");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_filesystem_copy_from(filesystem, "", "/tmp/x", NULL, &error), "src");
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_filesystem_copy_from(filesystem, "/etc", "", NULL, &error), "dest");
  conu_status_t status = conu_filesystem_file_is_present(filesystem, far, NULL, &is_there, &error);
  free(far);
  fails(CONU_ERROR_IO, status, "too long");
  fails(CONU_ERROR_NOT_FOUND, conu_filesystem_p(filesystem, "/no/where", NULL, &out, &error), "/no/where");
  assert_null(out);
  assert_string_equal(host_path(filesystem, "/etc/new"),
                      text("%s/etc/new", conu_filesystem_get_mount_point(filesystem)));
  assert_string_equal(host_path(filesystem, "../.."), conu_filesystem_get_mount_point(filesystem));
  conu_status_t label = conu_filesystem_get_selinux_context(filesystem, "/etc/passwd", NULL, &out, &error);
  if (label == CONU_OK)
    contains(taken(out), ":");
  else if (label == CONU_ERROR_UNSUPPORTED)
    fails(CONU_ERROR_UNSUPPORTED, label, "keeps no labels");
  else
    fails(CONU_ERROR_NOT_FOUND, label, "it has none");
}

static void files_are_opened_and_never_changed(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  int fd;
  ok(conu_filesystem_get_file(filesystem, "/hostile/links/chain-7", O_RDONLY, NULL, &fd, &error));
  char content[100];
  assert_int_equal(read(fd, content, sizeof content), strlen("the image's own\n"));
  assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
  fails(CONU_ERROR_CONFLICT, conu_filesystem_unmount(filesystem, NULL, &error), "in use by this process");
  close(fd);
  fails(CONU_ERROR_PERMISSION, conu_filesystem_get_file(filesystem, "/etc/passwd", O_WRONLY, NULL, &fd, &error),
        "Read-only");
  hints("copy_from");
  fails(CONU_ERROR_PERMISSION, conu_filesystem_get_file(filesystem, "/new", O_RDWR | O_CREAT, NULL, &fd, &error),
        "Read-only");
  ok(conu_filesystem_get_file(filesystem, "/etc", O_RDONLY | O_DIRECTORY, NULL, &fd, &error));
  close(fd);
}

static conu_image_t *image_of_child;
static char *folder_of_child;

// The same by somebody who may not mount, set no owner, and read nothing that is closed.
static void as_a_user(void) {
  child_expects(setgroups(0, NULL) == 0 && setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0);
  conu_filesystem_t *filesystem = NULL;
  conu_status_t status = conu_image_mount(image_of_child, NULL, NULL, NULL, &filesystem, &error);
  if (status != CONU_OK) dprintf(STDERR_FILENO, "%s\n", conu_error_get_message(error));
  child_expects(status == CONU_OK);
  child_expects(strcmp(conu_filesystem_get_method(filesystem), "extract") == 0);
  child_expects(strcmp(read_file(filesystem, "/hostile/modes/closed/file"), "behind a closed folder\n") == 0);
  child_expects(strcmp(read_file(filesystem, "/hostile/modes/none"), "nobody reads this\n") == 0);
  child_expects(strcmp(member(status_of(filesystem, "/hostile/modes/closed"), "permissions"), "d---------") == 0);
  const char *json = status_of(filesystem, "/hostile/owners/nobody");
  child_expects(number(json, "uid") == 65534 && number(json, "mode") == 04755);
  child_expects(number(status_of(filesystem, "/etc/passwd"), "uid") == 0);
  child_expects(strcmp(joined(list_of(filesystem, "/hostile/devices")), "loop null null-too pipe") == 0);
  bool is_there;
  child_expects(conu_filesystem_file_is_present(filesystem, "/hostile/links/process", NULL, &is_there, NULL) ==
                CONU_OK);
  child_expects(!is_there);
  char *copy = text("%s/copy", folder_of_child);
  child_expects(conu_filesystem_copy_from(filesystem, "/hostile/owners", copy, NULL, &error) == CONU_OK);
  child_expects(conu_filesystem_unmount(filesystem, NULL, &error) == CONU_OK);
  conu_filesystem_free(filesystem);
}

static void lock_engine(void *mode) { shell("chmod %s %s", (char *)mode, setting("CONU_HOST") + strlen("unix://")); }

static void an_ordinary_user_is_told_the_same(void **state) {
  (void)state;
  image_of_child = hostile();
  folder_of_child = fresh_folder();
  shell("chmod 0777 %s", folder_of_child);
  char *mode = shell("stat -c %%a %s", setting("CONU_HOST") + strlen("unix://"));
  mode[strcspn(mode, "\n")] = '\0';
  put_off(lock_engine, mode);
  lock_engine("0666");
  in_child(as_a_user);
}

// --- copies ----------------------------------------------------------------------------------------------------------

static void a_tree_is_copied_as_it_is(void **state) {
  (void)state;
  conu_image_t *image = hostile();
  const char *sum = "find layers names hard owners modes -type f -exec sh -c 'md5sum < \"$0\"; echo \"$0\"' {} ';'";
  char *sums = in_container(image, text("cd /hostile && %s", sum));
  EACH_METHOD(filesystem, image) {
    char *folder = fresh_folder(), *copy = text("%s/made/copy", folder);
    ok(conu_filesystem_copy_from(filesystem, "/hostile", copy, NULL, &error));
    file_in(folder, "sums", sums);
    shell("cd %s && %s > %s/ours && sort %s/sums > %s/a && sort %s/ours > %s/b && cmp %s/a %s/b", copy, sum, folder,
          folder, folder, folder, folder, folder, folder);
    assert_string_equal(shell("readlink %s/links/absolute", copy), "/etc/passwd\n");
    assert_string_equal(shell("stat -c '%%h %%a' %s/hard/below/three", copy), "3 755\n");
    assert_string_equal(shell("stat -c '%%a %%U' %s/modes/closed %s/owners/nobody", copy, copy), "0 root\n755 root\n");
    assert_string_equal(shell("ls %s/devices", copy), "");
    fails(CONU_ERROR_CONFLICT, conu_filesystem_copy_from(filesystem, "/hostile", copy, NULL, &error), "already");
  }
}

static void a_file_is_copied_as_it_is(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  char *folder = fresh_folder();
  ok(conu_filesystem_copy_from(filesystem, "/hostile/links/chain-7", folder, NULL, &error));
  ok(conu_filesystem_copy_from(filesystem, "/hostile/hard/one", text("%s/chain-7", folder), NULL, &error));
  assert_string_equal(shell("cat %s/chain-7 && ls -A %s", folder, folder), "one file\nchain-7\n");
  fails(CONU_ERROR_NOT_FOUND, conu_filesystem_copy_from(filesystem, "/nothing", folder, NULL, &error), "/nothing");
  fails(CONU_ERROR_NOT_FOUND, conu_filesystem_copy_from(filesystem, "/etc/passwd", "/nonexistent/x", NULL, &error),
        "/nonexistent/x");
}

// --- containers ------------------------------------------------------------------------------------------------------

static void a_running_container_is_looked_at_as_it_sees_itself(void **state) {
  (void)state;
  conu_container_t *container = run("--tmpfs /scratch",
                                    "ln -s /etc/passwd /scratch/link; mkfifo /scratch/fifo; "
                                    "echo ready > /scratch/ready; exec sleep 100");
  conu_filesystem_t *filesystem;
  ok(conu_container_mount(container, NULL, NULL, NULL, &filesystem, &error));
  kept(filesystem);
  assert_string_equal(conu_filesystem_get_method(filesystem), "merged");
  for (int i = 0; i < 1000 && !has_file(filesystem, "/scratch/ready"); i++) sleep_ms(10);
  for (int i = 0; i < 1000 && strstr(read_file(filesystem, "/proc/1/status"), "sleep") == NULL; i++) sleep_ms(10);
  assert_string_equal(read_file(filesystem, "/scratch/ready"), "ready\n");
  contains(read_file(filesystem, "/proc/1/status"), "sleep");
  assert_string_equal(host_path(filesystem, "/scratch/link"),
                      text("%s/etc/passwd", conu_filesystem_get_mount_point(filesystem)));
  assert_string_equal(joined(list_of(filesystem, "/scratch")), "fifo link ready");
  assert_string_equal(member(status_of(filesystem, "/dev/null"), "type"), "character_device");
  int fd;
  fails(CONU_ERROR_CONFLICT, conu_filesystem_get_file(filesystem, "/scratch/fifo", O_RDONLY, NULL, &fd, &error),
        "FIFO");
  fails(CONU_ERROR_CONFLICT, conu_filesystem_get_file(filesystem, "/dev/null", O_RDONLY, NULL, &fd, &error), "device");
  // Links of the kernel's that are no paths would lead out.
  bool is_there;
  fails(CONU_ERROR_IO, conu_filesystem_file_is_present(filesystem, "/proc/1/root/etc/passwd", NULL, &is_there, &error),
        "/proc/1/root");
  char *folder = fresh_folder();
  ok(conu_filesystem_copy_from(filesystem, "/proc/1/status", folder, NULL, &error));
  contains(shell("cat %s/status", folder), "sleep");
  ok(conu_filesystem_copy_from(filesystem, "/scratch", text("%s/scratch", folder), NULL, &error));
  assert_string_equal(shell("ls %s/scratch", folder), "link\nready\n");
}

static conu_engine_t *engine_with_users(void) {
  if (on_podman()) return engine;
  struct spare *spare = spare_engine_of("docker-users");
  shell("docker --host %s pull %s", spare->url, setting("CONU_TEST_IMAGE"));
  return spare->engine;
}

static void a_container_with_users_of_its_own_has_the_owners_that_it_sees(void **state) {
  (void)state;
  conu_image_t *image = image_of(engine_with_users(), setting("CONU_TEST_IMAGE"));
  conu_container_t *container;
  ok(conu_image_run_via_api(image,
                            builder(on_podman() ? "--userns auto" : "",
                                    "touch /root-s; echo 1 > /new; chown 12:34 /new; touch /ready; sleep 1000"),
                            NULL, &container, &error));
  kept_container(container);
  conu_filesystem_t *filesystem;
  for (bool is_ready = false; !is_ready; conu_filesystem_free(is_ready ? NULL : filesystem)) {
    ok(conu_container_mount(container, NULL, NULL, NULL, &filesystem, &error));
    is_ready = has_file(filesystem, "/ready");
  }
  kept(filesystem);
  assert_string_equal(conu_filesystem_get_method(filesystem), "extract");
  char *file = status_of(filesystem, "/new");
  assert_int_equal(number(file, "uid"), 12);
  assert_int_equal(number(file, "gid"), 34);
  assert_int_equal(number(status_of(filesystem, "/root-s"), "uid"), 0);
  assert_int_equal(number(status_of(filesystem, "/etc/passwd"), "uid"), 0);
  conu_mount_options_t *options = conu_mount_options_new();
  ok(conu_mount_options_set_method(options, "merged", &error));
  conu_filesystem_t *merged;
  conu_status_t status = conu_container_mount(container, NULL, options, NULL, &merged, &error);
  conu_mount_options_free(options);
  fails(CONU_ERROR_UNSUPPORTED, status, "it has users of its own, who are others on this host");
}

// --- calls -----------------------------------------------------------------------------------------------------------

static void a_hundred_thousand_questions_take_less_than_a_second(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  clock_t begin = clock();  // of this process alone: other programs run beside the tests
  for (int i = 0; i < 100000; i++) {
    bool is_there;
    if (conu_filesystem_file_is_present(filesystem, "/hostile/layers/merged/changed", NULL, &is_there, NULL) != CONU_OK)
      fail();
    assert_true(is_there);
  }
  long taken_ms = (clock() - begin) * 1000 / CLOCKS_PER_SEC;
  print_message("# 100000 calls in %ld ms\n", taken_ms);
  assert_true(taken_ms < 1000);
}

static void ask_many_times(void *filesystem) {
  for (int i = 0; i < 300; i++) {
    assert_true(has_file(filesystem, "/hostile/links/absolute"));
    conu_string_list_t *names;
    assert_int_equal(conu_filesystem_list(filesystem, "/hostile/hard", NULL, &names, NULL), CONU_OK);
    assert_int_equal(conu_string_list_size(names), 3);
    conu_string_list_free(names);
  }
}

static void threads_take_turns(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  struct thread *threads[3];
  for (int i = 0; i < 3; i++) threads[i] = in_thread(ask_many_times, filesystem);
  for (int i = 0; i < 3; i++) join(threads[i]);
}

static void a_cancel_ends_a_copy_that_leaves_nothing(void **state) {
  (void)state;
  conu_filesystem_t *filesystem = mounted(hostile(), "overlay");
  char *folder = fresh_folder();
  fails(CONU_ERROR_TIMEOUT,
        conu_filesystem_copy_from(filesystem, "/", text("%s/copy", folder), cancel_within(1), &error), "deadline");
  assert_string_equal(shell("ls -A %s", folder), "");
}

static void after_the_unmount_nothing_can_be_asked(void **state) {
  (void)state;
  conu_image_t *image = hostile();
  EACH_METHOD(filesystem, image) {
    ok(conu_filesystem_unmount(filesystem, NULL, &error));
    bool is_there;
    char *out;
    fails(CONU_ERROR_STATE, conu_filesystem_file_is_present(filesystem, "/etc", NULL, &is_there, &error), "unmounted");
    fails(CONU_ERROR_STATE, conu_filesystem_stat(filesystem, "/etc", NULL, &out, &error), "unmounted");
    assert_non_null(conu_filesystem_get_mount_point(filesystem));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(stat_and_list_say_what_a_shell_says),
      TEST(files_hold_what_a_shell_reads),
      TEST(links_lead_nowhere_else),
      TEST(what_is_no_file_is_told_and_never_opened),
      TEST(folders_and_files_are_no_substitutes),
      TEST(paths_that_are_none_are_refused),
      TEST(files_are_opened_and_never_changed),
      TEST(an_ordinary_user_is_told_the_same),
      TEST(a_tree_is_copied_as_it_is),
      TEST(a_file_is_copied_as_it_is),
      TEST(a_running_container_is_looked_at_as_it_sees_itself),
      TEST(a_container_with_users_of_its_own_has_the_owners_that_it_sees),
      TEST(a_hundred_thousand_questions_take_less_than_a_second),
      TEST(threads_take_turns),
      TEST(a_cancel_ends_a_copy_that_leaves_nothing),
      TEST(after_the_unmount_nothing_can_be_asked),
  };
  return RUN_LAB_TESTS(tests);
}
