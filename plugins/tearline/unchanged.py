"""What the last build was made from and what it came to: where all of it is as it was, a build has nothing to do.

It is kept on the full side, in a shelf that is sealed like the others, by what was asked for: an edition more, another
folder or another version of this program is another build. A record is written last and taken away before anything is
changed, so that one of a build that was stopped is never there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tearline.evidence import Evidence, disk_clock
from tearline.findings import Finding, Place, finding
from tearline.store import digest_of, shelf

# The front page says when it was published, and wonders by itself after twelve hours (home.STALE_AFTER).
FRESH: Final = dt.timedelta(hours=3)
_SHELF: Final = "builds"


@dataclass(frozen=True, slots=True)
class Came:
    """What a build came to: the moment it was for, until when its pages say what is so, and what it had to say.

    ``sites`` is the evidence of each published folder by name, ``files`` the SHA-256 of each file beside them.
    """

    built: dt.datetime
    until: dt.datetime
    sites: Mapping[str, Evidence]
    files: Mapping[str, str]
    findings: Sequence[Finding] = ()
    held: Sequence[str] = ()
    checked: int = 0


@dataclass(slots=True)
class Last:
    """The last build that was asked for in the same words.

    ``folder`` is the full side's; ``inputs`` are the files and folders that a build reads, ``out`` is where it puts
    the sites.
    """

    folder: Path
    asked: Sequence[str]
    inputs: Sequence[Path]
    out: Path
    seen: Evidence | None = field(default=None, init=False)

    def stands(self, now: dt.datetime) -> Came | None:
        """What it came to, where another one at ``now`` would come to the same; else None."""
        with shelf(self.folder, _SHELF) as kept:
            packed = kept.get(self._key)
        try:
            inputs, came = _unpacked(packed or b"")
        except (ValueError, KeyError, TypeError):
            return None
        timely = came.built <= now < came.until
        return came if timely and inputs.holds(self.inputs) and self._as_left(came) else None

    def begin(self) -> None:
        """Take the record away and look at what the next build is made from, before any of it is read."""
        with shelf(self.folder, _SHELF) as kept:
            kept.put(self._key, b"")
        with suppress(OSError):  # a folder that cannot be written to keeps no record either
            self.seen = Evidence.of(self.inputs, disk_clock(self.folder))

    def end(self, came: Came) -> None:
        """Keep what the build came to. Nothing is kept without ``begin``."""
        if self.seen is not None:
            with shelf(self.folder, _SHELF) as kept:
                kept.put(self._key, _packed(self.seen, came))

    @property
    def _key(self) -> str:
        words = [*self.asked, str(self.out), *map(str, self.inputs)]
        return digest_of(word.encode("utf-8", "surrogateescape") for word in words)

    def _as_left(self, came: Came) -> bool:
        """Whether what was published is still there, and nobody has changed it."""
        files = all(digest_at(self.out / name) == digest for name, digest in came.files.items())
        return files and all(seen.holds([self.out / name]) for name, seen in came.sites.items())


def digest_at(path: Path) -> str:
    """The SHA-256 of a file; empty where there is none that can be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def lasts(now: dt.datetime, zone: dt.tzinfo, turns: Iterable[dt.datetime]) -> dt.datetime:
    """Until when pages that were made at ``now`` say what is so: ``turns`` are the moments at which any says other.

    No longer than until the day changes, here or in UTC: pages say the day on which they were made.
    """
    midnights = [
        dt.datetime.combine(now.astimezone(one).date() + dt.timedelta(days=1), dt.time(), one) for one in (zone, dt.UTC)
    ]
    return min(now + FRESH, *midnights, *(one for one in turns if one > now))


def _packed(inputs: Evidence, came: Came) -> bytes:
    told = {
        "inputs": [inputs.taken, inputs.digest],
        "built": came.built.isoformat(),
        "until": came.until.isoformat(),
        "sites": {name: [one.taken, one.digest] for name, one in came.sites.items()},
        "files": dict(came.files),
        "findings": [
            [one.rule.name, one.place.path, one.place.line, one.place.column, one.detail, one.portion, one.width]
            for one in came.findings
        ],
        "held": list(came.held),
        "checked": came.checked,
    }
    return json.dumps(told).encode()


def _unpacked(packed: bytes) -> tuple[Evidence, Came]:
    """What ``_packed`` packed. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
    told: dict[str, Any] = json.loads(packed)
    came = Came(
        built=dt.datetime.fromisoformat(told["built"]),
        until=dt.datetime.fromisoformat(told["until"]),
        sites={name: Evidence(*one) for name, one in told["sites"].items()},
        files=told["files"],
        findings=[
            finding(rule, Place(*place), detail, portion=portion, width=width)
            for rule, *place, detail, portion, width in told["findings"]
        ],
        held=told["held"],
        checked=told["checked"],
    )
    return Evidence(*told["inputs"]), came
