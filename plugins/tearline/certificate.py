"""Whether a manifest can be relied on: signed by who may, for this edition, after a passing verdict, not of tomorrow.

The one check that publishing, going back and looking at a deployed copy have in common. It sees a manifest, its
signature and the allowed signers; no sources, no policy, no other edition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tearline.findings import Finding, Place, finding
from tearline.inventory import differences, printable, take_inventory
from tearline.keys import NAMESPACE, Signers
from tearline.manifest import Manifest, moment, read_bounded, read_manifest
from tearline.sshsig import MAX_ARMOURED, PublicKey, SignatureFault, signer

AHEAD: Final = dt.timedelta(days=1)  # how far a builder's clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class Certified:
    """A manifest that holds: what it says, its bytes, and the signature on them."""

    manifest: Manifest
    data: bytes
    signature: bytes


def certified(path: Path, edition: str, signers: Signers, now: dt.datetime) -> tuple[Certified | None, list[Finding]]:
    """The manifest at ``path`` with the signature beside it, or None and why it is not to be relied on."""
    data, manifest, found = read_manifest(path)
    if manifest is None:
        return None, found
    shown = f"{printable(path.name)}.sig"
    try:
        signature = read_bounded(path.with_name(f"{path.name}.sig"), MAX_ARMOURED)
        key = signer((signature or b"").decode("ascii"), data, NAMESPACE)
    except FileNotFoundError:
        return None, [finding("signature-missing", Place(shown))]
    except (OSError, UnicodeDecodeError):
        return None, [finding("signature-refused", Place(shown), "it cannot be read")]
    except SignatureFault as fault:
        return None, [finding("signature-refused", Place(shown), str(fault))]
    found = list(_refusals(manifest, key, Place(shown.removesuffix(".sig")), edition, signers, now))
    return (None, found) if found or signature is None else (Certified(manifest, data, signature), [])


def _refusals(  # noqa: PLR0913, PLR0917 - all that a certificate depends on
    manifest: Manifest, key: PublicKey, place: Place, edition: str, signers: Signers, now: dt.datetime
) -> Iterator[Finding]:
    if manifest.edition != edition:
        yield finding("wrong-edition", place, f"{manifest.edition}, and {edition} was asked for")
    elif not signers.allow(edition, key):
        yield finding("signature-refused", place, f"its key is not allowed for {edition}")
    if not manifest.verdict.passed:
        yield finding("verdict-refused", place)
    if manifest.built > moment(now + AHEAD):
        yield finding("stale-manifest", place, f"built {manifest.built}, which is yet to come")


def check_copy(  # noqa: PLR0913 - what a copy is checked against
    site: Path, manifest: Path, edition: str, signers: Signers, now: dt.datetime, *, since: str | None = None
) -> list[Finding]:
    """What is wrong with a deployed copy, without any network: its manifest, then every file, by name.

    ``since`` is the moment (as manifests spell it) that the manifest must not be older than.
    Raises ``OSError`` where the copy cannot be read.
    """
    certificate, found = certified(manifest, edition, signers, now)
    if certificate is None:
        return found
    told = certificate.manifest
    if since is not None and told.built < since:
        found.append(finding("stale-manifest", Place(printable(manifest.name)), f"built {told.built}"))
    shown = printable(site.name)
    return found + differences(told.files, take_inventory(site, shown), shown)
