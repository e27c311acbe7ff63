"""A Dask cluster of a test's own: certificates, a scheduler and workers, real processes on the loopback, over TLS.

Each worker is in a file system of its own, in which a folder of the test's choice is empty.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PATIENCE = 60  # seconds
_CLOSED = (
    "--no-dashboard",
    "--dashboard-address",
    "127.0.0.1:0",
)  # without the second it still answers to all, unencrypted


class Cluster:
    """A scheduler, workers, and the files that let one in. ``hidden`` is the folder that no worker can read."""

    def __init__(self, root: Path, hidden: Path) -> None:
        self.root, self.hidden = root, hidden
        self.processes: list[subprocess.Popen[bytes]] = []
        root.mkdir(parents=True)
        self.authority, self.certificate, self.key = certificates(root / "tls")
        self.address = ""

    def scheduler(self) -> None:
        """Start the scheduler, and wait until it says where it is."""
        told = self.root / "scheduler.json"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        wait_for(lambda: told.exists() and told.read_text(encoding="utf-8").strip().endswith("}"))
        self.address = json.loads(told.read_text(encoding="utf-8"))["address"]

    @property
    def environment(self) -> dict[str, str]:
        """What whoever builds on it has to have in the environment."""
        return {
            "TEARLINE_CLUSTER_CA": str(self.authority),
            "TEARLINE_CLUSTER_CERT": str(self.certificate),
            "TEARLINE_CLUSTER_KEY": str(self.key),
        }

    def worker(self, name: str, *mounts: str) -> subprocess.Popen[bytes]:
        """Start a worker. ``mounts`` are more commands for its own file system."""
        folder = self.root / name
        folder.mkdir()
        hiding = " && ".join([f"mount -t tmpfs none '{self.hidden}'", *mounts, 'exec "$@"'])
        apart = ("unshare", "--map-root-user", "--mount", "sh", "-c", hiding, "sh")
        options = ("--no-nanny", "--nthreads", "1", "--name", name, "--local-directory", str(folder))
        return self._start("worker", self.address, *options, before=apart)

    def stop(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, what: str, *options: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        files = ("--tls-ca-file", self.authority, "--tls-cert", self.certificate, "--tls-key", self.key)
        command = [*before, sys.executable, "-m", f"distributed.cli.dask_{what}", *options, *_CLOSED, *files]
        with (self.root / "log").open("ab") as log:
            process = subprocess.Popen(
                list(map(str, command)),
                cwd=self.root,
                env={**os.environ, "TMPDIR": str(self.root)},  # where the scheduler keeps its own
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process


@contextmanager
def cluster(root: Path, hidden: Path) -> Iterator[Cluster]:
    """A cluster without workers. Some machines let nobody mount anything."""
    probe = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", str(hidden)]
    if shutil.which("unshare") is None or subprocess.run(probe, check=False, capture_output=True).returncode:
        pytest.skip("needs a machine that lets a process mount a disk of its own")
    made = Cluster(root, hidden)
    try:
        made.scheduler()
        yield made
    finally:
        made.stop()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a process has started."""
    found = [path.read_text() for path in Path(f"/proc/{process.pid}/task").glob("*/children")]
    return [int(each) for text in found for each in text.split()]


def wait_for(true: Callable[[], object]) -> None:
    late = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < late, "it took too long"
        time.sleep(0.02)


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Files of a new authority, and of a certificate and a key that it vouches for."""
    folder.mkdir()
    mother, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "node"))
    written = []
    for name, of, whose in (("ca.pem", issuer, mother), ("cert.pem", subject, key)):
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(issuer, of, whose.public_key(), x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        made = made.add_extension(x509.BasicConstraints(ca=of is issuer, path_length=None), critical=True)
        written.append(folder / name)
        written[-1].write_bytes(made.sign(mother, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return written[0], written[1], folder / "key.pem"
