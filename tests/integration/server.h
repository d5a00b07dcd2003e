// A scripted engine on a unix socket: for what a real one does not do on demand.
#pragma once

enum after {
  GO_ON,   // waits for the next request on the same connection
  CLOSE,   // closes the connection
  HANG,    // says nothing more
  RESET,   // closes the connection with the request unread
  TRICKLE  // sends the answer byte by byte, then closes the connection
};

// What is answered to a request whose first line contains `request`. The first rule that fits counts; the last rule of
// a script has `request` NULL.
struct rule {
  const char *request;
  const char *answer;  // the bytes; NULL for none
  enum after then;
};

// An answer with a JSON body, and one with a body of any kind: `length` is that of the body.
#define HEAD(status, type, length) \
  "HTTP/1.1 " status "\r\nApi-Version: 1.41\r\nContent-Type: " type "\r\nContent-Length: " #length "\r\n\r\n"
// The answer that makes a client take this for an engine.
#define PING \
  { "/_ping", HEAD("200 OK", "text/plain", 0), GO_ON }

// Serves the script until the end of the test; answers the URL. The script must live as long.
const char *scripted(const struct rule *script);

// How many requests have come whose first line contains this.
int requests_with(const char *part);
