// Tar archives made by hand, as the answer of an engine that means ill.
#include "archive.h"

#include "lab.h"

static void free_archive(void *archive) {
  free(((struct archive *)archive)->bytes);
  free(archive);
}

void add_bytes(struct archive *archive, const void *bytes, size_t size) {
  if (archive->size + size > archive->room) {
    archive->room = (archive->size + size) * 2;
    archive->bytes = realloc(archive->bytes, archive->room);
    assert_non_null(archive->bytes);
  }
  if (bytes != NULL)
    memcpy(archive->bytes + archive->size, bytes, size);
  else
    memset(archive->bytes + archive->size, 0, size);
  archive->size += size;
}

struct archive *new_archive(void) {
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nConnection: close\r\n\r\n";
  struct archive *archive = calloc(1, sizeof *archive);
  assert_non_null(archive);
  put_off(free_archive, archive);
  add_bytes(archive, head, sizeof head - 1);
  return archive;
}

void add_padded(struct archive *archive, const char *content, size_t size) {
  add_bytes(archive, content, size);
  add_bytes(archive, NULL, (512 - size % 512) % 512);
}

void add_header(struct archive *archive, char type, const char *name, const char *target, long long size) {
  char header[512] = {0};
  strncpy(header, name, 100);
  snprintf(header + 100, 8, "%07o", 0644);
  snprintf(header + 108, 8, "%07o", 0);
  snprintf(header + 116, 8, "%07o", 0);
  snprintf(header + 124, 12, "%011llo", size & 077777777777);
  snprintf(header + 136, 12, "%011o", 1234567890);
  memset(header + 148, ' ', 8);
  header[156] = type;
  strncpy(header + 157, target, 100);
  memcpy(header + 257, "ustar\00000", 8);
  snprintf(header + 329, 8, "%07o", 1);
  snprintf(header + 337, 8, "%07o", 3);
  unsigned sum = 0;
  for (size_t i = 0; i < sizeof header; i++) sum += (unsigned char)header[i];
  snprintf(header + 148, 8, "%06o", sum);
  add_bytes(archive, header, sizeof header);
}

void add_file(struct archive *archive, const char *name, const char *content) {
  add_header(archive, '0', name, "", (long long)strlen(content));
  add_padded(archive, content, strlen(content));
}

void add_long_name(struct archive *archive, const char *name) {
  add_header(archive, 'L', "long", "", (long long)strlen(name));
  add_padded(archive, name, strlen(name));
}

void add_end(struct archive *archive) { add_bytes(archive, NULL, 1024); }
