/* The frame of a client in C: reads commands ("ping 100") from standard input, does them, and prints what they took. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct action {
  const char *name;
  void (*run)(void);
};

static inline const char *setting(const char *name) {
  const char *value = getenv(name);
  if (value != NULL) return value;
  fprintf(stderr, "%s is not set\n", name);
  exit(2);
}

static inline int64_t wall_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* User and system time of the whole process, all its threads included. */
static inline int64_t cpu_ns(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000) +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

/* The last action has no name. */
static inline int serve(const struct action *actions) {
  char line[100], name[20];
  int count;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "%19s %d", name, &count) != 2) return fprintf(stderr, "not understood: %s", line), 2;
    const struct action *action = actions;
    while (action->name != NULL && strcmp(action->name, name) != 0) action++;
    if (action->name == NULL) return fprintf(stderr, "no such action: %s\n", name), 2;
    int64_t wall = wall_ns(), cpu = cpu_ns();
    for (int i = 0; i < count; i++) action->run();
    cpu = cpu_ns() - cpu;
    wall = wall_ns() - wall;
    printf("%lld %lld\n", (long long)wall, (long long)cpu);
    fflush(stdout);
  }
  return 0;
}
