"""A front before the registry for what a healthy one does not do on demand: `front.py PORT UPSTREAM slow|limited`.

"slow" hands layers out at 1 MB/s, so that a pull can be cancelled half way; "limited" answers every manifest with 429,
as a registry does to those who pulled too much.
"""
import http.client
import http.server
import sys
import time

PIECE = 64 * 1024
BYTES_A_SECOND = 1 << 20
TOO_MANY = b'{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}'


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if MODE == "limited" and "/manifests/" in self.path:
            self._answer(429, {"Content-Type": "application/json", "Content-Length": str(len(TOO_MANY)),
                               "Retry-After": "0"})
            self.wfile.write(TOO_MANY if self.command == "GET" else b"")
            return
        upstream = http.client.HTTPConnection("127.0.0.1", UPSTREAM, timeout=60)
        upstream.request(self.command, self.path, headers=dict(self.headers))
        answer = upstream.getresponse()
        self._answer(answer.status, dict(answer.headers))
        while piece := answer.read(PIECE):
            self.wfile.write(piece)
            if "/blobs/" in self.path:
                time.sleep(len(piece) / BYTES_A_SECOND)
        upstream.close()

    do_HEAD = do_GET

    def _answer(self, status, headers):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


PORT, UPSTREAM, MODE = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Front).serve_forever()
