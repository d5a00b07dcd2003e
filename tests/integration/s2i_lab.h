// What the tests of source-to-image share: builders made from the lab's Debian image, sources, and builds.
#pragma once

#include "lab.h"

#define RUN_S2I_TESTS(tests) RUN_TESTS_WITH(tests, open_builders, close_builders)
int open_builders(void **state);
int close_builders(void **state);

// The builder of this program. Its assemble puts the source into /opt/app and has the script `do` that is in it run by
// sh; run serves /opt/app on port 8080; usage says something of itself; save-artifacts saves /opt/app/kept.
extern char builder_name[];

// The name of a builder that is made from it by these instructions, or with `FROM` at their beginning from another
// image. What else it is made of is in the folder, which may be NULL. It is removed in the end.
char *derived(const char *instructions, const char *folder);

// A folder with this script `do`.
char *source_that(const char *script, ...) __attribute__((format(printf, 1, 2)));

// A fresh name for a result, which is removed in the end.
char *result_name(void);

// A build with options as words, which may be NULL. Each of these takes the name of a builder.
conu_status_t try_extend(const char *builder, const char *source, const char *name, const char *options);
conu_progress_t *extending(const char *builder, const char *source, const char *name, const char *options);
// All lines that it printed. A failure ends the test.
char *printed(const char *builder, const char *source, const char *name, const char *options);
// What the script `do` prints in the builder of this program, and a check that it has a line.
char *said_with(const char *options, const char *script);

// What is in the folder for temporary files, beside the one that has the library's own.
char *temporary_files(void);

// Serves a folder over HTTP, or HTTPS with the certificate of the lab, until the end of the test: "127.0.0.1:PORT".
// Below /status/ all is answered with the status that follows; below /to/ one is sent on to the URL that follows,
// percent-encoded; below /again/ to where one was; below /secret/ it takes a user and a password.
char *served(const char *folder, bool over_tls);

char *image_field(const char *image, const char *format);  // `docker inspect --format`
char *in_image(const char *image, const char *script);     // what the script prints in a container of it
