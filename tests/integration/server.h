// A scripted engine on a unix socket: for what a real one does not do on demand.
#pragma once

#include <stddef.h>

enum after {
  GO_ON,    // waits for the next request on the same connection
  CLOSE,    // closes the connection
  HANG,     // says nothing more
  RESET,    // closes the connection with the request unread; for the first rule of a script, and then for all of it
  TRICKLE,  // sends the answer byte by byte, then closes the connection
  FLOOD     // sends the answer, and bytes of a body without an end
};

// What is answered to a request whose first line contains `request`. The first rule that fits counts; anything else is
// answered with 404.
struct rule {
  const char *request;
  const char *answer;  // "200 BODY", to which a head is made, or all bytes from "HTTP/1.1" on; NULL for none;
                       // "log 1:a\n2:b\n" for a log of these messages with their channels, in frames
  enum after then;
};

// The answer RAW stands for these bytes, which may have NUL among them: all that is sent, from "HTTP/1.1" on.
extern const char RAW[];
extern struct raw {
  const char *data;
  size_t size;
} raw;

// The answer that makes a client take this for an engine, and what stands behind the last rule.
#define PING \
  { "/_ping", "200 ", GO_ON }
#define END_OF_SCRIPT \
  { NULL, NULL, GO_ON }

// Serves the script until the end of the test, or until the next one is served; answers the URL. The script must live
// as long.
const char *scripted(const struct rule *script);

// How many requests have come whose first line contains this.
int requests_with(const char *part);
