// Engines that do not answer, answer half, or answer nonsense: scripted ones, and real ones that are killed.
#include "lab.h"
#include "server.h"

static conu_engine_t *other;  // of the calls that must fail
static char *answer;

static conu_status_t open_scripted(const struct rule *script) {
  return conu_engine_open(scripted(script), NULL, &other, &error);
}

// What an engine that takes the ping says to GET /info.
static conu_status_t info_of(const char *said, enum after then) {
  static struct rule script[] = {PING, {"/info", NULL, GO_ON}, END_OF_SCRIPT};
  script[1].answer = said;
  script[1].then = then;
  return conu_engine_info(opened(scripted(script)), NULL, &answer, &error);
}

// --- opening ---------------------------------------------------------------------------------------------------------

static void what_closes_the_connection_at_once_is_unreachable(void **state) {
  (void)state;
  static const struct rule closes[] = {{"", NULL, CLOSE}, END_OF_SCRIPT};
  static const struct rule resets[] = {{"", NULL, RESET}, END_OF_SCRIPT};
  fails(CONU_ERROR_UNREACHABLE, open_scripted(closes), "unix://");
  says("/_ping");
  hints("engine");
  assert_null(other);
  fails(CONU_ERROR_UNREACHABLE, open_scripted(resets), "unix://");
  assert_null(other);
}

static void what_speaks_no_http_is_a_breach_of_protocol(void **state) {
  (void)state;
  static const char *const answers[] = {"HTTP/garbage\r\n\r\n", "HTTP/1.1 two hundred OK\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"};
  static struct rule script[] = {{"", NULL, CLOSE}, END_OF_SCRIPT};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    script[0].answer = answers[i];
    fails(CONU_ERROR_PROTOCOL, open_scripted(script), "unix://");
    assert_null(other);
  }
}

static void a_web_server_that_is_no_engine_is_told(void **state) {
  (void)state;
  static const struct rule script[] = {
      {"", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", CLOSE},
      END_OF_SCRIPT};
  fails(CONU_ERROR_PROTOCOL, open_scripted(script), "no container engine");
  says("unix://");
  hints("address");
}

// Podman fails in this way where the process of a container ends while it is looked at.
static void a_question_that_met_the_end_of_a_container_is_asked_again(void **state) {
  (void)state;
  static const struct rule script[] = {
      PING,
      {"/containers/ending/json", "500 {\"message\":\"read /proc/7/cgroup: no such process\"}", GO_ON},
      END_OF_SCRIPT};
  conu_container_t *container;
  fails(CONU_ERROR_ENGINE, conu_container_from_id(opened(scripted(script)), "ending", NULL, &container, &error),
        "no such process");
  assert_int_equal(requests_with("/containers/ending/json"), 2);
}

static void an_engine_that_refuses_the_ping_is_told_with_its_status(void **state) {
  (void)state;
  static const struct rule script[] = {{"", "503 {\"message\":\"starting up\"}", GO_ON}, END_OF_SCRIPT};
  fails(CONU_ERROR_ENGINE, open_scripted(script), "starting up");
  answered(503);
}

static void an_engine_that_knows_no_head_is_asked_by_get(void **state) {
  (void)state;
  static const struct rule script[] = {{"HEAD", "405 ", GO_ON}, PING, {"/info", "200 {}", GO_ON}, END_OF_SCRIPT};
  ok(open_scripted(script));
  ok(conu_engine_info(other, NULL, &answer, &error));
  assert_string_equal(taken(answer), "{}");
  conu_engine_free(other);
}

// --- the head of an answer -------------------------------------------------------------------------------------------

static void statuses_have_their_codes(void **state) {
  (void)state;
  static const struct {
    const char *said;
    conu_status_t code;
  } samples[] = {
      {"301 {\"message\":\"because of this\"}", CONU_ERROR_PROTOCOL},
      {"400 {\"message\":\"because of this\"}", CONU_ERROR_INVALID_ARGUMENT},
      {"401 {\"message\":\"because of this\"}", CONU_ERROR_UNAUTHORIZED},
      {"403 {\"message\":\"because of this\"}", CONU_ERROR_PERMISSION},
      {"404 {\"message\":\"because of this\"}", CONU_ERROR_NOT_FOUND},
      {"409 {\"message\":\"because of this\"}", CONU_ERROR_CONFLICT},
      {"418 {\"message\":\"because of this\"}", CONU_ERROR_ENGINE},
      {"429 {\"message\":\"because of this\"}", CONU_ERROR_RATE_LIMITED},
      {"500 {\"message\":\"because of this\"}", CONU_ERROR_ENGINE},
      {"501 {\"message\":\"because of this\"}", CONU_ERROR_UNSUPPORTED},
      {"502 {\"message\":\"because of this\"}", CONU_ERROR_ENGINE},
  };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    fails(samples[i].code, info_of(samples[i].said, GO_ON), "because of this");
    answered(atoi(samples[i].said));
    says("GET /v1.41/info");
    assert_null(answer);
  }
}

