/* The floor of looking into images: a bare mount(2) of the same layers, and the file read. */
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "client.h"

static char folders[1000][32]; /* what is mounted, to be unmounted by another action */
static int mounted;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void mount_and_read(void) {
  static char content[1 << 20];
  char options[4096], path[1000];
  char *folder = folders[mounted];
  strcpy(folder, "/tmp/bench-XXXXXX");
  if (mkdtemp(folder) == NULL) fail("mkdtemp");
  snprintf(options, sizeof options, "lowerdir=%s", setting("BENCH_LAYERS"));
  if (mount("bench", folder, "overlay", MS_RDONLY, options) != 0) fail("mount");
  mounted++;
  snprintf(path, sizeof path, "%s%s", folder, setting("BENCH_FILE"));
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, content, sizeof content) <= 0) fail(path);
  close(file);
}

static void unmount(void) {
  while (mounted > 0) {
    mounted--;
    if (umount(folders[mounted]) != 0 || rmdir(folders[mounted]) != 0) fail("umount");
  }
}

int main(void) { return serve((struct action[]){{"mount", mount_and_read}, {"unmount", unmount}, {NULL, NULL}}); }
