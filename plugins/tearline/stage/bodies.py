"""The Markdown of bulletins' pages that was emitted and proved before, for the full side's store.

A body depends on its own source, the policy and our code, which are its key, and on where its links lead in the
edition. So what it asked for is kept with it, and asked again: other answers make another body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tearline.corpus import MarkedBulletin
from tearline.emit import Addresses
from tearline.policy import Edition, Policy
from tearline.store import Shelf, digest_of, identity


@dataclass(frozen=True, slots=True)
class Body:
    """A page's Markdown, the keys of its proof, and where each link and file that it asked for is."""

    text: str
    proofs: tuple[str, ...]
    links: Mapping[str, str | None]
    files: Mapping[str, str]

    def is_of(self, at: Addresses) -> bool:
        """Whether everything that it asked for is there still."""
        return all(at.link(target) == there for target, there in self.links.items()) and all(
            at.asset(name) == there for name, there in self.files.items()
        )


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


@dataclass(frozen=True, slots=True)
class Bodies:
    """Bodies on a shelf; without one, and for a policy that was read from no file, there are none."""

    shelf: Shelf | None
    policy: Policy

    def get(self, source: MarkedBulletin, edition: Edition, at: Addresses) -> Body | None:
        """The body of a bulletin's page in an edition, if it would come out the same now."""
        packed = self.shelf.get(self._key(source, edition)) if self.shelf is not None and self.policy.digest else None
        body = _unpacked(packed) if packed is not None else None
        try:
            return body if body is not None and body.is_of(at) else None
        except KeyError:  # a file that it shows is none of the bulletin's any more
            return None

    def put(self, source: MarkedBulletin, edition: Edition, body: Body) -> None:
        """Keep a body."""
        if self.shelf is not None and self.policy.digest:
            told = {"text": body.text, "proofs": body.proofs, "links": body.links, "files": body.files}
            self.shelf.put(self._key(source, edition), json.dumps(told, ensure_ascii=False).encode())

    def _key(self, source: MarkedBulletin, edition: Edition) -> str:
        parts = (identity(), self.policy.digest, edition.name, source.path, source.text)
        return digest_of(part.encode("utf-8", "surrogateescape") for part in parts)


def _unpacked(packed: bytes) -> Body | None:
    try:
        told: dict[str, Any] = json.loads(packed)
        return Body(told["text"], tuple(told["proofs"]), told["links"], told["files"])
    except (ValueError, KeyError, TypeError):
        return None