static void a_refusal_may_be_text_or_html_or_nothing(void **state) {
  (void)state;
  fails(CONU_ERROR_ENGINE, info_of("500 plain words\n", GO_ON), "plain words");
  fails(CONU_ERROR_ENGINE, info_of("500 <html><h1>502 Bad Gateway</h1></html>", GO_ON), "502 Bad Gateway");
  answered(500);
  fails(CONU_ERROR_ENGINE, info_of("500 ", GO_ON), "no reason");
  fails(CONU_ERROR_ENGINE, info_of("500 {\"message\":5}", GO_ON), "5");
  fails(CONU_ERROR_ENGINE, info_of("500 []", GO_ON), "[]");
  fails(CONU_ERROR_ENGINE, info_of("500 {\"message\":\"never", GO_ON), "never");
}

static void an_answer_that_never_comes_is_a_timeout_of_the_engine(void **state) {
  (void)state;
  static const struct rule script[] = {PING, {"/info", NULL, HANG}, {"/version", "200 {}", GO_ON}, END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  ok(conu_engine_set_timeout(mine, 200, &error));
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_engine_info(mine, NULL, &answer, &error), "200 ms");
  assert_in_range(now_ms() - start, 190, 1000);
  says("GET /v1.41/info");
  says("unix://");
  hints("conu_engine_set_timeout");
  assert_null(answer);
  ok(conu_engine_version(mine, NULL, &answer, &error));
  taken(answer);
  assert_int_equal(requests_with("/info"), 1);
  // Without a timeout of the engine there is that of the cancel object.
  ok(conu_engine_set_timeout(mine, -1, &error));
  start = now_ms();
  fails(CONU_ERROR_TIMEOUT, conu_engine_info(mine, cancel_within(400), &answer, &error), "deadline");
  assert_in_range(now_ms() - start, 390, 1200);
  fails(CONU_ERROR_INVALID_ARGUMENT, conu_engine_set_timeout(mine, 0, &error), "timeout_ms");
}

static void half_a_head_is_a_timeout(void **state) {
  (void)state;
  static const struct rule script[] = {PING, {"/info", "HTTP/1.1 200 OK\r\nContent-", HANG}, END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  ok(conu_engine_set_timeout(mine, 200, &error));
  fails(CONU_ERROR_TIMEOUT, conu_engine_info(mine, NULL, &answer, &error), "200 ms");
}

static void a_head_without_an_end_is_a_breach_of_protocol(void **state) {
  (void)state;
  // The flood begins in the middle of a header: a value of zero bytes.
  fails(CONU_ERROR_PROTOCOL, info_of("HTTP/1.1 200 OK\r\nX: ", FLOOD), "/info");
}

// --- the body of an answer -------------------------------------------------------------------------------------------

#define HALF "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"half\":"

static void an_answer_that_is_cut_off_is_unreachable_and_not_half_an_answer(void **state) {
  (void)state;
  fails(CONU_ERROR_UNREACHABLE, info_of(HALF, CLOSE), "/info");
  says("unix://");
  assert_null(answer);
  fails(CONU_ERROR_UNREACHABLE,
        info_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"half\":\r\n", CLOSE), "/info");
  assert_null(answer);
}

