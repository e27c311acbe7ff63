"""The record of accepted repetitions: what somebody answers for, term by term and bulletin by bulletin.

It is kept on the full side and holds keyed fingerprints: a plate or a name is short enough to be guessed from a bare
hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tearline.verify.tokens import joined_spelling

KEY: Final = 32  # bytes, at least
_DIFFERENT: Final = 8  # bytes of a key that differ, at least: of 32 random ones, as good as always more than 20
_OTHERS: Final = 0o077
_CHECK: Final = "key"  # the only key of the line that says which key the others are made with
_KEYS: Final = frozenset({"bulletin", "fingerprint", "reason", "name"})


class RecordError(Exception):
    """A record or key that cannot be used. The message is one line and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted: keyed fingerprints of a bulletin and a term."""

    key: bytes = b""
    fingerprints: frozenset[str] = field(default_factory=frozenset)

    def has(self, bulletin: str, term: str) -> bool:
        """Whether this term may stand in this bulletin."""
        return bool(self.fingerprints) and fingerprint(self.key, bulletin, term) in self.fingerprints


def read_key(path: Path) -> bytes:
    """The key in a file. Raises ``RecordError`` for one that is missing, short, no secret or plainly not random.

    The verifier never makes one.
    """
    if path.exists() and not path.is_file():  # whatever else may be there is not waited for
        raise RecordError("the key cannot be read: not a plain file")
    try:
        key, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise RecordError(f"the key cannot be read: {error.strerror}") from None
    if len(key) < KEY:
        raise RecordError(f"the key is shorter than {KEY} bytes")
    if len(set(key)) < _DIFFERENT:
        raise RecordError("the key is not random; make one with: openssl rand -out FILE 32")
    if mode & _OTHERS:
        raise RecordError("the key's file can be read by others; try chmod 600")
    return key


def fingerprint(key: bytes, bulletin: str, term: str) -> str:
    """What the record holds in place of a term. Raises ``RecordError`` for a short key."""
    if len(key) < KEY:
        raise RecordError(f"the key is shorter than {KEY} bytes")
    said = "\x00".join(("tearline-accept", bulletin, joined_spelling(term)))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _check_value(key: bytes) -> str:
    """What says that a record is of this key, and nothing about it."""
    return hmac.new(key, b"tearline-accept-key", hashlib.sha256).hexdigest()


def read_record(path: Path, key: bytes) -> Accepted:
    """The accepted terms of a record, one JSON object a line. Raises ``RecordError``."""
    found, known = set(), False
    try:
        if not path.is_file():  # whatever else may be there is not waited for
            raise RecordError(f"{path.name}: not readable")
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            entry = json.loads(line) if line.strip() else None
            if entry is None:
                continue
            if isinstance(entry, dict) and entry.keys() == {_CHECK}:
                if entry[_CHECK] != _check_value(key):
                    raise RecordError(f"{path.name}: it was written with another key")
                known = True
                continue
            if (
                not isinstance(entry, dict)
                or entry.keys() != _KEYS
                or not all(isinstance(value, str) and value.strip() for value in entry.values())
            ):
                raise RecordError(f"{path.name}:{number}: an entry wants {', '.join(sorted(_KEYS))}")
            found.add(entry["fingerprint"])
    except (OSError, ValueError):
        raise RecordError(f"{path.name}: not readable") from None
    if found and not known:
        raise RecordError(f"{path.name}: it does not say which key it was written with")
    return Accepted(key, frozenset(found))


def check_entry(term: str, *, bulletin: str, reason: str, name: str) -> None:
    """Raise ``RecordError`` where something is empty or the reason repeats the term."""
    if not all(each.strip() for each in (bulletin, joined_spelling(term), reason, name)):
        raise RecordError("a term, a bulletin, a reason and a name are wanted")
    if joined_spelling(term) in joined_spelling(reason):
        raise RecordError("the reason repeats the term")


def accept(path: Path, key: bytes, term: str, *, bulletin: str, reason: str, name: str) -> None:  # noqa: PLR0913 - an entry
    """Add an entry. Raises ``RecordError`` as ``check_entry`` does, and where the record is of another key."""
    check_entry(term, bulletin=bulletin, reason=reason, name=name)
    begun = path.exists() and path.stat().st_size > 0
    if begun:
        read_record(path, key)
    entry = {"bulletin": bulletin, "fingerprint": fingerprint(key, bulletin, term), "reason": reason, "name": name}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as record:
        if not begun:
            record.write(json.dumps({_CHECK: _check_value(key)}) + "\n")
        record.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
