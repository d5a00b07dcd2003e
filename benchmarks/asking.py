"""Plain requests to the engine that CONU_HOST names, for what a measure needs beside what it measures."""
import http.client
import json
import os
import socket


class EngineConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(os.environ["CONU_HOST"].removeprefix("unix://"))


def ask(method, path, *expected, body=None):
    """The answer and its body."""
    connection = EngineConnection("localhost")
    connection.request(method, path, json.dumps(body) if body is not None else None,
                       {"Content-Type": "application/json"} if body is not None else {})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status not in expected:
        raise SystemExit(f"{method} {path}: {answer.status} {text[:200]}")
    return answer, text