static void an_answer_that_stops_half_way_is_a_timeout(void **state) {
  (void)state;
  static const struct rule script[] = {PING, {"/info", HALF, HANG}, END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  ok(conu_engine_set_timeout(mine, 200, &error));
  fails(CONU_ERROR_TIMEOUT, conu_engine_info(mine, NULL, &answer, &error), "200 ms");
  assert_null(answer);
}

static void a_body_that_never_ends_fills_no_memory(void **state) {
  (void)state;
  const char *endless = "HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n";
  fails(CONU_ERROR_PROTOCOL, info_of(endless, FLOOD), "longer than");
}

static void an_answer_may_come_byte_by_byte(void **state) {
  (void)state;
  ok(
      info_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              "4;x=y\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\nTrailer: yes\r\n\r\n",
              TRICKLE));
  assert_string_equal(taken(answer), "{\"a\":1}");
}

static void a_body_without_a_length_ends_with_the_connection(void **state) {
  (void)state;
  ok(info_of("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}", CLOSE));
  assert_string_equal(taken(answer), "{\"a\":1}");
}

// --- JSON of the wrong shape -----------------------------------------------------------------------------------------

// An image of an engine that describes it so.
static conu_image_t *described(const char *said) {
  static struct rule script[] = {PING, {"/json", NULL, GO_ON}, {"/history", NULL, GO_ON}, END_OF_SCRIPT};
  script[1].answer = script[2].answer = said;
  return image_of(opened(scripted(script)), "localhost/some/image");
}

static void documents_of_the_wrong_shape_are_a_breach_of_protocol(void **state) {
  (void)state;
  static const char *const documents[][2] = {
      {"200 ", "JSON"},
      {"200 <html>", "JSON"},
      {"200 {\"Id\":\"x\"", "JSON"},
      {"200 []", "object"},
      {"200 {}", "Id"},
      {"200 {\"Id\":5}", "Id"},
      {"200 {\"Id\":null}", "Id"},
      {"200 {\"Id\":\"x\",\"RepoTags\":\"a\"}", "RepoTags"},
      {"200 {\"Id\":\"x\",\"RepoTags\":[1]}", "RepoTags"},
      {"200 {\"Id\":\"x\",\"Config\":[]}", "Config"},
      {"200 {\"Id\":\"x\",\"Config\":{\"Env\":{}}}", "Env"},
      {"200 {\"Id\":\"x\",\"Config\":{\"Labels\":[]}}", "Labels"},
      {"200 {\"Id\":\"x\",\"Config\":{\"Cmd\":\"sh\"}}", "Cmd"},
  };
  conu_metadata_t *metadata;
  for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
    conu_image_t *image = described(documents[i][0]);
    fails(CONU_ERROR_PROTOCOL, conu_image_get_metadata(image, true, NULL, &metadata, &error), documents[i][1]);
    assert_null(metadata);
  }
}

static void a_document_may_lack_what_is_not_needed_and_have_what_is_not_known(void **state) {
  (void)state;
  conu_metadata_t *metadata = metadata_of(
      described("200 {\"Id\":\"sha256:1\",\"RepoTags\":null,\"Size\":123456789012345678901234567890,\"New\":[1,{}],"
                "\"Config\":{\"Labels\":null,\"Env\":[\"A\",\"B=\",\"C=x=y\"],\"Cmd\":null}}"));
  assert_string_equal(conu_metadata_get_identifier(metadata), "sha256:1");
  assert_null(conu_metadata_get_name(metadata));
  assert_null(conu_metadata_get_creation_timestamp(metadata));
  assert_null(conu_metadata_get_command(metadata));
  assert_string_equal(conu_metadata_get_env(metadata, "B"), "");
  assert_string_equal(conu_metadata_get_env(metadata, "C"), "x=y");
  assert_string_equal(conu_metadata_get_labels_json(metadata), "{}");
}

