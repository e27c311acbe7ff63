"""The Markdown of bulletins' pages that was emitted and proved before, for the full side's store.

A body depends on its own source, the policy and our code, which are the key of its bulletin's record, and on where its
links lead in the edition. So what it asked for is kept with it, and asked again: other answers make another body. The
bodies of all editions are packed together, since most read alike.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tearline.emit import Addresses
from tearline.store import Shelf


@dataclass(frozen=True, slots=True)
class Body:
    """A page's Markdown, the keys of its proof, and where each link and file that it asked for is."""

    text: str
    proofs: tuple[str, ...]
    links: Mapping[str, str | None]
    files: Mapping[str, str]

    def is_of(self, at: Addresses) -> bool:
        """Whether everything that it asked for is there still."""
        try:
            return all(at.link(target) == there for target, there in self.links.items()) and all(
                at.asset(name) == there for name, there in self.files.items()
            )
        except KeyError:  # a file that it shows is none of the bulletin's any more
            return False


@dataclass(slots=True)
class Asked:
    """Addresses that note what they were asked for, in the order in which it was first."""

    at: Addresses
    links: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def addresses(self) -> Addresses:
        """The same addresses, noted."""

        def link(target: str) -> str | None:
            return self.links.setdefault(target, self.at.link(target))

        def asset(name: str) -> str:
            return self.files.setdefault(name, self.at.asset(name))

        return Addresses(link, asset)


@dataclass(slots=True)
class Bodies:
    """Packed bodies by the keys of their bulletins' records: those that were made in this run, and those on a shelf."""

    fresh: dict[str, bytes] = field(default_factory=dict)
    shelf: Shelf | None = None

    def get(self, key: str) -> bytes | None:
        """What was made of the bulletin, in this run or before."""
        if key in self.fresh:
            return self.fresh[key]
        return self.shelf.get(key) if self.shelf is not None else None

    def put(self, key: str, packed: bytes) -> None:
        """Keep what was made in this run."""
        self.fresh[key] = packed
        if self.shelf is not None:
            self.shelf.put(key, packed)


def packed_bodies(bodies: Mapping[str, Body]) -> bytes:
    """A bulletin's bodies by edition, each text once."""
    texts = list(dict.fromkeys(one.text for one in bodies.values()))
    told = {name: [texts.index(one.text), one.proofs, one.links, one.files] for name, one in bodies.items()}
    return zlib.compress(json.dumps([texts, told], ensure_ascii=False).encode(), 1)


def bodies_in(packed: bytes) -> dict[str, Body]:
    """What ``packed_bodies`` packed; nothing where the bytes are anything else."""
    try:
        told: tuple[list[str], dict[str, Any]] = json.loads(zlib.decompress(packed))
        texts, of = told
        return {
            name: Body(str(texts[number]), tuple(proofs), dict(links), dict(files))
            for name, (number, proofs, links, files) in of.items()
        }
    except (zlib.error, ValueError, LookupError, TypeError, AttributeError):
        return {}
