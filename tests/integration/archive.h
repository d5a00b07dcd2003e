// Tar archives made by hand, as the answer of an engine that means ill.
#pragma once

#include <stddef.h>

// An answer that is being made; it lasts until the end of the test. `bytes` begin with the head of the answer.
struct archive {
  char *bytes;
  size_t size, room;
};

struct archive *new_archive(void);
void add_bytes(struct archive *archive, const void *bytes, size_t size);  // NULL: zeros
void add_padded(struct archive *archive, const char *content, size_t size);
// A header, whatever it claims the size of what follows to be.
void add_header(struct archive *archive, char type, const char *name, const char *target, long long size);
void add_file(struct archive *archive, const char *name, const char *content);
// GNU's way of a long name for the entry that follows.
void add_long_name(struct archive *archive, const char *name);
void add_end(struct archive *archive);
