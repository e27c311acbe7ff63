"""What a serving folder is pinned to: its edition, the releases there are, and the newest one there ever was.

A record that cannot be read refuses every publish: a folder that has forgotten its edition takes none.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from tearline.inventory import Count, Digest, SitePath
from tearline.manifest import Line, Manifest, Moment
from tearline.swap import TargetError

PIN: Final = "pin.json"
_CLOSED: Final = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Release:
    """A published site: its manifest's digest, what of the manifest outlives it, and the inode of its folder."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    manifest: Digest
    built: Moment
    recalled: tuple[SitePath, ...]
    inode: Count


@dataclass(frozen=True, slots=True)
class Pin:
    """``pending`` is a release on its way; ``newest`` and ``recalled`` are never set back by a rollback."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    edition: Line
    newest: Moment | None = None
    recalled: tuple[SitePath, ...] = ()
    current: Release | None = None
    previous: Release | None = None
    pending: Release | None = None

    def to_bytes(self) -> bytes:
        """The record as it is stored."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()

    def is_older(self, manifest: Manifest) -> bool:
        """Whether a manifest is older than the newest release there ever was."""
        return self.newest is not None and manifest.built < self.newest

    def entered(self, previous: Release | None) -> Pin:
        """The record once the pending release stands in its place."""
        new = self.pending
        if new is None:
            return self
        back = self.newest is not None and new.built <= self.newest
        recalled = tuple(sorted({*self.recalled, *new.recalled})) if back else new.recalled
        newest = self.newest if back else new.built
        return replace(self, current=new, previous=previous, pending=None, recalled=recalled, newest=newest)


@cache
def _adapter() -> TypeAdapter[Pin]:
    return TypeAdapter(Pin)


def read_pin(folder: Path) -> Pin | None:
    """The record in ``folder``; None where nothing was ever published. Raises ``TargetError``."""
    try:
        return _adapter().validate_json((folder / PIN).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError, ValueError):
        raise TargetError(f"{folder / PIN} cannot be read, and without it nothing is published") from None
