"""Withheld words that stand in released text too: found between the sources, so that both places are known.

Each is an error until somebody accepts it, for that term and that bulletin, in a record on the full side. The record
holds keyed fingerprints: a plate or a name is short enough to be guessed from a bare hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify.folding import words
from tearline.verify.ledger import RUN, SENTENCE, Hit, Ledger
from tearline.verify.portions import Unit
from tearline.verify.sources import Document
from tearline.verify.tokens import joined_spelling

KEY: Final = 32  # bytes, at least
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
    """The key in a file. Raises ``RecordError`` for one that is missing or short; the verifier never makes one."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise RecordError(f"the key cannot be read: {error.strerror}") from None
    if len(key) < KEY:
        raise RecordError(f"the key is shorter than {KEY} bytes")
    return key


def fingerprint(key: bytes, bulletin: str, term: str) -> str:
    """What the record holds in place of a term. Raises ``RecordError`` for a short key."""
    if len(key) < KEY:
        raise RecordError(f"the key is shorter than {KEY} bytes")
    said = "\x00".join(("tearline-accept", bulletin, joined_spelling(term)))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def read_record(path: Path, key: bytes) -> Accepted:
    """The accepted terms of a record, one JSON object a line. Raises ``RecordError``."""
    found = set()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            entry = json.loads(line) if line.strip() else None
            if entry is None:
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
    return Accepted(key, frozenset(found))


def accept(path: Path, key: bytes, term: str, *, bulletin: str, reason: str, name: str) -> None:  # noqa: PLR0913 - an entry
    """Add an entry. Raises ``RecordError`` where something is empty or the reason repeats the term."""
    if not all(each.strip() for each in (bulletin, joined_spelling(term), reason, name)):
        raise RecordError("a term, a bulletin, a reason and a name are wanted")
    if joined_spelling(term) in joined_spelling(reason):
        raise RecordError("the reason repeats the term")
    entry = {"bulletin": bulletin, "fingerprint": fingerprint(key, bulletin, term), "reason": reason, "name": name}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as record:
        record.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")


def check(ledger: Ledger, documents: Iterable[Document], accepted: Accepted) -> tuple[list[Finding], list[Hit]]:
    """The repetitions in released texts; and everything of the ledger that released texts say."""
    found: list[Finding] = []
    said: list[Hit] = []
    for document in documents:
        for unit in document.units:
            if not unit.withheld:
                hits = list(_hits(ledger, unit))
                said += [hit for _, hit in hits]
                found += _repeated(unit, document.number or document.path, hits, accepted)
    return found, said


def _hits(ledger: Ledger, unit: Unit) -> Iterator[tuple[int, Hit]]:
    for text in (unit.visible, *unit.more):
        yield from ledger.find(words(text))


def _repeated(unit: Unit, bulletin: str, hits: list[tuple[int, Hit]], accepted: Accepted) -> Iterator[Finding]:
    terms = {hit.run: hit for _, hit in hits if hit.strong}
    for run, hit in sorted(terms.items()):
        if not accepted.has(bulletin, " ".join(run)) and unit.kind not in ("id", "related", "supersedes"):
            yield _finding(unit, bulletin, hit)
    row = sorted({(at, hit) for at, hit in hits if len(hit.run) == RUN}, key=lambda each: each[0])
    length, last = 0, -2
    for at, hit in row:
        if any(origin.secret for origin in hit.origins):
            length, last = (length + 1 if at == last + 1 else 1), at
            if length == SENTENCE - RUN + 1 and not accepted.has(bulletin, unit.visible):
                yield _finding(unit, bulletin, hit)


def _finding(unit: Unit, bulletin: str, hit: Hit) -> Finding:
    secret = [origin for origin in hit.origins if origin.secret] or list(hit.origins)
    return finding("repetition", Place(unit.path, unit.line), f"also in {min(secret, key=str)}", portion=bulletin)
