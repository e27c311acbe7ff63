"""Proof, in every run, that the verifier is awake: a random word is withheld, planted, and has to be found."""

from __future__ import annotations

import base64
import gzip
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.verify.ledger import Origin
from tearline.verify.scan import Scanner

_LETTERS: Final = "bdfghklmnprstvz"
_VOWELS: Final = "aeiou"
ORIGIN: Final = Origin("(canary)", 1)


def canary() -> str:
    """Four words that nobody wrote."""
    return " ".join(
        "".join(secrets.choice(_LETTERS) + secrets.choice(_VOWELS) for _ in range(5)).capitalize() for _ in range(4)
    )


def _plain(text: str) -> bytes:
    return f"<p>{text}</p>".encode()


def _entities(text: str) -> bytes:
    return "".join(f"&#{ord(char)};" for char in text).encode()


def _data(text: str) -> bytes:
    return b'<a href="data:text/plain;base64,' + base64.b64encode(text.encode()) + b'"></a>'


_WAYS: Final[Mapping[str, Callable[[str], bytes]]] = {
    "as it is": _plain,
    "as entities": _entities,
    "as base64": _data,
    "as UTF-16": lambda text: text.encode("utf-16-le"),
    "with split tags": lambda text: text.replace("a", "<b>a</b>").encode(),
}


def check(scanner: Scanner, word: str, page: Path | None) -> Iterator[Finding]:
    """Plant the canary in copies of a page, in memory, and demand that each is found.

    A page that is wrong already may have so many findings that one more is not told: an empty one takes its place.
    """
    if page is None:
        yield finding("verifier-blind", Place("site"), "there is no page to plant a canary in")
        return
    read = page.read_bytes()
    data = read if next(scanner.bytes_of(page.name, read, page.name), None) is None else b""
    for way, plant in _WAYS.items():
        if not _is_found(scanner, data + plant(word)):
            yield finding("verifier-blind", Place("site"), f"a canary planted {way} was not found")
    if not _is_found(scanner, gzip.compress(data + _plain(word)), "canary.gz"):
        yield finding("verifier-blind", Place("site"), "a canary planted in a compressed file was not found")


def _is_found(scanner: Scanner, data: bytes, name: str = "canary.html") -> bool:
    return any("(canary)" in each.detail for each in scanner.bytes_of(name, data, name))
