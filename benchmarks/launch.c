/* Runs a program to its end and prints what the whole process took: wall and CPU time in ns, peak memory in KiB. It is
   small, as the peak of a process counts that of the one it was spawned from. launch PROGRAM ARGUMENT... */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

extern char **environ;

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: launch PROGRAM ARGUMENT...\n"), 2;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  int64_t start = wall_ns();
  pid_t pid;
  if (posix_spawnp(&pid, argv[1], &files, NULL, argv + 1, environ) != 0) return perror(argv[1]), 1;
  int status;
  struct rusage usage;
  if (wait4(pid, &status, 0, &usage) != pid) return perror("wait4"), 1;
  int64_t wall = wall_ns() - start;
  int64_t cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000) +
                (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
  printf("%lld %lld %ld\n", (long long)wall, (long long)cpu, usage.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
