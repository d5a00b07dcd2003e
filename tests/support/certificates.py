"""Certificates for an engine over TLS: an authority, a server's for 127.0.0.1 alone, and a client's.

The client's folder is laid out as DOCKER_CERT_PATH has it: ca.pem, cert.pem, key.pem. A second authority in `other/`
has signed nothing of the engine's, so that a client which trusts it must refuse.
"""
import os

import process

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def make(folder):
    """Makes the certificates unless they are there; answers the folder."""
    if os.path.isdir(folder):
        return folder
    os.makedirs(f"{folder}/other")
    _authority(folder)
    _authority(f"{folder}/other")
    _signed(folder, "server-", "serverAuth", "subjectAltName=IP:127.0.0.1")
    _signed(folder, "", "clientAuth", "basicConstraints=CA:FALSE")
    for name in ("cert.pem", "key.pem"):
        os.link(f"{folder}/{name}", f"{folder}/other/{name}")
    return folder


def _authority(folder):
    process.run("openssl", "req", "-x509", *KEY, "-days", "2", "-subj", "/CN=conu test authority",
                "-keyout", f"{folder}/ca-key.pem", "-out", f"{folder}/ca.pem")


def _signed(folder, prefix, usage, extension):
    key, request, certificate = (f"{folder}/{prefix}{name}.pem" for name in ("key", "request", "cert"))
    process.run("openssl", "req", *KEY, "-subj", f"/CN=conu test {usage}", "-addext", f"extendedKeyUsage={usage}",
                "-addext", extension, "-keyout", key, "-out", request)
    process.run("openssl", "x509", "-req", "-days", "2", "-copy_extensions", "copy", "-in", request,
                "-out", certificate, "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca-key.pem", "-CAcreateserial")
