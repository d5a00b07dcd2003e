// The builders of source-to-image for the tests.
#include "s2i_lab.h"

#include <signal.h>
#include <sys/stat.h>

char builder_name[100];

static const char *const scripts[][2] = {
    {"assemble",
     "#!/bin/sh\n"
     "set -e\n"
     "root=${DESTINATION:-/tmp}\n"
     "mkdir -p /opt/app && cp -R $root/src/. /opt/app\n"
     "cd $root/src && if [ -e do ]; then . ./do; fi\n"},
    {"run", "#!/bin/sh\nexec busybox httpd -f -p 8080 -h /opt/app\n"},
    {"usage", "#!/bin/sh\necho '   This is the builder of the tests.   '\necho 'and this its stderr' >&2\n"},
    {"save-artifacts", "#!/bin/sh\ntar -C /opt/app -cf - kept\n"},
};

static void build(const char *folder, const char *name) {
  shell("docker --host %s build --quiet --force-rm --tag %s %s", setting("CONU_HOST"), name, folder);
}

static char *base_folder(void) {
  char *folder = fresh_folder();
  for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
    assert_int_equal(chmod(file_in(folder, text("s2i/%s", scripts[i][0]), scripts[i][1]), 0755), 0);
  return folder;
}

static bool base_was_there;

int open_builders(void **state) {
  open_lab(state);
  conu_image_t *base;
  ok(conu_image_new(engine, setting("CONU_TEST_DEBIAN_IMAGE"), NULL, CONU_PULL_NEVER, NULL, &base, &error));
  ok(conu_image_is_present(base, NULL, &base_was_there, &error));
  if (!base_was_there) ok(conu_image_pull(base, NULL, NULL, &error));
  conu_image_free(base);
  char *folder = base_folder();
  file_in(folder, "Dockerfile",
          text("FROM %s\nLABEL io.openshift.s2i.scripts-url=image:///usr/libexec/s2i\nCOPY s2i /usr/libexec/s2i\n"
               "EXPOSE 8080\nWORKDIR /opt\n",
               setting("CONU_TEST_DEBIAN_IMAGE")));
  snprintf(builder_name, sizeof builder_name, "localhost/%s:1", fresh("conu-builder"));
  build(folder, builder_name);
  return 0;
}

static void remove_now(const char *name) { ask("DELETE", text("/images/%s?force=1", name)); }

int close_builders(void **state) {
  remove_now(builder_name);
  if (!base_was_there) remove_now(setting("CONU_TEST_DEBIAN_IMAGE"));
  return close_lab(state);
}

char *derived(const char *instructions, const char *folder) {
  if (folder == NULL) folder = fresh_folder();
  if (strncmp(instructions, "FROM", 4) != 0) instructions = text("FROM %s\n%s", builder_name, instructions);
  file_in(folder, "Dockerfile", text("%s\n", instructions));
  char *name = text("localhost/%s:1", fresh("conu-derived"));
  remove_later(name);
  build(folder, name);
  return name;
}

char *source_that(const char *script, ...) {
  char *content = NULL;
  va_list arguments;
  va_start(arguments, script);
  assert_true(vasprintf(&content, script, arguments) >= 0);
  va_end(arguments);
  char *folder = fresh_folder();
  file_in(folder, "do", content);
  free(content);
  return folder;
}

char *result_name(void) {
  char *name = text("localhost/%s:1", fresh("conu-result"));
  remove_later(name);
  return name;
}

// With the host's network where they name none: it takes half of the time of a start away.
static conu_string_list_t *arguments(const char *options) {
  if (options == NULL) return words("--network host");
  return strstr(options, "--network") != NULL ? words(options) : words(text("--network host %s", options));
}

conu_status_t try_extend(const char *builder, const char *source, const char *name, const char *options) {
  conu_image_t *made;
  conu_status_t status =
      conu_image_s2i_extend(image_named(builder), source, name, arguments(options), NULL, &made, &error);
  if (status == CONU_OK)
    kept_image(made);
  else
    assert_null(made);
  return status;
}

conu_progress_t *extending(const char *builder, const char *source, const char *name, const char *options) {
  conu_progress_t *progress;
  ok(conu_image_s2i_extend_progress(image_named(builder), source, name, arguments(options), NULL, &progress, &error));
  return kept_progress(progress);
}

char *printed(const char *builder, const char *source, const char *name, const char *options) {
  conu_progress_t *progress = extending(builder, source, name, options);
  char *lines = read_to_end(progress);
  conu_image_t *made;
  ok(conu_progress_take_image(progress, &made, &error));
  assert_string_equal(conu_image_get_full_name(kept_image(made)), name);
  return lines;
}

char *said_with(const char *options, const char *script) {
  return printed(builder_name, source_that("%s", script), result_name(), options);
}

char *temporary_files(void) { return shell("find $TMPDIR -mindepth 1 ! -name conu-%d", geteuid()); }

static const char server[] =
    "import functools, http.server, ssl, sys, urllib.parse\n"
    "class Handler(http.server.SimpleHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        word, rest = (self.path[1:] + '/').split('/', 1)\n"
    "        folder, name = rest.strip('/').rpartition('/')[::2]\n"
    "        if word in ('to', 'again'):\n"
    "            self.send_response(302)\n"
    "            target = urllib.parse.unquote(folder) + '/' + name\n"
    "            self.send_header('Location', target if word == 'to' else self.path)\n"
    "            self.end_headers()\n"
    "        elif word == 'status' or word == 'secret' and not self.headers['Authorization']:\n"
    "            self.send_error(int(folder) if word == 'status' else 401)\n"
    "        else:\n"
    "            self.path = self.path.removeprefix('/secret')\n"
    "            super().do_GET()\n"
    "folder, certificates = sys.argv[1:]\n"
    "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Handler, directory=folder))\n"
    "if certificates:\n"
    "    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
    "    context.load_cert_chain(certificates + '/server-cert.pem', certificates + '/server-key.pem')\n"
    "    server.socket = context.wrap_socket(server.socket, server_side=True)\n"
    "print(server.server_port, flush=True)\n"
    "server.serve_forever()\n";

static void kill_server(void *pid) { kill(atoi(pid), SIGTERM); }

char *served(const char *folder, bool over_tls) {
  char *place = fresh_folder(), *program = file_in(place, "server.py", server);
  char *pid = shell("python3 %s %s '%s' >%s/port 2>%s/log & echo $!", program, folder,
                    over_tls ? setting("CONU_TEST_TLS_CERTIFICATES") : "", place, place);
  put_off(kill_server, pid);
  int port = 0;
  for (int i = 0; i < 500 && port == 0; i++) {
    sleep_ms(20);
    port = atoi(shell("cat %s/port", place));
  }
  assert_int_not_equal(port, 0);
  return text("127.0.0.1:%d", port);
}

char *image_field(const char *image, const char *format) {
  char *answer = shell("docker --host %s image inspect --format '%s' %s", setting("CONU_HOST"), format, image);
  answer[strcspn(answer, "\n")] = '\0';
  return answer;
}

char *in_image(const char *image, const char *script) {
  conu_run_builder_t *options;
  ok(conu_run_builder_new(words("-c"), words("--entrypoint sh"), &options, &error));
  ok(conu_run_builder_add_argument(options, script, &error));
  conu_container_t *container;
  conu_status_t status = conu_image_run_via_api(image_named(image), options, NULL, &container, &error);
  conu_run_builder_free(options);
  ok(status);
  waited(kept_container(container));
  return logs(container);
}
