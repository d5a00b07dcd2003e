/* Two ways to end a call: a deadline for several calls together, and a signal. cancel IMAGE, then perhaps Ctrl-C */
#include <conu/conu.h>
#include <signal.h>
#include <stdio.h>

static conu_cancel_t *interrupted;

static void on_interrupt(int number) {
  (void)number;
  conu_cancel_trigger(interrupted); /* safe in a signal handler */
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s IMAGE\n", argv[0]), 2;
  conu_image_t *image = NULL;
  conu_error_t *error = NULL;

  /* Finding the engine and asking for the image may take ten seconds in all. */
  conu_cancel_t *deadline = conu_cancel_new_with_timeout(10000);
  bool present = false;
  conu_status_t status = conu_image_new(NULL, argv[1], NULL, CONU_PULL_NEVER, deadline, &image, &error);
  if (status == CONU_OK) status = conu_image_is_present(image, deadline, &present, &error);
  conu_cancel_free(deadline);

  /* The pull may take as long as it likes, until Ctrl-C. */
  interrupted = conu_cancel_new();
  signal(SIGINT, on_interrupt);
  if (status == CONU_OK && !present) status = conu_image_pull(image, NULL, interrupted, &error);
  signal(SIGINT, SIG_DFL);
  conu_cancel_free(interrupted);

  if (status == CONU_ERROR_TIMEOUT || status == CONU_ERROR_CANCELLED) {
    fprintf(stderr, "given up: %s\n", conu_error_get_message(error));
  } else if (status != CONU_OK) {
    fprintf(stderr, "%s: %s\n", conu_status_name(status), conu_error_get_message(error));
  }
  conu_error_free(error);
  conu_image_free(image);
  return status == CONU_OK ? 0 : 1;
}
