/* Checks: what must be true of an image, as a document, and what came of it, for people and for CI systems.
   check IMAGE [REPORT.XML] */
#include <conu/conu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char checks[] =
    "{"
    "  \"schemaVersion\": \"2.0.0\","
    "  \"fileExistenceTests\": ["
    "    {\"name\": \"accounts\", \"path\": \"/etc/passwd\", \"permissions\": \"-rw-r--r--\", \"owner\": \"root\"},"
    "    {\"name\": \"no key\", \"path\": \"/root/.ssh/id_rsa\", \"shouldExist\": false}"
    "  ],"
    "  \"fileContentTests\": ["
    "    {\"name\": \"root\", \"path\": \"/etc/passwd\", \"expectedContents\": [\"root:x:0:0:\"]}"
    "  ],"
    "  \"commandTests\": ["
    "    {\"name\": \"shell\", \"command\": \"sh\", \"args\": [\"-c\", \"echo hello\"], \"expectedOutput\": "
    "[\"^hello\"]}"
    "  ]"
    "}";

static conu_error_t *error;

static void must(conu_status_t status) {
  if (status == CONU_OK) return;
  fprintf(stderr, "%s: %s\n", conu_error_get_operation(error), conu_error_get_message(error));
  exit(1);
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fprintf(stderr, "usage: %s IMAGE [REPORT.XML]\n", argv[0]), 2;
  conu_image_t *image;
  char *results, *report;
  must(conu_image_new(NULL, argv[1], NULL, CONU_PULL_IF_NOT_PRESENT, NULL, &image, &error));
  must(conu_image_check(image, checks, NULL, &results, &error));
  must(conu_check_results_to_junit(results, &report, &error));
  printf("%s\n", results);
  FILE *file = argc == 3 ? fopen(argv[2], "w") : NULL;
  if (file != NULL) {
    fputs(report, file);
    fclose(file);
  }
  int failed = strstr(results, "\"Fail\":0,") == NULL;
  conu_string_free(report);
  conu_string_free(results);
  conu_image_free(image);
  return failed;
}