static void lists_of_the_wrong_shape_are_a_breach_of_protocol(void **state) {
  (void)state;
  static const char *const lists[] = {"200 {}", "200 [1]", "200 [{}]", "200 [{\"Id\":{}}]", "200 [{\"Id\":"};
  conu_string_list_t *ids;
  conu_image_list_t *images;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    conu_image_t *image = described(lists[i]);
    fails(CONU_ERROR_PROTOCOL, conu_image_get_layer_ids(image, true, NULL, &ids, &error), "/history");
    assert_null(ids);
    static struct rule script[] = {PING, {"/images/json", NULL, GO_ON}, END_OF_SCRIPT};
    script[1].answer = lists[i];
    conu_engine_t *mine = opened(scripted(script));
    fails(CONU_ERROR_PROTOCOL, conu_engine_list_images(mine, NULL, &images, &error), "/images/json");
    assert_null(images);
  }
}

static void a_list_that_is_null_is_empty(void **state) {
  (void)state;
  static const struct rule script[] = {PING, {"/images/json", "200 null", GO_ON}, END_OF_SCRIPT};
  conu_image_list_t *images;
  ok(conu_engine_list_images(opened(scripted(script)), NULL, &images, &error));
  assert_int_equal(conu_image_list_size(images), 0);
  conu_image_list_free(images);
}

// --- the stream of a pull --------------------------------------------------------------------------------------------

// Pulls from an engine that says this to POST /images/create, and describes the image if it is told to.
static conu_status_t pull_that_says(const char *said, enum after then, const char *description) {
  static struct rule script[] = {PING, {"/images/create", NULL, GO_ON}, {"/json", NULL, GO_ON}, END_OF_SCRIPT};
  script[1].answer = said;
  script[1].then = then;
  script[2].answer = description;
  conu_engine_t *mine = opened(scripted(script));
  ok(conu_engine_set_timeout(mine, 500, &error));
  return conu_image_pull(image_of(mine, "localhost/some/image"), NULL, NULL, &error);
}

#define ABSENT "404 {\"message\":\"no such image\"}"
#define STREAM "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void an_error_inside_of_a_stream_has_its_code(void **state) {
  (void)state;
  static const struct {
    const char *said;
    conu_status_t code;
    int requests;
  } samples[] = {
      {"200 {\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"x\"}", CONU_ERROR_NOT_FOUND, 1},
      {"200 {\"error\":\"manifest unknown\"}", CONU_ERROR_NOT_FOUND, 1},
      {"200 {\"status\":\"a\"}{\"errorDetail\":{\"code\":1,\"message\":\"unauthorized\"}}", CONU_ERROR_UNAUTHORIZED, 1},
      {"200 {\"errorDetail\":{\"message\":\"toomanyrequests: slow down\"}}", CONU_ERROR_RATE_LIMITED, 1},
      {"200 {\"errorDetail\":{\"message\":\"the disk is on fire\"}}", CONU_ERROR_ENGINE, 1},
      // What may pass is tried again.
      {"200 {\"errorDetail\":{\"message\":\"unexpected EOF\"}}", CONU_ERROR_ENGINE, 3},
  };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    fails(samples[i].code, pull_that_says(samples[i].said, GO_ON, ABSENT), "localhost/some/image");
    assert_int_equal(requests_with("/images/create"), samples[i].requests);
  }
}

static void a_stream_that_ends_well_without_an_image_is_not_found(void **state) {
  (void)state;
  fails(CONU_ERROR_NOT_FOUND, pull_that_says("200 {\"status\":\"done\"}", GO_ON, ABSENT), "localhost/some/image");
}

static void a_stream_that_breaks_off_is_no_success(void **state) {
  (void)state;
  const char *there = "200 {\"Id\":\"sha256:1\"}";
  fails(CONU_ERROR_UNREACHABLE, pull_that_says(STREAM "10\r\n{\"status\":\"a\"}\r\n\r\n", CLOSE, there), "create");
  fails(CONU_ERROR_PROTOCOL, pull_that_says("200 {\"status\":\"a\"}{\"sta", GO_ON, there), "create");
  fails(CONU_ERROR_PROTOCOL, pull_that_says("200 <html>", GO_ON, there), "create");
}

static void a_stream_may_be_cut_anywhere(void **state) {
  (void)state;
  ok(pull_that_says(STREAM "a\r\n{\"status\":\r\n8\r\n\"a\"}{\"st\r\n7\r\natus\":\"\r\n3\r\nb\"}\r\n0\r\n\r\n", TRICKLE,
                    "200 {\"Id\":\"sha256:1\"}"));
}

