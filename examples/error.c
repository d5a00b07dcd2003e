/* All that an error tells, on the failure to open an engine that is not there. error [URL] */
#include <conu/conu.h>
#include <stdio.h>

static void print(const conu_error_t *error) {
  printf("code      %s\n", conu_status_name(conu_error_get_code(error)));
  printf("operation %s\n", conu_error_get_operation(error));
  printf("message   %s\n", conu_error_get_message(error));
  if (conu_error_get_hint(error)) printf("hint      %s\n", conu_error_get_hint(error));
  if (conu_error_get_http_status(error)) printf("http      %d\n", conu_error_get_http_status(error));
  if (conu_error_get_details_json(error)) printf("details   %s\n", conu_error_get_details_json(error));
}

int main(int argc, char **argv) {
  const char *url = argc > 1 ? argv[1] : "unix:///nonexistent/engine.sock";
  conu_engine_t *engine = NULL;
  conu_error_t *error = NULL;
  conu_status_t status = conu_engine_open(url, NULL, &engine, &error);
  if (status == CONU_OK) {
    printf("%s speaks version %s\n", conu_engine_get_url(engine), conu_engine_get_api_version(engine));
  } else {
    print(error);
  }
  conu_error_free(error);
  conu_engine_free(engine);
  return 0;
}
