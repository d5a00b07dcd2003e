"""A docker-registry on 127.0.0.1, open or with a password, and pushing to it over its HTTP API without any engine."""
import http.client
import json
import os
import ssl

import process

USER = "conu"
PASSWORD = "secret-of-the-tests"
# The same password as a file for basic authentication keeps it: bcrypt, made once with `htpasswd -nbB`.
HTPASSWD = "conu:$2y$05$H2USSuug6SK1n1r.bPkePeI86M25tnExQUZHlK5gZg6zPg0BWKD2i"


class Registry:
    def __init__(self, folder, port):
        self.folder = folder
        self.port = port
        self.address = f"127.0.0.1:{port}"
        self.certificates = None

    def start(self, storage, password=False, certificates=None):
        """Starts it on `storage`, a folder that several registries may share; given certificates it speaks TLS."""
        os.makedirs(self.folder, exist_ok=True)
        config = {
            "version": "0.1",
            "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": storage}, "delete": {"enabled": True}},
            "http": {"addr": self.address},
        }
        if password:
            config["auth"] = {"htpasswd": {"realm": "conu", "path": f"{self.folder}/htpasswd"}}
            with open(f"{self.folder}/htpasswd", "w") as file:
                file.write(HTPASSWD + "\n")
        if certificates:
            self.certificates = certificates
            config["http"]["tls"] = {"certificate": f"{certificates}/server-cert.pem",
                                     "key": f"{certificates}/server-key.pem"}
        with open(f"{self.folder}/config.yml", "w") as file:
            json.dump(config, file)  # JSON is YAML too
        log = f"{self.folder}/log"
        self.pid = process.start(["docker-registry", "serve", f"{self.folder}/config.yml"], log)
        process.wait_until(lambda: process.answers(("127.0.0.1", self.port), "/v2/"), self.pid, log)
        return self

    def stop(self):
        process.stop(self.pid, 10)

    def push(self, repository, tag, image):
        """Uploads an images.Image, or an images.Index with all its images, under that name."""
        if self.certificates:
            context = ssl.create_default_context(cafile=f"{self.certificates}/ca.pem")
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for part in image.parts():
            for blob in part.blobs():
                _upload(connection, repository, blob)
            _request(connection, "PUT", f"/v2/{repository}/manifests/{part.digest}", part.manifest,
                     {"Content-Type": part.media_type})
        _request(connection, "PUT", f"/v2/{repository}/manifests/{tag}", image.manifest,
                 {"Content-Type": image.media_type})
        connection.close()


def _upload(connection, repository, blob):
    location = _request(connection, "POST", f"/v2/{repository}/blobs/uploads/", b"")
    separator = "&" if "?" in location else "?"
    path = location[location.index("/v2/"):]
    _request(connection, "PUT", f"{path}{separator}digest={blob.digest}", blob.data,
             {"Content-Type": "application/octet-stream"})


def _request(connection, method, path, body, headers={}):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    text = response.read()
    if response.status >= 300:
        raise SystemExit(f"the registry answered {method} {path} with {response.status}: {text.decode()}")
    return response.getheader("Location")