static void a_pull_that_falls_silent_is_a_timeout(void **state) {
  (void)state;
  int64_t start = now_ms();
  fails(CONU_ERROR_TIMEOUT, pull_that_says(STREAM "e\r\n{\"status\":\"a\"}\r\n", HANG, ABSENT), "500 ms");
  assert_in_range(now_ms() - start, 490, 2000);
}

// --- containers ------------------------------------------------------------------------------------------------------

#define CREATED \
  { "/containers/create", "201 {\"Id\":\"0123456789abcdef\"}", GO_ON }
#define STARTED \
  { "/start", "204 ", GO_ON }

static void free_container(void *container) { conu_container_free(container); }

// A container of an engine that follows the script.
static conu_container_t *container_of(const struct rule *script) {
  conu_container_t *container;
  ok(conu_image_run_via_api(image_of(opened(scripted(script)), "localhost/some/image"), NULL, NULL, &container,
                            &error));
  put_off(free_container, container);
  return container;
}

static void waits_for_the_wrong_shape_are_a_breach_of_protocol(void **state) {
  (void)state;
  static const char *const answers[] = {"200 ", "200 <html>", "200 {}", "200 {\"StatusCode\":\"0\"}"};
  static struct rule script[] = {PING, CREATED, STARTED, {"/wait", NULL, GO_ON}, END_OF_SCRIPT};
  int exit_code = 7;
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    script[3].answer = answers[i];
    conu_container_t *container = container_of(script);
    fails(CONU_ERROR_PROTOCOL, conu_container_wait(container, -1, NULL, &exit_code, &error), "wait");
    assert_int_equal(exit_code, 0);
  }
  script[3].answer = "200 {\"StatusCode\":0,\"Error\":{\"Message\":\"lost it\"}}";
  fails(CONU_ERROR_ENGINE, conu_container_wait(container_of(script), -1, NULL, &exit_code, &error), "lost it");
}

static void what_is_told_of_a_container_in_the_wrong_shape_is_a_breach_of_protocol(void **state) {
  (void)state;
  static const char *const answers[] = {"200 ",
                                        "200 []",
                                        "200 null",
                                        "200 5",
                                        "200 {\"State\":5}",
                                        "200 {\"State\":{\"Status\":5,\"Running\":\"x\",\"ExitCode\":[]}}"};
  static struct rule script[] = {PING,
                                 CREATED,
                                 STARTED,
                                 {"/exec/", NULL, GO_ON},
                                 {"/exec", NULL, GO_ON},
                                 {"/wait", NULL, GO_ON},
                                 {"/json", NULL, GO_ON},
                                 {"/commit", NULL, GO_ON},
                                 END_OF_SCRIPT};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    for (int rule = 3; rule < 8; rule++) script[rule].answer = answers[i];
    conu_container_t *container = container_of(script);
    conu_stream_t *stream;
    conu_exec_result_t *result;
    bool open;
    fails(CONU_ERROR_PROTOCOL, conu_container_get_status(container, NULL, &answer, &error), "the engine's answer to");
    fails(CONU_ERROR_PROTOCOL, conu_container_is_port_open(container, 80, 200, NULL, &open, &error), "/json");
    fails(CONU_ERROR_PROTOCOL, conu_container_attach(container, CONU_STDOUT_PIPE, NULL, &stream, &error), "/json");
    fails(CONU_ERROR_PROTOCOL, conu_container_execute(container, words("true"), NULL, NULL, &result, &error), "/exec");
    fails(CONU_ERROR_PROTOCOL, conu_container_wait_for_port(container, 80, 2000, NULL, &error), "the engine's answer");
  }
}

// The log of a container, from bytes that may contain NUL.
static conu_status_t log_of(const char *framed, enum after then) {
  static struct rule script[] = {PING,         CREATED, STARTED, {"/logs", NULL, CLOSE}, {"/json", "200 {}", GO_ON},
                                 END_OF_SCRIPT};
  script[3].answer = framed;
  script[3].then = then;
  return conu_container_logs_unicode(container_of(script), NULL, &answer, &error);
}

