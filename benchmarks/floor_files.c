/* The floor of looking into images: a bare mount(2) of the same layers, and the file read; or the file out of the
   archive that the engine makes of it. */
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "raw.h"

static char folders[1000][32]; /* what is mounted, to be unmounted by another action */
static int mounted;

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

/* The archive is put away as it comes: nobody takes it apart. */
static void fetch(void) {
  static int connection = -1;
  static char request[1000];
  if (connection < 0) {
    connection = open_connection();
    snprintf(request, sizeof request, "GET /v%s/containers/%s/archive?path=%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
             setting("BENCH_API_VERSION"), setting("BENCH_CONTAINER"), setting("BENCH_FILE"));
  }
  send_request(connection, request);
  read_answer(connection);
  const char *archive = strstr(answer, "\r\n\r\n") + 4;
  int file = open(setting("BENCH_FETCHED"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || write(file, archive, 1024) != 1024) fail(setting("BENCH_FETCHED"));
  close(file);
}

int main(void) {
  return serve((struct action[]){{"mount", mount_and_read}, {"unmount", unmount}, {"fetch", fetch}, {NULL, NULL}});
}
