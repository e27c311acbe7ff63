"""Who may sign: the key file of a build, and the file of allowed signers of whoever checks.

A key is an OpenSSH private key, Ed25519, without a passphrase, that nobody else can read. Allowed signers stand in
the file that ``ssh-keygen -Y verify -f`` takes, one a line, each under the editions it may sign::

    eoc,full namespaces="tearline-manifest" ssh-ed25519 AAAA… where the key is kept

Options that this reader does not know refuse the file: what cannot be honoured is not passed over.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tearline.sshsig import PublicKey, SignatureFault

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAMESPACE: Final = "tearline-manifest"
_MAX_BYTES: Final = 1 << 16
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_EDITIONS = re.compile(r"[a-z0-9-]+(?:,[a-z0-9-]+)*")
_SIGNER = re.compile(r'(\S+)[ \t]+(?:namespaces="([^"\s]*)"[ \t]+)?ssh-ed25519[ \t]+([A-Za-z0-9+/=]+)(?:[ \t].*)?')


class KeyFault(Exception):  # noqa: N818 - the trade's word
    """A key or a file of signers that cannot be used. The message is one line and never quotes the file."""


@dataclass(frozen=True, slots=True)
class Signers:
    """The keys that may sign, by edition."""

    keys: frozenset[tuple[str, PublicKey]]

    def allow(self, edition: str, key: PublicKey) -> bool:
        """Whether ``key`` may sign for ``edition``."""
        return (edition, key) in self.keys


def read_key(path: Path) -> Ed25519PrivateKey:
    """The signing key in the file at ``path``. Raises ``KeyFault`` for anything but a usable and private one."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    data = _read(path, _OTHERS, "can be read or changed by others; try chmod 600")
    try:
        key = load_ssh_private_key(data, None)
    except TypeError:
        raise KeyFault(f"{path}: it has a passphrase, and a build cannot type one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFault(f"{path}: it is not a whole OpenSSH private key without a passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path}: it is not an Ed25519 key")
    return key


def read_signers(path: Path) -> Signers:
    """The allowed signers in the file at ``path``. Raises ``KeyFault`` where any line is not understood."""
    try:
        lines = _read(path, _OTHERS_WRITE, "can be changed by others; try chmod 644").decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise KeyFault(f"{path}: it is not UTF-8 text") from None
    keys: set[tuple[str, PublicKey]] = set()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            editions, key = _signer(line.strip(), f"{path}:{number}")
            keys |= {(edition, key) for edition in editions}
    if not keys:
        raise KeyFault(f"{path}: it names no signer")
    return Signers(frozenset(keys))


def _signer(line: str, place: str) -> tuple[tuple[str, ...], PublicKey]:
    found = _SIGNER.fullmatch(line)
    if found is None or not _EDITIONS.fullmatch(found[1]):
        raise KeyFault(f'{place}: it wants editions, namespaces="{NAMESPACE}" and an ssh-ed25519 key')
    if found[2] is not None and NAMESPACE not in found[2].split(","):
        return (), PublicKey(b"")
    try:
        return tuple(found[1].split(",")), PublicKey.parse(base64.b64decode(found[3], validate=True))
    except (binascii.Error, SignatureFault):
        raise KeyFault(f"{place}: it is not an Ed25519 key") from None


def _read(path: Path, forbidden: int, why: str) -> bytes:
    """A plain file that belongs to us or to root, with none of the ``forbidden`` permissions."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyFault(f"{path}: there is no such file") from None
    except (OSError, ValueError):
        raise KeyFault(f"{path}: it cannot be opened") from None
    try:
        told = os.fstat(descriptor)
        if not stat.S_ISREG(told.st_mode):
            raise KeyFault(f"{path}: it is not a plain file")
        if told.st_mode & forbidden or told.st_uid not in {0, os.geteuid()}:
            raise KeyFault(f"{path}: it {why}")
        data = os.read(descriptor, _MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if not data.strip():
        raise KeyFault(f"{path}: it is empty")
    if len(data) > _MAX_BYTES:
        raise KeyFault(f"{path}: it is too large for what it should be")
    return data


def make_key(path: Path, signers: Path, editions: Sequence[str]) -> PublicKey:
    """Write a new key to ``path``, and to ``signers`` that it may sign ``editions``. Raises ``KeyFault``.

    Neither file is written where it is there already.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if not _EDITIONS.fullmatch(",".join(editions)):
        raise KeyFault("an edition's name wants lower-case letters, digits and hyphens")
    key = Ed25519PrivateKey.generate()
    public = PublicKey.of(key)
    line = f'{",".join(editions)} namespaces="{NAMESPACE}" {public}\n'
    _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), 0o600)
    try:
        _write_new(signers, line.encode(), 0o644)
    except KeyFault:
        path.unlink()
        raise
    return public


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError:
        raise KeyFault(f"{path}: it is there already, and is not replaced") from None
    except OSError as error:
        raise KeyFault(f"{path}: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
