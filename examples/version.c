/* Which library runs, and which header this program was built with. */
#include <conu/conu.h>
#include <stdio.h>

int main(void) {
  int built_with = CONU_VERSION_MAJOR * 10000 + CONU_VERSION_MINOR * 100 + CONU_VERSION_PATCH;
  printf("libconu %s\n", conu_version());
  if (conu_version_number() < built_with) {
    fprintf(stderr, "this program was built for a newer libconu\n");
    return 1;
  }
  return 0;
}
