"""Real web servers with the files of ``deploy/``: plain processes on loopback ports, in folders of their own."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sites import ROOT, needed

USER: Final = "reader"
PROGRAMS: Final = {"nginx": ("nginx", "/usr/sbin/nginx"), "apache": ("apache2", "/usr/sbin/apache2")}
PACKAGES: Final = {"nginx": "nginx-light", "apache": "apache2-bin"}
MODULES: Final = (
    *("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dir", "mime", "alias"),
    *("headers", "deflate", "filter", "setenvif", "ssl", "socache_shmcb", "reqtimeout"),
)
NGINX: Final = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    include {folder}/nginx.conf;
}}
"""
APACHE: Final = """\
ServerRoot {folder}
ServerName localhost
PidFile {folder}/pid
Mutex file:{folder} default
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
TypesConfig /dev/null
{user}
{listen}
<Directory />
    Require all denied
</Directory>
Include {folder}/apache.conf
"""


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def certificate(folder: Path) -> None:
    """A certificate for this machine that nobody trusts, with its key, as ``tls.pem`` and ``tls.key``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    (folder / "tls.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tls.key").write_bytes(key.private_bytes(*private))


def snippets(kind: str, folder: Path, ports: Mapping[str, int]) -> None:
    """The files of ``deploy/`` with this folder's paths and ports in them, and nothing else changed."""
    plain = free_port()
    for name in (f"{kind}.conf", f"{kind}-site.conf"):
        text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
        text = re.sub(r"/etc/ssl/(?:private/)?(?:eoc|full)\.example\.org\.(pem|key)", rf"{folder}/tls.\1", text)
        text = re.sub(r"/etc/(?:nginx|apache2)/(eoc|full)\.htpasswd", rf"{folder}/\1.htpasswd", text)
        text = re.sub(r"/etc/(?:nginx|apache2)/tearline-site\.conf", f"{folder}/{kind}-site.conf", text)
        text = re.sub(r"/srv/(eoc|full)/site", rf"{folder}/site-\1", text)
        for there, port in (("80", plain), *(("443", port) for port in ports.values())):
            once = 0 if there == "80" else 1
            text = re.sub(rf"(?<=listen ){there}\b|\*:{there}\b", f"127.0.0.1:{port}", text, count=once)
        (folder / name).write_text(text, encoding="utf-8")
    user = "user www-data;" if kind == "nginx" else "User www-data\nGroup www-data"
    modules = "\n".join(f"LoadModule {one}_module /usr/lib/apache2/modules/mod_{one}.so" for one in MODULES)
    listen = "\n".join(f"Listen 127.0.0.1:{port}" for port in (*ports.values(), plain))
    main = NGINX if kind == "nginx" else f"{modules}\n{APACHE}"
    told = main.format(folder=folder, user=user if os.geteuid() == 0 else "", listen=listen)
    (folder / "main.conf").write_text(told, encoding="utf-8")


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """Serve ``site-eoc`` and ``site-full`` of a folder: the addresses by edition, whose name is its password."""
    flags = {"nginx": ["-p", str(folder), "-c"], "apache": ["-D", "FOREGROUND", "-f"]}[kind]
    program = needed(*PROGRAMS[kind], package=PACKAGES[kind])
    command = [program, *flags, str(folder / "main.conf")]
    ports = {"eoc": free_port(), "full": free_port()}
    certificate(folder)
    snippets(kind, folder, ports)
    for edition in ports:
        digest = base64.b64encode(hashlib.sha1(edition.encode(), usedforsecurity=False).digest()).decode()
        (folder / f"{edition}.htpasswd").write_text(f"{USER}:{{SHA}}{digest}\n", encoding="utf-8")
    subprocess.run([program, "-t", *command[1:]], check=True, capture_output=True)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, [*ports.values()])
        yield {edition: f"https://127.0.0.1:{port}/" for edition, port in ports.items()}
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], ports: list[int]) -> None:
    for port in ports:
        for _ in range(300):
            assert process.poll() is None, "the server ended"
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)


def readable(folder: Path, sites: Path) -> None:
    """Copies of both built sites that a server's own user can read."""
    folder.chmod(0o755)
    for edition in ("eoc", "full"):
        shutil.copytree(sites / f"site-{edition}", folder / f"site-{edition}")
