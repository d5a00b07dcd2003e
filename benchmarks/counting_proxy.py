"""A unix socket in front of an engine's that counts the requests going through it."""
import os
import socket
import tempfile
import threading


class CountingProxy:
    def __init__(self, path):
        self.target, self.requests = path, 0
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "socket")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self.target)
            for pair in ((client, engine, True), (engine, client, False)):
                threading.Thread(target=self.pump, args=pair, daemon=True).start()

    def pump(self, source, target, counts):
        try:
            while data := source.recv(1 << 16):
                # The clients send their small requests in one piece each, so no request line is cut in two.
                if counts:
                    self.requests += data.count(b" HTTP/1.1\r\n")
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one of the two has gone, and the other one sees it
