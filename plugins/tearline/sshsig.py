"""SSHSIG: detached Ed25519 signatures in the form that ``ssh-keygen -Y sign`` writes and ``-Y verify`` checks.

    blob    = "SSHSIG" version:u32 publickey:string namespace:string reserved:string hash:string signature:string
    signed  = "SSHSIG" namespace:string reserved:string hash:string H(message):string
    string  = length:u32 bytes                       (OpenSSH, PROTOCOL.sshsig; keys and signatures: RFC 8709)

The armoured text is the blob in base64 between two fixed lines. Nothing here touches a disk or knows whom to trust.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MAX_ARMOURED: Final = 4096  # characters; an Ed25519 signature takes about 300
_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_KIND: Final = b"ssh-ed25519"
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_LINE: Final = 70  # columns, as ssh-keygen writes them
_HASHES: Final = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_ARMOUR = re.compile(r"\s*-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----\s*")


class SignatureFault(Exception):  # noqa: N818 - the trade's word
    """Not a signature of this message. The message says why, in one line."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key: its 32 bytes."""

    raw: bytes

    @classmethod
    def of(cls, key: Ed25519PrivateKey) -> PublicKey:
        """The public half of a key."""
        return cls(key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, blob: bytes) -> PublicKey:
        """The key in OpenSSH's binary form. Raises ``SignatureFault`` for any other kind of key."""
        reader = _Reader(blob)
        kind, raw = reader.string(), reader.string()
        reader.end()
        if kind != _KIND or len(raw) != _KEY_BYTES:
            raise SignatureFault("it is not an Ed25519 key")
        return cls(raw)

    @property
    def blob(self) -> bytes:
        """The binary form, which ``parse`` reads."""
        return _string(_KIND) + _string(self.raw)

    def __str__(self) -> str:
        return f"{_KIND.decode()} {base64.b64encode(self.blob).decode()}"


def sign(message: bytes, key: Ed25519PrivateKey, namespace: str) -> str:
    """The armoured signature of ``message``, the same text every time: Ed25519 draws no random numbers."""
    digest = b"sha512"
    signature = key.sign(_signed(message, namespace.encode(), digest))
    blob = _MAGIC + struct.pack(">I", _VERSION)
    for part in (
        PublicKey.of(key).blob,
        namespace.encode(),
        b"",
        digest,
        _string(_KIND) + _string(signature),
    ):
        blob += _string(part)
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def signer(armoured: str, message: bytes, namespace: str) -> PublicKey:
    """The key that signed ``message`` for ``namespace``; whether it is trusted is for the caller to say.

    Raises ``SignatureFault`` where the text is no signature, or one of another message or purpose.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    reader = _Reader(_unarmoured(armoured))
    reader.expect(_MAGIC)
    if reader.number() != _VERSION:
        raise SignatureFault("its version is not known")
    public = PublicKey.parse(reader.string())
    given, _reserved, digest, signature = (reader.string() for _ in range(4))
    reader.end()
    if given != namespace.encode():
        raise SignatureFault("it was made for another purpose")
    if digest not in _HASHES:
        raise SignatureFault("its hash is not known")
    inner = _Reader(signature)
    kind, raw = inner.string(), inner.string()
    inner.end()
    if kind != _KIND or len(raw) != _SIGNATURE_BYTES:
        raise SignatureFault("it is not an Ed25519 signature")
    try:
        Ed25519PublicKey.from_public_bytes(public.raw).verify(raw, _signed(message, given, digest))
    except (InvalidSignature, ValueError):
        raise SignatureFault("it does not fit these bytes") from None
    return public


def _signed(message: bytes, namespace: bytes, digest: bytes) -> bytes:
    hashed = _HASHES[digest](message).digest()
    return _MAGIC + _string(namespace) + _string(b"") + _string(digest) + _string(hashed)


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _unarmoured(text: str) -> bytes:
    found = _ARMOUR.fullmatch(text) if len(text) <= MAX_ARMOURED else None
    if found is None:
        raise SignatureFault("it is not an SSH signature")
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except binascii.Error:
        raise SignatureFault("it is not an SSH signature") from None


@dataclass(slots=True)
class _Reader:
    """Takes SSH's length-prefixed fields off a blob, and never more than there is."""

    rest: bytes

    def take(self, count: int) -> bytes:
        if count > len(self.rest):
            raise SignatureFault("it is cut short")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def string(self) -> bytes:
        return self.take(self.number())

    def expect(self, wanted: bytes) -> None:
        if self.take(len(wanted)) != wanted:
            raise SignatureFault("it is not an SSH signature")

    def end(self) -> None:
        if self.rest:
            raise SignatureFault("it has bytes too many")
