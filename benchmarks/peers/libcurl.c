/* The peer libcurl: one handle, which keeps its connection. */
#include <curl/curl.h>

#include "../client.h"

static CURL *handle;

static size_t drop(char *data, size_t size, size_t count, void *user) {
  (void)data, (void)user;
  return size * count;
}

static void ask(const char *path, int is_post) {
  char url[1000];
  if (handle == NULL) {
    handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, setting("CONU_HOST") + strlen("unix://"));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
  }
  snprintf(url, sizeof url, "http://localhost/v%s%s", setting("BENCH_API_VERSION"), path);
  curl_easy_setopt(handle, CURLOPT_URL, url);
  if (is_post) curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "");
  CURLcode code = curl_easy_perform(handle);
  if (code == CURLE_OK) return;
  fprintf(stderr, "%s: %s\n", path, curl_easy_strerror(code));
  exit(1);
}

static void ping(void) { ask("/_ping", 0); }

static void inspect(void) {
  char path[900];
  snprintf(path, sizeof path, "/images/%s/json", setting("BENCH_IMAGE"));
  ask(path, 0);
}

static void pull(void) {
  const char *image = setting("BENCH_BIG_IMAGE"), *colon = strrchr(image, ':');
  char path[900];
  snprintf(path, sizeof path, "/images/create?fromImage=%.*s&tag=%s", (int)(colon - image), image, colon + 1);
  ask(path, 1);
}

int main(void) { return serve((struct action[]){{"ping", ping}, {"inspect", inspect}, {"pull", pull}, {NULL, NULL}}); }
