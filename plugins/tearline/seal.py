"""A verified site -> its manifest, and the signature on it.

What is written is what the verifier read. The site is looked at once more before it is sealed, and what may have been
touched is read again: a file that changed between the verdict and the seal is a finding, and there is no manifest.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tearline import __version__
from tearline.inventory import Inventory
from tearline.keys import NAMESPACE, KeyFault, read_key, read_signers
from tearline.manifest import Manifest, Verdict, policy_digest
from tearline.policy import Edition, Policy
from tearline.sshsig import PublicKey, sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_TOOLS: Final = ("markdown", "mkdocs", "mkdocs-material", "pygments", "pymdown-extensions")
_BANNER = re.compile(rb'<meta name="marking" content="([ -~]{1,200}?)">')


def signing_key(policy: Policy, editions: Iterable[Edition]) -> Ed25519PrivateKey | None:
    """The key that the policy names, or None. Raises ``KeyFault`` where it cannot sign for each of these editions."""
    if policy.signing is None or policy.signing.key is None:
        return None
    key = read_key(policy.signing.key)
    signers = read_signers(policy.signing.signers)
    for edition in editions:
        if not signers.allow(edition.name, PublicKey.of(key)):
            raise KeyFault(f"{policy.signing.key}: {policy.signing.signers.name} does not allow it for {edition.name}")
    return key


def seal(  # noqa: PLR0913 - what a manifest is made of
    site: Path,
    taken: Inventory,
    policy: Policy,
    edition: Edition,
    *,
    built: str,
    recalled: Iterable[str],
    said: Verdict,
) -> Manifest:
    """The manifest of a site whose inventory was just taken."""
    return Manifest(
        edition=edition.name,
        built=built,
        banners=banners(site, taken),
        policy=policy_digest(edition_slice(policy, edition)),
        tools=tools(),
        recalled=tuple(sorted(recalled)),
        verdict=said,
        files=taken.entries,
    )


def signature(manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    """The signature that goes beside a manifest."""
    return sign(manifest, key, NAMESPACE).encode("ascii")


def banners(site: Path, taken: Inventory) -> tuple[str, ...]:
    """The markings that the site's pages carry, each once: what somebody who receives it has to know first."""
    pages = (site / one.path for one in taken.entries if one.path.endswith(".html"))
    return tuple(sorted({found[1].decode() for page in pages if (found := _BANNER.search(page.read_bytes()))}))


def edition_slice(policy: Policy, edition: Edition) -> dict[str, Any]:
    """What decides about this edition, and nothing of any other: all of it can be known by who reads the edition."""
    releases = edition.releases
    return {
        "agency": policy.agency,
        "audience": edition.audience,
        "edition": edition.name,
        "exercise": policy.exercise,
        "nation": edition.nation,
        "releases": {name: sorted(tokens) for name, tokens in releases.items()} if releases is not None else "all",
        "site_name": edition.site_name,
        "site_url": edition.site_url,
        "system": policy.system,
        "withheld_notice": edition.withheld_notice,
    }


def tools() -> dict[str, str]:
    """The programs whose versions decide about the bytes of a page."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}", "tearline": __version__}
    for name in _TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
