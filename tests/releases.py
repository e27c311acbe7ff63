"""Built sites of a few files, with manifests and signatures, made without any sources or renderer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.inventory import take_inventory
from tearline.keys import NAMESPACE, Signers, make_key, read_key, read_signers
from tearline.manifest import Manifest, verdict
from tearline.publish import Offer
from tearline.seal import signature

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
OLD = {"index.html": "old home", "2026/ib-2026-001/index.html": "old words", "assets/a.css": "old"}
NEW = {"index.html": "new home", "2026/ib-2026-001/index.html": "new words", "2026/ib-2026-002/index.html": "more"}
PAGE = "2026/ib-2026-001/index.html"


@dataclasses.dataclass(frozen=True, slots=True)
class Bench:
    """A folder with a signing key, where releases are made and published."""

    root: Path

    @classmethod
    def at(cls, root: Path, *editions: str) -> Bench:
        """A bench with a new key for these editions."""
        (root / "www").mkdir(parents=True)
        make_key(root / "key", root / "signers", editions or ("eoc", "full"))
        return cls(root)

    @property
    def key(self) -> Ed25519PrivateKey:
        """The key that signs."""
        return read_key(self.root / "key")

    @property
    def signers(self) -> Signers:
        """Who may sign."""
        return read_signers(self.root / "signers")

    @property
    def target(self) -> Path:
        """The folder that is served."""
        return self.root / "www" / "eoc"

    def release(  # noqa: PLR0913 - what releases differ in
        self,
        name: str,
        files: Mapping[str, str],
        *,
        built: str = "2026-11-23T12:00:00Z",
        edition: str = "eoc",
        recalled: Iterable[str] = (),
        passed: bool = True,
    ) -> Offer:
        """A site with its signed manifest, offered for the target."""
        site = self.root / name / f"site-{edition}"
        for path, words in files.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_text(words, encoding="utf-8")
        entries = take_inventory(site, name).entries
        made = Manifest(
            edition=edition,
            built=built,
            banners=("UNCLASSIFIED",),
            policy="0" * 64,
            tools={"tearline": "0"},
            recalled=tuple(sorted(recalled)),
            verdict=verdict("a test", entries, passed=passed),
            files=entries,
        )
        offer = Offer(edition, site, site.with_name(f"{site.name}.manifest.json"), self.target)
        self.sign(offer, made.to_bytes())
        return offer

    def sign(self, offer: Offer, manifest: bytes) -> None:
        """Write a manifest, whatever it says, with a good signature."""
        offer.manifest.write_bytes(manifest)
        offer.manifest.with_name(f"{offer.manifest.name}.sig").write_bytes(signature(manifest, self.key))


def shown(target: Path) -> dict[str, str]:
    """Every file that a folder serves."""
    found = (path for path in target.rglob("*") if path.is_file())
    return {path.relative_to(target).as_posix(): path.read_text(encoding="utf-8") for path in found}


def codes(findings: Iterable[object]) -> list[str]:
    """Rule names of findings, in order."""
    return [one.rule.name for one in findings]  # type: ignore[attr-defined]


__all__ = ["NAMESPACE", "NEW", "NOW", "OLD", "PAGE", "Bench", "codes", "shown"]


def tree(path: Path, said: str) -> Path:
    """A site of one page."""
    path.mkdir(parents=True)
    (path / "index.html").write_text(said, encoding="utf-8")
    return path


def words(path: Path) -> str:
    """What the one page of a site says."""
    return (path / "index.html").read_text(encoding="utf-8")