#define LOG "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: close\r\n\r\n"

static void a_log_with_broken_frames_is_a_breach_of_protocol(void **state) {
  (void)state;
  fails(CONU_ERROR_PROTOCOL, log_of(LOG "this is no frame at all", CLOSE), "the log of the container");
  assert_null(answer);
  // Zeros for ever: frames of the type 0 and of no length.
  fails(CONU_ERROR_PROTOCOL, log_of(LOG "\x09", FLOOD), "the log of the container");
}

static void the_answer_to_a_creation_that_is_lost_leads_to_its_removal(void **state) {
  (void)state;
  static const struct rule script[] = {PING,
                                       {"/containers/create", NULL, CLOSE},
                                       {"/containers/json", "200 [{\"Id\":\"fedcba9876543210\"}]", GO_ON},
                                       {"DELETE /v1.41/containers/fedcba9876543210", "204 ", GO_ON},
                                       END_OF_SCRIPT};
  conu_image_t *image = image_of(opened(scripted(script)), "localhost/some/image");
  conu_container_t *container;
  fails(CONU_ERROR_UNREACHABLE, conu_image_run_via_api(image, NULL, NULL, &container, &error), "/containers/create");
  assert_null(container);
  assert_int_equal(requests_with("/containers/create"), 1);
  assert_int_equal(requests_with("conu.request"), 1);
  assert_int_equal(requests_with("DELETE"), 1);
}

