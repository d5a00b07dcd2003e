/* Files: mount an image, look at what is in it without running it, copy some of it out. files IMAGE */
#include <conu/conu.h>
#include <stdio.h>
#include <stdlib.h>

static conu_filesystem_t *files;
static conu_error_t *error;

/* Ends the program at the first failure, and leaves nothing mounted. */
static void must(conu_status_t status) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(error));
  if (conu_error_get_hint(error) != NULL) fprintf(stderr, "hint: %s\n", conu_error_get_hint(error));
  conu_error_free(error);
  conu_filesystem_free(files);
  exit(1);
}

static void mount_image(const char *name) {
  conu_image_t *image;
  must(conu_image_new(NULL, name, NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &image, &error));
  must(conu_image_mount(image, NULL, NULL, NULL, &files, &error));
  conu_image_free(image);
  printf("mounted by %s at %s\n", conu_filesystem_get_method(files), conu_filesystem_get_mount_point(files));
}

static void look(void) {
  bool has_passwd, has_root;
  must(conu_filesystem_file_is_present(files, "/etc/passwd", NULL, &has_passwd, &error));
  must(conu_filesystem_directory_is_present(files, "/root", NULL, &has_root, &error));
  printf("/etc/passwd is %s, /root is %s\n", has_passwd ? "there" : "missing", has_root ? "there" : "missing");
}

static void read_release(void) {
  void *data;
  size_t size;
  must(conu_filesystem_read_file(files, "/etc/os-release", NULL, &data, &size, &error));
  printf("/etc/os-release has %zu bytes\n", size);
  conu_bytes_free(data);
}

static void tell_of_shell(void) {
  char *status;
  must(conu_filesystem_stat(files, "/bin/sh", NULL, &status, &error));
  printf("%s\n", status);
  conu_string_free(status);
}

static void list(const char *path) {
  conu_string_list_t *names;
  must(conu_filesystem_list(files, path, NULL, &names, &error));
  for (size_t i = 0; i < conu_string_list_size(names); i++) printf("%s/%s\n", path, conu_string_list_get(names, i));
  conu_string_list_free(names);
}

static void copy_out(void) {
  conu_directory_t *folder;
  char path[4096];
  must(conu_directory_new(NULL, NULL, &folder, &error));
  snprintf(path, sizeof path, "%s/etc", conu_directory_get_path(folder));
  must(conu_filesystem_copy_from(files, "/etc", path, NULL, &error));
  must(conu_directory_remove(folder, NULL, &error));
  conu_directory_free(folder);
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s IMAGE\n", argv[0]), 2;
  mount_image(argv[1]);
  look();
  read_release();
  tell_of_shell();
  list("/etc");
  copy_out();
  must(conu_filesystem_unmount(files, NULL, &error));
  conu_filesystem_free(files);
  return 0;
}