static void a_container_that_does_not_start_is_removed(void **state) {
  (void)state;
  static const struct rule script[] = {PING,
                                       CREATED,
                                       {"/start", NULL, HANG},
                                       {"DELETE /v1.41/containers/0123456789abcdef", "204 ", GO_ON},
                                       END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  ok(conu_engine_set_timeout(mine, 300, &error));
  conu_container_t *container;
  fails(CONU_ERROR_TIMEOUT,
        conu_image_run_via_api(image_of(mine, "localhost/some/image"), NULL, NULL, &container, &error), "/start");
  assert_null(container);
  assert_int_equal(requests_with("DELETE"), 1);
}

static void a_creation_that_answers_nonsense_is_cleaned_up(void **state) {
  (void)state;
  static const struct rule script[] = {
      PING, {"/containers/create", "201 {\"Id\":5}", GO_ON}, {"/containers/json", "200 []", GO_ON}, END_OF_SCRIPT};
  conu_container_t *container;
  conu_image_t *image = image_of(opened(scripted(script)), "localhost/some/image");
  fails(CONU_ERROR_PROTOCOL, conu_image_run_via_api(image, NULL, NULL, &container, &error), "Id");
  assert_int_equal(requests_with("conu.request"), 1);
}

// --- connections and restarts ----------------------------------------------------------------------------------------

static void a_connection_that_was_closed_meanwhile_is_replaced(void **state) {
  (void)state;
  static const struct rule script[] = {PING, {"/tag", "201 ", CLOSE}, {"/info", "200 {}", CLOSE}, END_OF_SCRIPT};
  conu_engine_t *mine = opened(scripted(script));
  conu_image_t *image = image_of(mine, "localhost/some/image"), *tagged_image;
  for (int i = 0; i < 3; i++) {
    ok(conu_image_tag_image(image, "x", NULL, NULL, &tagged_image, &error));
    conu_image_free(tagged_image);
    ok(conu_engine_info(mine, NULL, &answer, &error));
    taken(answer);
    sleep_ms(20);
  }
  assert_int_equal(requests_with("/tag"), 3);
  assert_int_equal(requests_with("/info"), 3);
}

static void a_restart_of_the_engine_between_two_calls_is_not_noticed(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE")), *renamed;
  ok(conu_image_pull(image, NULL, NULL, &error));
  for (int round = 0; round < 2; round++) {
    kill_spare(spare);
    fails(CONU_ERROR_UNREACHABLE, conu_engine_ping(spare->engine, NULL, &error), spare->url);
    start_spare(spare);
    if (round == 0) {
      assert_true(is_present(image));
    } else {
      ok(conu_image_tag_image(image, "localhost/after/restart", NULL, NULL, &renamed, &error));
      assert_true(is_present(kept_image(renamed)));
    }
  }
}

static void a_restart_under_a_warm_connection_fails_no_call(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE")), *renamed;
  ok(conu_image_pull(image, NULL, NULL, &error));
  kill_spare(spare);
  start_spare(spare);
  ok(conu_image_tag_image(image, "localhost/after/restart", NULL, NULL, &renamed, &error));
  kept_image(renamed);
  kill_spare(spare);
  start_spare(spare);
  assert_true(is_present(image));
}

static void run_later(void *command) {
  sleep_ms(500);
  if (system(command) != 0) abort();
}

static void an_engine_that_is_killed_ends_a_wait(void **state) {
  (void)state;
  struct spare *spare = spare_engine();
  conu_image_t *image = image_of(spare->engine, setting("CONU_TEST_IMAGE"));
  ok(conu_image_pull(image, NULL, NULL, &error));
  conu_container_t *container;
  ok(conu_image_run_via_api(image, builder("--network host", "exec sleep 5"), NULL, &container, &error));
  put_off(free_container, container);
  // A thread has no part in what is put off: it is given the whole command.
  in_thread(run_later, text("%s stop-engine --kill %s", setting("CONU_TEST_LAB"), spare->name));
  int exit_code;
  fails(CONU_ERROR_UNREACHABLE, conu_container_wait(container, 20000, NULL, &exit_code, &error), spare->url);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_closes_the_connection_at_once_is_unreachable),
      TEST(what_speaks_no_http_is_a_breach_of_protocol),
      TEST(a_web_server_that_is_no_engine_is_told),
      TEST(a_question_that_met_the_end_of_a_container_is_asked_again),
      TEST(an_engine_that_refuses_the_ping_is_told_with_its_status),
      TEST(an_engine_that_knows_no_head_is_asked_by_get),
      TEST(statuses_have_their_codes),
      TEST(a_refusal_may_be_text_or_html_or_nothing),
      TEST(an_answer_that_never_comes_is_a_timeout_of_the_engine),
      TEST(half_a_head_is_a_timeout),
      TEST(a_head_without_an_end_is_a_breach_of_protocol),
      TEST(an_answer_that_is_cut_off_is_unreachable_and_not_half_an_answer),
      TEST(an_answer_that_stops_half_way_is_a_timeout),
      TEST(a_body_that_never_ends_fills_no_memory),
      TEST(an_answer_may_come_byte_by_byte),
      TEST(a_body_without_a_length_ends_with_the_connection),
      TEST(documents_of_the_wrong_shape_are_a_breach_of_protocol),
      TEST(a_document_may_lack_what_is_not_needed_and_have_what_is_not_known),
      TEST(lists_of_the_wrong_shape_are_a_breach_of_protocol),
      TEST(a_list_that_is_null_is_empty),
      TEST(an_error_inside_of_a_stream_has_its_code),
      TEST(a_stream_that_ends_well_without_an_image_is_not_found),
      TEST(a_stream_that_breaks_off_is_no_success),
      TEST(a_stream_may_be_cut_anywhere),
      TEST(a_pull_that_falls_silent_is_a_timeout),
      TEST(waits_for_the_wrong_shape_are_a_breach_of_protocol),
      TEST(what_is_told_of_a_container_in_the_wrong_shape_is_a_breach_of_protocol),
      TEST(a_log_with_broken_frames_is_a_breach_of_protocol),
      TEST(the_answer_to_a_creation_that_is_lost_leads_to_its_removal),
      TEST(a_container_that_does_not_start_is_removed),
      TEST(a_creation_that_answers_nonsense_is_cleaned_up),
      TEST(a_connection_that_was_closed_meanwhile_is_replaced),
      TEST(a_restart_of_the_engine_between_two_calls_is_not_noticed),
      TEST(a_restart_under_a_warm_connection_fails_no_call),
      TEST(an_engine_that_is_killed_ends_a_wait),
  };
  return RUN_LAB_TESTS(tests);
}
